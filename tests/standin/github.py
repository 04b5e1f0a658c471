"""A small GitHub: signs in apps as the real one does, answers what was put into it, and fails on demand.

Shapes follow GitHub's REST description (https://github.com/github/rest-api-description, version 2022-11-28). It is strict
where GitHub is: a token of the app must be signed with its key and be short-lived, an installation's token must exist and
not be over, a missing API version is an error.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt

VERSION = "2022-11-28"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says: `body` is sent as JSON, or `raw` as it is; only the first `sent` bytes of it, and then nothing.

    `hangs` says that the connection stays open without a word after that, as long as the client waits.
    """

    status: int = 200
    body: Any = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    hangs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the server was asked; `path` is unquoted and without the prefix, `installation` is 0 for the app itself."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any
    installation: int = 0
    found: tuple[str, ...] = ()


Handle = Callable[[Request], Answer]


@dataclass(slots=True, kw_only=True)
class Installation:
    """Where the app is installed."""

    permissions: Mapping[str, str]
    suspended: bool = False
    token_seconds: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    installation: int
    permissions: Mapping[str, str]
    ends: dt.datetime


class GitHub:
    """The state of the stand-in. `routes` can be extended; `log` holds every request with the status it got."""

    def __init__(self, *, app_id: int, public_key: str, prefix: str = "") -> None:
        self.app_id, self._public_key, self.prefix = app_id, public_key, prefix
        self.installations: dict[int, Installation] = {}
        self.resources: dict[str, Any] = {}
        self.log: list[tuple[str, str, int]] = []
        self.requests: list[Request] = []
        self._tokens: dict[str, _Token] = {}
        self._failures: list[tuple[str, re.Pattern[str], deque[Answer]]] = []
        self._routes: list[tuple[str, re.Pattern[str], Handle]] = []
        self._lock = threading.Lock()
        self.url = ""
        self.route("GET", "/app", lambda _: Answer(body={"id": app_id, "slug": "trust-change-alerts", "name": "Trust"}))
        self.route("POST", r"/app/installations/(\d+)/access_tokens", self._new_token)

    def route(self, method: str, pattern: str, handle: Handle) -> None:
        """Answer requests whose whole path matches; later routes win. `Request.found` holds the groups."""
        self._routes.insert(0, (method, re.compile(pattern), handle))

    def put(self, path: str, body: Any) -> None:
        """Answer GET on a path with this JSON."""
        self.resources[path] = body

    def fail(self, method: str, pattern: str, *answers: Answer) -> None:
        """Give these answers, one after another, to the next requests that match, before anything else is looked at."""
        self._failures.append((method, re.compile(pattern), deque(answers)))

    def well(self) -> None:
        """Answer again."""
        self._failures.clear()

    def end_tokens(self) -> None:
        """Let all tokens of installations be over."""
        self._tokens.clear()

    def asked(self, method: str, pattern: str) -> list[int]:
        """Return the status of each request that matched, in order."""
        return [status for m, path, status in self.log if m == method and re.fullmatch(pattern, path)]

    # -- one request -------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        with self._lock:
            self.requests.append(request)
            answer = self._failure(request) or self._stored(request) or self._checked(request)
            self.log.append((request.method, request.path, answer.status))
            return answer

    def _failure(self, request: Request) -> Answer | None:
        for method, pattern, answers in self._failures:
            if method == request.method and pattern.fullmatch(request.path) and answers:
                return answers.popleft()
        return None

    def _stored(self, request: Request) -> Answer | None:
        """Where files lie is another server: it knows no tokens of GitHub's, and refuses to be sent one."""
        if not request.path.startswith("/storage/"):
            return None
        known = "authorization" not in request.headers
        return self._routed(request) if known else Answer(status=400, body={"message": "one kind of login only"})

    def _checked(self, request: Request) -> Answer:
        if request.headers.get("x-github-api-version") != VERSION:
            return Answer(status=400, body={"message": "Invalid API version"})
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() not in {"bearer", "token"}:
            return Answer(status=401, body={"message": "Requires authentication"})
        if request.path == "/app" or request.path.startswith("/app/"):
            refused = self._app_refused(token)
            return refused or self._routed(request)
        known = self._tokens.get(token)
        if known is None or known.ends <= dt.datetime.now(dt.UTC):
            return Answer(status=401, body={"message": "Bad credentials"})
        if self.installations[known.installation].suspended:
            return Answer(status=403, body={"message": "This installation has been suspended"})
        return self._routed(request, known.installation)

    def _app_refused(self, token: str) -> Answer | None:
        try:
            claims = jwt.decode(token, self._public_key, algorithms=["RS256"], options={"require": ["iat", "exp", "iss"]})
        except jwt.PyJWTError as error:
            said = "'Expiration time' claim ('exp') must be a numeric value" if "exp" in str(error) else "Bad credentials"
            return Answer(status=401, body={"message": said})
        if claims["iss"] != str(self.app_id):
            return Answer(status=404, body={"message": "Integration not found"})
        if claims["exp"] - claims["iat"] > 660:
            return Answer(status=401, body={"message": "'Expiration time' claim ('exp') is too far in the future"})
        return None

    def _routed(self, request: Request, installation: int = 0) -> Answer:
        for method, pattern, handle in self._routes:
            if method == request.method and (match := pattern.fullmatch(request.path)):
                fields = {name: getattr(request, name) for name in ("method", "path", "query", "headers", "body")}
                return handle(Request(**fields, installation=installation, found=match.groups()))
        if request.method == "GET" and request.path in self.resources:
            return Answer(body=self.resources[request.path])
        return Answer(status=404, body={"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})

    def _new_token(self, request: Request) -> Answer:
        number = int(request.found[0])
        installed = self.installations.get(number)
        if installed is None:
            return Answer(status=404, body={"message": "Not Found"})
        if installed.suspended:
            return Answer(status=403, body={"message": "This installation has been suspended"})
        wanted = (request.body or {}).get("permissions") or installed.permissions
        levels = {"read": 1, "write": 2}
        if any(levels[level] > levels.get(installed.permissions.get(name, ""), 0) for name, level in wanted.items()):
            said = "The permissions requested are not granted to this installation."
            return Answer(status=422, body={"message": said})
        token = f"ghs_{secrets.token_hex(18)}"
        ends = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=installed.token_seconds)
        self._tokens[token] = _Token(installation=number, permissions=dict(wanted), ends=ends)
        body = {"token": token, "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%SZ"), "permissions": dict(wanted)}
        return Answer(status=201, body=body)

    def permissions_of(self, token: str) -> Mapping[str, str]:
        """Return what a token may do."""
        return self._tokens[token].permissions


def _within(path: str, prefix: str) -> str:
    """Return a path without the API's prefix, "" when it is outside; GraphQL on a server of one's own has another."""
    if prefix and path == "/api/graphql":
        return "/graphql"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else ""


@contextmanager
def serving(github: GitHub) -> Iterator[GitHub]:
    """Serve on a free port of the loopback; `url` is then set."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = (
            -1
        )  # in one piece: head and body apart would wait 40 ms for each other (RFC 896 against RFC 1122, 4.2.3.2)

        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(size)
            parts = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=_within(unquote(parts.path), github.prefix),
                query=parse_qs(parts.query),
                headers={k.lower(): v for k, v in self.headers.items()},
                body=json.loads(raw) if raw else None,
            )
            answer = github.answer(request) if request.path else Answer(status=404, body={"message": "Not Found"})
            body = json.dumps(answer.body).encode() if answer.raw is None else answer.raw
            body = b"" if answer.status in {204, 304} else body
            if answer.hangs and answer.sent is None:
                self._hang()
                return
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: answer.sent])
            if answer.sent is not None:
                if answer.hangs:
                    self._hang()
                self.close_connection = True

        def _hang(self) -> None:
            """Say nothing until the client has had enough."""
            self.wfile.flush()
            self.connection.recv(1)
            self.close_connection = True

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - http.server wants these names

        def log_message(self, *_: object) -> None:
            """Stay quiet; tests read `GitHub.log`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    github.url = f"http://127.0.0.1:{server.server_address[1]}{github.prefix}"
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
