"""What `bench.ingest` compares: our web role, a minimal Probot app, and the limit of the machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import multiprocessing
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis import Redis

from github_app.store import Store
from workers.serve.embedded_redis import EmbeddedRedis

SECRET = "bench-secret"  # noqa: S105  # for loopback only
PACKAGES = {"probot": "14.3.2", "ioredis": "6.0.0"}
ROOT = Path(__file__).resolve().parent.parent


class MissingError(Exception):
    """Something the comparison needs is not on this machine; the text says what."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis_server(folder: Path) -> Iterator[EmbeddedRedis]:
    """Run a Valkey with its log of commands on, as `trust-alerts serve` does; empty at the start."""
    lock = os.open(os.devnull, os.O_RDONLY)
    server = EmbeddedRedis(folder, lock)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        os.close(lock)


@contextmanager
def _running(command: list[str], folder: Path, environ: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=kept | environ, stdout=log, stderr=log, start_new_session=True)
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise MissingError(f"{command[0]} did not start:\n{(folder / 'log').read_text()[-2000:]}") from None
                    time.sleep(0.05)
            time.sleep(0.5)  # let further processes come up
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def ours(processes: int) -> Iterator[tuple[int, Store]]:
    """Run the web role on SQLite with full sync and a Valkey for wake-ups; yields its port and its store."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ours-")))
        redis = stack.enter_context(redis_server(folder))
        store = Store.open(f"sqlite:///{folder / 'trust.db'}")
        stack.callback(store.close)
        store.migrate()
        port = free_port()
        environ = {"GITHUB_WEBHOOK_SECRET": SECRET, "DATA_DIR": str(folder), "PORT": str(port), "REDIS_URL": redis.url}
        command = [sys.executable, "-m", "workers.serve.child", str(os.getpid()), "web", "web", "127.0.0.1", str(processes)]
        stack.enter_context(_running(command, folder, environ | {"PYTHONPATH": str(ROOT)}, port))
        yield port, store


@contextmanager
def probot(processes: int, modules: Path) -> Iterator[tuple[int, Redis]]:
    """Run the Probot app, which keeps deliveries in a Valkey; yields its port and a client of that Valkey."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="probot-")))
        redis = stack.enter_context(redis_server(folder))
        client = stack.enter_context(Redis(unix_socket_path=str(redis.socket)))
        shutil.copy(ROOT / "bench" / "probot.mjs", folder / "app.mjs")
        (folder / "node_modules").symlink_to(modules)
        port = free_port()
        environ = {"PORT": str(port), "PROCESSES": str(processes), "REDIS_SOCKET": str(redis.socket), "SECRET": SECRET}
        stack.enter_context(_running(["node", "app.mjs"], folder, environ, port))
        yield port, client


def install_probot(cache: Path) -> Path:
    """Install Probot and ioredis at fixed versions into a folder outside the repository, once; returns its modules.

    Raises:
        MissingError: there is no npm, or it cannot install them.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise MissingError("node and npm are not on the PATH")
    if all((cache / "node_modules" / name / "package.json").exists() for name in PACKAGES):
        return cache / "node_modules"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
    flags = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(["npm", "install", *flags], cwd=cache, check=False, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise MissingError(f"npm could not install Probot: {done.stderr.strip()[-300:]}")
    return cache / "node_modules"


def limit(processes: int, body: bytes, signature: str, seconds: float) -> float:
    """Return how many bodies a second can be verified and inserted with a commit each, without HTTP; by all processes."""
    with tempfile.TemporaryDirectory(prefix="limit-") as folder:
        path = Path(folder) / "limit.db"
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE inbox (guid TEXT PRIMARY KEY, body BLOB)")
        connection.close()
        arguments = [(path, number, body, signature, seconds) for number in range(processes)]
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            return sum(pool.starmap(_insert, arguments))


def _insert(path: Path, lane: int, body: bytes, signature: str, seconds: float) -> float:
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    connection.execute("PRAGMA synchronous=FULL")
    number, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        if not hmac.compare_digest(hmac.digest(SECRET.encode(), body, hashlib.sha256).hex(), signature[7:]):
            raise ValueError("the signature does not fit")
        connection.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (f"{lane}-{number}", body))
        number += 1
    connection.close()
    return number / passed
