"""Deliveries as GitHub sends them, and ways to send them: to a WSGI callable and over a real socket."""

from __future__ import annotations

import io
import json
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication

from github_app.web.receiver import PATH
from github_app.web.signature import sign_github

SECRET = "current-secret"
PREVIOUS = "previous-secret"
PAYLOAD = {"action": "opened", "repository": {"id": 4711, "owner": {"id": 99}}}


def body_of(payload: object = PAYLOAD) -> bytes:
    """Return a payload's bytes."""
    return json.dumps(payload).encode()


def headers_of(body: bytes, *, guid: str = "", secret: str = SECRET, **more: str) -> dict[str, str]:
    """Return the headers that GitHub sends with a body; `more` replaces by name with underscores, "" leaves one out."""
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": guid or str(uuid.uuid4()),
        "X-Hub-Signature-256": sign_github(secret, body),
    }
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """The sentence of the receiver's answer."""
        return str(json.loads(self.body)["message"])


def environ_of(body: bytes, headers: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Return a WSGI environment for a delivery, as a server makes it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "QUERY_STRING": "", "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
    }  # fmt: skip
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ | more


def call(app: WSGIApplication, environ: dict[str, Any]) -> Reply:
    """Call a WSGI application."""
    said: list[Any] = []
    body = b"".join(app(environ, lambda status, headers, _=None: said.extend((status, headers))))  # type: ignore[arg-type]
    return Reply(int(said[0][:3]), {name.lower(): value for name, value in said[1]}, body)


def deliver(app: WSGIApplication, payload: object = PAYLOAD, *, guid: str = "", **more: str) -> Reply:
    """Send a well signed delivery to a WSGI application."""
    body = body_of(payload)
    return call(app, environ_of(body, headers_of(body, guid=guid, **more)))


def wire(body: bytes, headers: Mapping[str, str], *, method: str = "POST", path: str = PATH) -> bytes:
    """Return the bytes of an HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if not any(name.lower() in {"content-length", "transfer-encoding"} for name in headers):
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def exchange(port: int, data: bytes, *, seconds: float = 10.0) -> Reply:
    """Send bytes over a new connection and read one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(data)
        return read_reply(connection)


def read_reply(connection: socket.socket) -> Reply:
    """Read one answer.

    Raises:
        ConnectionError: the server closed before it had answered.
    """
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _more(connection)
    return Reply(int(status.split()[1]), headers, body)


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
