"""Run the real server for the demo: `trust-alerts serve`, told to find GitHub and Slack on this computer."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from redis import Redis
from rq import Worker

from github_app import settings as environment
from github_app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
APP_ID = 424242
_START_SECONDS = 60
_STOP_SECONDS = 20


class ServerError(RuntimeError):
    """The server did not start or did not stay; the message says what its log said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Secrets made for this run and forgotten with it."""

    private: str
    public: str
    webhook: str
    slack_token: str
    slack_signing: str


def new_keys() -> Keys:
    """Make fresh secrets."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return Keys(
        private=key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
        public=key.public_key().public_bytes(pem, public).decode(),
        webhook=secrets.token_hex(20),
        slack_token=f"xoxb-{secrets.token_hex(20)}",
        slack_signing=secrets.token_hex(16),
    )


def free_port() -> int:
    """Return a port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The server's processes, started as a child of this one.

    Args:
        folder: where data and log go; the server also runs there, so that no `.env` of yours is read.
        keys: the secrets of this run.
        github_url: the GitHub stand-in.
        slack_url: the API of the Slack stand-in.
        channel: the Slack channel.
    """

    def __init__(self, folder: Path, keys: Keys, *, github_url: str, slack_url: str, channel: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._folder = folder
        given = {
            "GITHUB_APP_ID": str(APP_ID),
            "GITHUB_PRIVATE_KEY": keys.private,
            "GITHUB_WEBHOOK_SECRET": keys.webhook,
            "GITHUB_API_URL": github_url,
            "GITHUB_URL": github_url,
            "SLACK_BOT_TOKEN": keys.slack_token,
            "SLACK_SIGNING_SECRET": keys.slack_signing,
            "SLACK_CHANNEL": channel,
            "SLACK_API_URL": slack_url,
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "DATA_DIR": str(folder / "data"),
        }
        self.settings: Settings = environment.load(given, dotenv=None)
        inherited = {k: v for k, v in os.environ.items() if k not in environment.NAMES}
        self._environment = {**inherited, **given, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it says that it is ready.

        Raises:
            ServerError: it ended, or was not ready after a minute.
        """
        with self.log.open("wb") as log:
            command = [sys.executable, "-P", "-m", "workers.cli", "serve"]
            # Its own process group: Ctrl-C reaches only us, and we stop it in order.
            self._process = subprocess.Popen(
                command, cwd=self._folder, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait(self._ready, _START_SECONDS, "become ready")

    def wait(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until something is done.

        Raises:
            ServerError: the server ended first, or the time was over.
        """
        end = time.monotonic() + seconds
        while not done():
            if self._process is not None and self._process.poll() is not None:
                raise ServerError(f"the server ended with status {self._process.returncode}; it said last:\n{self._tail()}")
            if time.monotonic() > end:
                raise ServerError(f"the server did not {what} within {seconds:.0f} seconds; it said last:\n{self._tail()}")
            time.sleep(0.05)

    def worker_pids(self) -> list[int]:
        """Return the process ids of the workers, which they leave in the queue's Redis.

        Raises:
            ServerError: the embedded Redis has its socket elsewhere, because the folder's name is too long.
        """
        socket_path = self.settings.data_dir / "valkey" / "valkey.sock"
        if not socket_path.exists():
            raise ServerError(f"there is no socket at {socket_path}: choose a folder with a shorter name")
        with Redis(unix_socket_path=str(socket_path)) as redis:
            return [worker.pid for worker in Worker.all(connection=redis) if worker.pid]

    def stop(self) -> int:
        """End the server in order and return its status; what does not end in time is killed."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        return self._process.returncode

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:  # noqa: S310  # our own server
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
