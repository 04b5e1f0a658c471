"""A real Valkey for tests, thrown away afterwards."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from workers.serve.embedded_redis import find_server


@contextmanager
def running_valkey() -> Iterator[str]:
    """Run a server without persistence; yields its URL."""
    with tempfile.TemporaryDirectory(prefix="vk-") as folder:  # a short path: a socket's name must fit into 107 bytes
        socket = Path(folder) / "s"
        arguments = ["--port", "0", "--unixsocket", str(socket), "--dir", folder, "--save", "", "--appendonly", "no"]
        server = subprocess.Popen([find_server(), *arguments], stdout=subprocess.DEVNULL)  # noqa: S603 (our own binary)
        try:
            client = Redis(unix_socket_path=str(socket))
            end = time.monotonic() + 10
            while True:
                try:
                    client.ping()
                    break
                except RedisError:
                    assert time.monotonic() < end, "Valkey did not start"
                    time.sleep(0.01)
            client.close()
            yield f"unix://{socket}"
        finally:
            server.kill()
            server.wait()
