"""Starts the roles, keeps them running, and stops them in order: web first, then workers and clock, Valkey last."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Collection
from pathlib import Path
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from github_app.settings import REGISTRATION, Settings
from github_app.store import Store, StoreError
from github_app.web import counters, registration
from workers.serve import logs
from workers.serve.embedded_redis import EmbeddedRedis
from workers.serve.process import Child, StartError

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
WEB_STOP_SECONDS = 15.0
WORK_STOP_SECONDS = 30.0
LOCK_SECONDS = 3.0
"""How long a start waits for the one before it to be gone: a killed supervisor's Valkey needs a moment."""


def serve(settings: Settings, roles: Collection[str], *, workers: int, web_processes: int, host: str) -> int:
    """Run the app until asked to stop (SIGTERM, SIGINT); a second signal stops it at once.

    Args:
        settings: what the process was told; the children read the same environment.
        roles: `web`, `worker`, `clock`; none means all of them, with a Valkey of our own unless REDIS_URL is set.
        workers: number of worker processes.
        web_processes: number of processes that serve.
        host: address to listen on.

    Returns:
        The exit status: 0 after a clean stop, 2 when the app could not start.
    """
    logs.configure("serve")
    supervisor = Supervisor(settings, frozenset(roles), host)
    try:
        supervisor.prepare(workers, web_processes)
        supervisor.run()
    except StartError as error:
        sys.stderr.write(f"trust-alerts: {error}\n")
        return 2
    finally:
        supervisor.stop()
    return 0


class Supervisor:
    """The processes of one machine."""

    def __init__(self, settings: Settings, roles: frozenset[str], host: str) -> None:
        self._settings = settings
        self._alone = not roles
        self._roles = roles or frozenset({"web", "worker", "clock"})
        self._host = host
        self._redis: EmbeddedRedis | None = None
        self._web: list[Child] = []
        self._rest: list[Child] = []
        self._signals = 0
        self._registration = settings.data_dir / REGISTRATION
        self._registered_at = _changed_at(self._registration)

    def prepare(self, workers: int, web_processes: int) -> None:
        """Make everything ready and start the children.

        Raises:
            StartError: something is missing or in the way.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        _allow_many_connections()
        lock = _lock(self._settings.data_dir, exclusive=self._alone)
        if "web" in self._roles:
            _must_be_free(self._host, self._settings.port)
            counters.forget(self._settings.data_dir / "run")
        redis_url = self._settings.redis_url
        if not redis_url and not self._alone:
            raise StartError("REDIS_URL is not set: a single role needs a Redis that it shares with the others")
        _migrate(self._settings)
        if not redis_url:
            self._redis = EmbeddedRedis(self._settings.data_dir, lock)
            self._redis.start()
            redis_url = self._redis.url
        self._make_children(
            workers, web_processes, {"REDIS_URL": redis_url, "DATA_DIR": str(self._settings.data_dir.absolute())}
        )
        for child in (*self._rest, *self._web):
            child.start()

    def _make_children(self, workers: int, web_processes: int, environ: dict[str, str]) -> None:
        if "web" in self._roles:
            self._web = [Child("web", ["web", self._host, str(web_processes)], environ=environ)]
        if "worker" in self._roles:
            numbers = range(1, workers + 1)
            self._rest += [Child(f"worker-{n}", ["worker", str(n)], environ=environ) for n in numbers]
        if "clock" in self._roles:
            self._rest.append(Child("clock", ["clock"], environ=environ))

    def run(self) -> None:
        """Keep the children running until a signal comes."""
        said = "web" not in self._roles
        while not self._signals:
            for child in self._children():
                child.look_after()
            if not said and _answers(self._host, self._settings.port):
                said = True
                self._say_where()
            self._follow_registration()
            time.sleep(LOOK_SECONDS)
        log.info("stopping")

    def stop(self) -> None:
        """Stop the children: nothing new comes in, what is being worked on is finished, then Valkey writes its data."""
        for child in self._web:
            child.stop(WEB_STOP_SECONDS)
        for child in self._rest:
            child.ask_to_stop()
        end = time.monotonic() + WORK_STOP_SECONDS
        for child in self._rest:
            child.stop(max(end - time.monotonic(), 0.1))
        if self._redis is not None:
            self._redis.stop()

    def _children(self) -> list[Child]:
        return [*([self._redis.child] if self._redis else []), *self._rest, *self._web]

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self._signals += 1
        if self._signals > 1 and number != signal.SIGHUP:
            for child in self._children():
                child.kill()
            os._exit(1)

    def _say_where(self) -> None:
        url = self._settings.public_url or f"http://{_printable(self._host)}:{self._settings.port}"
        sys.stdout.write(f"Trust Change Alerts runs at {url}\n")
        if registration.is_open(self._settings):
            token = registration.make_token(self._settings)
            sys.stdout.write(f"No GitHub App is configured. Open {url}/setup and enter this token: {token}\n")
        sys.stdout.flush()

    def _follow_registration(self) -> None:
        """Take up the keys of an app that was registered at /setup."""
        changed = _changed_at(self._registration)
        if changed != self._registered_at:
            self._registered_at = changed
            log.info("the app's registration changed: starting the roles again")
            for child in (*self._rest, *self._web):
                child.retire()


def _changed_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _allow_many_connections() -> None:
    """A connection is a descriptor, and many systems allow only 1024 unless asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _lock(data_dir: Path, *, exclusive: bool) -> int:
    """Make the data directory and hold its lock while this process or the embedded Valkey lives; returns the descriptor."""
    path = data_dir / "serve.lock"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartError(
            f"the data directory {data_dir} cannot be used ({error.strerror}): set DATA_DIR to another"
        ) from error
    end = time.monotonic() + LOCK_SECONDS
    while exclusive:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
                raise StartError(f"the app runs already on {data_dir.absolute()} (process {holder})") from None
            time.sleep(0.1)
        else:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            break
    return descriptor


def _must_be_free(host: str, port: int) -> None:
    """Refuse a port that is taken; granian itself would share it with another server of the same user."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartError(f"port {port} is in use: stop the other program or set PORT") from error
        raise StartError(f"cannot listen on {host} port {port} ({error.strerror})") from error


def _migrate(settings: Settings) -> None:
    try:
        store = Store.open(settings.sql_url)
        try:
            store.migrate()
        finally:
            store.close()
    except StoreError as error:
        raise StartError(str(error)) from error
    except SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        raise StartError(f"the database cannot be used ({cause}): check DATABASE_URL") from error


def _printable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 (compared)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((_printable(host).strip("[]"), port), timeout=1):
            return True
    except OSError:
        return False
