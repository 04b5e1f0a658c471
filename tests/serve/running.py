"""`trust-alerts serve` as a real process, and a look at what it started."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.web.sending import Reply, body_of, exchange, headers_of, wire
from tests.web.server import environment, free_port, wait_for_port


def eventually(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen: {what}"
        time.sleep(0.02)


@dataclass(slots=True)
class Serve:
    """A running supervisor."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        """Return everything said so far, on stdout and stderr."""
        return (self.folder / "log").read_text()

    def children(self) -> dict[str, int]:
        """Return the process ids of the supervisor's children by role."""
        return {name: pid for name, pid in _roles(self.folder).items() if _alive(pid)}

    def family(self) -> set[int]:
        """Return every process that belongs to this data directory, grandchildren too."""
        return {pid for pid in _family(self.folder) if pid != self.process.pid}

    def send(self, guid: str) -> Reply:
        """Deliver over HTTP."""
        body = body_of()
        return exchange(self.port, wire(body, headers_of(body, guid=guid)))

    def accepts(self, guid: str) -> bool:
        """Say whether a delivery is accepted now."""
        with contextlib.suppress(OSError):
            return self.send(guid).status == 202
        return False

    def answers(self) -> bool:
        """Say whether the web role answers."""
        with contextlib.suppress(OSError):
            return exchange(self.port, wire(b"", {}, method="GET", path="/healthz"), seconds=2).status == 200
        return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(40)


def start(folder: Path, *arguments: str, port: int = 0, environ: Mapping[str, str] | None = None) -> Serve:
    """Start `trust-alerts serve` on a data directory inside a folder, without waiting."""
    port = port or free_port()
    command = [sys.executable, "-m", "workers.cli", "serve", "--workers", "1", *arguments]
    env = environment(folder / "data", port) | dict(environ or {})
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
    return Serve(folder, port, process)


@contextmanager
def running(folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[Serve]:
    """Run it until the end of the block; afterwards nothing of it is left, however the block ended."""
    serve = start(folder, environ=environ)
    try:
        wait_for_port(serve.port, serve.process)
        eventually(serve.answers, "the web role answers")
        yield serve
    finally:
        for pid in {*serve.family(), *([serve.process.pid] if serve.process.poll() is None else [])}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        serve.process.wait()


def _family(folder: Path) -> set[int]:
    """Return the processes whose environment names this data directory; /proc knows, whoever their parent is now.

    Valkey writes its title over its environment; the title names its socket.
    """
    data = str(folder / "data").encode()
    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and _alive(int(entry.name)):
                environ, title = (entry / "environ").read_bytes().split(b"\0"), (entry / "cmdline").read_bytes()
                if b"DATA_DIR=" + data in environ or b"unixsocket:" + data in title:
                    found.add(int(entry.name))
    return found


def _roles(folder: Path) -> dict[str, int]:
    roles: dict[str, int] = {}
    for pid in sorted(_family(folder)):
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
            if found := re.search(r"workers\.serve\.child \d+ (\S+)", command):
                roles.setdefault(found[1], pid)
            elif "valkey-server" in command:
                roles["valkey"] = pid
    return roles


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
