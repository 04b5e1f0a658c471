"""`POST /webhooks/github`: is it from GitHub, is it readable, is it on the disk? Then 202. Everything else happens later.

A plain WSGI callable in front of Flask, whose routing would cost two fifths of this request. Answers:

202 stored, or stored before; 400 signed but unreadable; 401 not signed by GitHub; 405 not a POST;
413 over 25 MB; 415 not JSON; 503 could not be stored or no secret is configured. GitHub shows status and text beside the
delivery on the app's settings page, so every refusal says what to do.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from github_app.settings import Settings
from github_app.store.inbox import Delivery
from github_app.wake import partition_of
from github_app.web.concern import concerns
from github_app.web.intake import Intake, NotStoredError
from github_app.web.signature import from_github

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PATH = "/webhooks/github"
LARGEST = 25 * 1024 * 1024
"""GitHub sends no payload over 25 MB (https://docs.github.com/en/webhooks/webhook-events-and-payloads)."""
PIECE = 64 * 1024
IN_FLIGHT = 256 * 1024 * 1024
"""Most bytes of unfinished large bodies held at one time, so that nobody without a key can fill the memory."""

_GUID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}", re.ASCII)
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,99}", re.ASCII)
_SAY_AGAIN = 60.0


class Answer(NamedTuple):
    """What the sender is told."""

    status: int
    line: str
    headers: list[tuple[str, str]]
    body: bytes


def _answer(line: str, sentence: str, *extra: tuple[str, str]) -> Answer:
    body = json.dumps({"message": sentence}).encode()
    headers = [("content-type", "application/json"), ("x-content-type-options", "nosniff"), *extra]
    return Answer(int(line[:3]), line, [*headers, ("content-length", str(len(body)))], body)


_RETRY = ("retry-after", "60")
ACCEPTED = _answer("202 Accepted", "Stored.")
NO_EVENT = _answer("400 Bad Request", "The header X-GitHub-Event is missing or is not the name of an event.")
NO_GUID = _answer("400 Bad Request", "The header X-GitHub-Delivery is missing or is not the id of a delivery.")
NO_JSON = _answer("400 Bad Request", "The body is not a JSON object.")
CUT_SHORT = _answer("400 Bad Request", "The body ended before its Content-Length.")
NOT_SIGNED = _answer(
    "401 Unauthorized",
    "X-Hub-Signature-256 is missing or does not fit the body: is the webhook secret here the one that GitHub has?",
    ("www-authenticate", "X-Hub-Signature-256"),
)
NOT_POST = _answer("405 Method Not Allowed", "Deliveries come by POST.", ("allow", "POST"))
TOO_LARGE = _answer("413 Content Too Large", "Over 25 MB, more than GitHub ever sends.", ("connection", "close"))
NOT_JSON = _answer("415 Unsupported Media Type", "Choose application/json as the content type of the webhook.")
NO_SECRET = _answer(
    "503 Service Unavailable",
    "No webhook secret is configured here: set GITHUB_WEBHOOK_SECRET, or open /setup to register the app.",
    _RETRY,
)
NOT_STORED = _answer("503 Service Unavailable", "The delivery could not be stored; redeliver it later.", _RETRY)
BUSY = _answer("503 Service Unavailable", "Too many large bodies at one time.", _RETRY, ("connection", "close"))


class _Refusal(Exception):  # noqa: N818 (an answer, not an error of ours)
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.line)
        self.answer = answer


class Receiver:
    """Takes GitHub's deliveries and passes every other request on.

    Args:
        behind: the application for all other paths.
        received_at: the time of receipt of a request, from its WSGI environment.
        count: is told the status of each answer.
    """

    def __init__(
        self,
        settings: Settings,
        intake: Intake,
        behind: WSGIApplication,
        *,
        received_at: Callable[[Mapping[str, Any]], dt.datetime],
        count: Callable[[int], None],
    ) -> None:
        self._secrets = tuple(s for s in (settings.github_webhook_secret, settings.github_webhook_secret_previous) if s)
        self._intake = intake
        self._behind = behind
        self._received_at = received_at
        self._count = count
        self._in_flight = 0
        self._counting = threading.Lock()
        self._said: dict[int, float] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        if environ.get("PATH_INFO") != PATH:
            return self._behind(environ, start_response)
        try:
            self._receive(environ)
            answer = ACCEPTED
        except _Refusal as refusal:
            answer = refusal.answer
            self._say(answer)
        self._count(answer.status)
        start_response(answer.line, answer.headers)
        return [answer.body]

    def _receive(self, environ: WSGIEnvironment) -> None:
        if environ["REQUEST_METHOD"] != "POST":
            raise _Refusal(NOT_POST)
        if not self._secrets:
            raise _Refusal(NO_SECRET)
        body = self._read(environ)
        if not from_github(self._secrets, body, environ.get("HTTP_X_HUB_SIGNATURE_256", "")):
            raise _Refusal(NOT_SIGNED)
        try:
            self._intake.store(self._delivery(environ, body))
        except NotStoredError as error:
            log.warning("delivery not stored: %s", error)
            raise _Refusal(NOT_STORED) from error

    def _delivery(self, environ: WSGIEnvironment, body: bytes) -> Delivery:
        media_type = environ.get("CONTENT_TYPE") or "application/json"
        if media_type.partition(";")[0].strip().lower() != "application/json":
            raise _Refusal(NOT_JSON)
        event = environ.get("HTTP_X_GITHUB_EVENT", "")
        if not _EVENT.fullmatch(event):
            raise _Refusal(NO_EVENT)
        guid = environ.get("HTTP_X_GITHUB_DELIVERY", "")
        if not _GUID.fullmatch(guid):
            raise _Refusal(NO_GUID)
        found = concerns(body)
        if found is None:
            raise _Refusal(NO_JSON)
        repository_id, owner_id = found
        return Delivery(
            guid=guid,
            event=event,
            received_at=self._received_at(environ),
            partition=partition_of(repository_id, owner_id),
            repository_id=repository_id,
            owner_id=owner_id,
            body=body,
        )

    def _read(self, environ: WSGIEnvironment) -> bytes:
        """Read the body, never more of it than allowed, whether its length was announced or not."""
        announced = environ.get("CONTENT_LENGTH") or ""
        length = int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 20 else None
        if length is not None and length > LARGEST:
            raise _Refusal(TOO_LARGE)
        stream: IO[bytes] = environ["wsgi.input"]
        try:
            first = stream.read(PIECE if length is None else min(length, PIECE))
            body = first if len(first) == length or not first else self._read_on(stream, first, length)
        except (OSError, RuntimeError) as error:  # the sender went away
            raise _Refusal(CUT_SHORT) from error
        if length is not None and len(body) != length:
            raise _Refusal(CUT_SHORT)
        return body

    def _read_on(self, stream: IO[bytes], first: bytes, length: int | None) -> bytes:
        pieces, size = [first], len(first)
        taken = 0
        try:
            while length is None or size < length:
                if self._in_flight > IN_FLIGHT:
                    raise _Refusal(BUSY)
                piece = stream.read(PIECE if length is None else min(length - size, PIECE))
                if not piece:
                    break
                pieces.append(piece)
                size += len(piece)
                taken += len(piece)
                with self._counting:
                    self._in_flight += len(piece)
                if size > LARGEST:
                    raise _Refusal(TOO_LARGE)
        finally:
            with self._counting:
                self._in_flight -= taken
        return b"".join(pieces)

    def _say(self, answer: Answer) -> None:
        """Log a kind of refusal at most once a minute: whoever floods us must not flood the log; /metrics counts them."""
        now = time.monotonic()
        if now - self._said.get(answer.status, -_SAY_AGAIN) >= _SAY_AGAIN:
            self._said[answer.status] = now
            log.warning("refused a delivery: %s %s", answer.line, json.loads(answer.body)["message"])
