"""A git server over HTTP on a free port of this machine: smart protocol, with or without filters, answers as told."""

from __future__ import annotations

import gzip
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class GitServer:
    """What the server does: `status` other than 200 refuses everything; `authorizations` are those it saw."""

    repository: Path
    url: str = ""
    status: int = 200
    filters: bool = True
    authorizations: list[str] = field(default_factory=list)

    def upload_pack(self, *options: str, text: bytes = b"", protocol: str = "") -> bytes:
        """Run git's own server side; `protocol` is what the client speaks (git-scm.com/docs/protocol-v2)."""
        allow = "true" if self.filters else "false"
        environment = {**os.environ, "GIT_PROTOCOL": protocol}
        command = ["git", "-c", f"uploadpack.allowFilter={allow}", "upload-pack", "--stateless-rpc", *options]
        command.append(str(self.repository))
        done = subprocess.run(command, input=text, capture_output=True, check=False, env=environment)  # noqa: S603
        return done.stdout


@contextmanager
def serving(repository: Path) -> Iterator[GitServer]:
    """Serve one repository under any path until the block ends."""
    state = GitServer(repository=repository)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            head = b"001e# service=git-upload-pack\n0000"
            self._answer(
                head + state.upload_pack("--http-backend-info-refs", protocol=self.headers.get("Git-Protocol", "")),
                "advertisement",
            )

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":  # git packs what is longer than a kilobyte
                text = gzip.decompress(text)
            self._answer(state.upload_pack(text=text, protocol=self.headers.get("Git-Protocol", "")), "result")

        def _answer(self, body: bytes, kind: str) -> None:
            state.authorizations.append(self.headers.get("Authorization", ""))
            body = body if state.status == 200 else b"no"
            self.send_response(state.status)
            self.send_header("Content-Type", f"application/x-git-upload-pack-{kind}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: the tests assert on what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/acme/widget.git"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
