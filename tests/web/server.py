"""The web role as it runs for real: granian in processes of its own, on a free port of the loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from github_app.store import Store
from tests.web.sending import SECRET, Reply, exchange, wire

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    """Return an environment that knows nothing of the one the tests run in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    ours = {"DATA_DIR": str(folder), "PORT": str(port), "GITHUB_WEBHOOK_SECRET": SECRET, "PYTHONPATH": str(ROOT)}
    return kept | ours | more


@dataclass(frozen=True, slots=True)
class WebServer:
    """A running server."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> Reply:
        """Ask for a page."""
        return exchange(self.port, wire(b"", {}, method="GET", path=path))

    def store(self) -> Store:
        """Open its database."""
        return Store.open(f"sqlite:///{self.folder / 'trust.db'}")

    def log(self) -> str:
        """Return what it said on stderr."""
        return (self.folder / "log").read_text()


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.02)
        else:
            return


@contextmanager
def serving(folder: Path, *, processes: int = 1, **environ: str) -> Iterator[WebServer]:
    """Run the web role on a fresh database in a folder; `environ` adds settings, "" takes one away."""
    store = Store.open(f"sqlite:///{folder / 'trust.db'}")
    store.migrate()
    store.close()
    port = free_port()
    command = [sys.executable, "-m", "workers.serve.child", str(os.getpid()), "web", "web", "127.0.0.1", str(processes)]
    env: Mapping[str, str] = environment(folder, port, REDIS_URL=f"unix://{folder / 'nowhere.sock'}") | environ
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=folder, stderr=log, stdout=log, start_new_session=True)  # noqa: S603
    try:
        wait_for_port(port, process)
        yield WebServer(port, folder, process)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
