"""Trouble on the way to a stand-in: answers that come instead of what it would say, or after it has done it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass(kw_only=True)
class Fault:
    """One answer to be given once to the next request that fits; `after` lets the request take effect first."""

    method: str
    path: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"ok": false, "error": "service_unavailable", "message": "made to fail"}'
    after: bool = False
    drop: bool = False


class Trouble:
    """Stands in front of a stand-in's WSGI application."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app
        self.faults: list[Fault] = []
        self.requests: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.requests.append(f"{method} {path}")
        fault = next((f for f in self.faults if f.method == method and re.fullmatch(f.path, path)), None)
        if fault is None:
            return self._app(environ, start_response)
        self.faults.remove(fault)
        size = int(environ.get("CONTENT_LENGTH") or 0)
        if fault.after:
            b"".join(self._app(environ, lambda *_: lambda _: None))
        elif size:
            environ["wsgi.input"].read(size)
        if fault.drop:
            raise ConnectionAbortedError("the connection is cut, as asked for")
        reason = f"{fault.status} made to fail"
        headers = {"Content-Type": "application/json", "Content-Length": str(len(fault.body)), **fault.headers}
        start_response(reason, list(headers.items()))
        return [fault.body]

    def asked(self, pattern: str) -> int:
        """Return how many requests fit."""
        return sum(bool(re.fullmatch(pattern, r)) for r in self.requests)
