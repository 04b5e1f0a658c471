"""Everything that can go wrong between the app and GitHub, as answers of the stand-in, and an app that is soon tired."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from tests.standin.github import Answer
from workers.github_http import CappedRetry

SECONDS = 0.1
_LIMIT = {"message": "API rate limit exceeded for installation ID 99."}
_SLOW = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
_PAGE = b"<html><body>Please sign in to the network.</body></html>"
_ZIPPED = gzip.compress(b"[" + b" " * 4000 + b"]")
_IN_A_WHILE = formatdate(time.time() + 900, usegmt=True)
_SPENT = {"X-RateLimit-Remaining": "0"}
_OBJECT = {"message": "Moved", "url": "https://api.github.com/x"}

TROUBLES: dict[str, Answer] = {
    "primary limit": Answer(status=403, body=_LIMIT, headers={**_SPENT, "X-RateLimit-Reset": str(int(time.time()) + 1800)}),
    "primary limit that is over": Answer(status=403, body=_LIMIT, headers={**_SPENT, "X-RateLimit-Reset": "1000000000"}),
    "secondary limit": Answer(status=403, body=_SLOW),
    "a date to wait for": Answer(status=429, body=_SLOW, headers={"Retry-After": _IN_A_WHILE}),
    "a huge wait": Answer(status=429, body=_SLOW, headers={"Retry-After": "9" * 30}),
    "a negative wait": Answer(status=403, body=_SLOW, headers={"Retry-After": "-5"}),
    "500": Answer(status=500, body={"message": "Server Error"}),
    "a proxy's 502": Answer(status=502, raw=_PAGE, headers={"Content-Type": "text/html"}),
    "a proxy's 403": Answer(status=403, raw=_PAGE, headers={"Content-Type": "text/html"}),
    "a proxy's 404": Answer(status=404, raw=_PAGE, headers={"Content-Type": "text/html"}),
    "a page instead of an answer": Answer(raw=_PAGE, headers={"Content-Type": "text/html"}),
    "nothing instead of an answer": Answer(raw=b""),
    "another shape": Answer(body={"message": "ok"}),
    "not ready": Answer(status=202, body={}),
    "silence": Answer(hangs=True),
    "silence in the middle": Answer(raw=b"[" + b" " * 4000 + b"]", sent=100, hangs=True),
    "cut off in the middle": Answer(raw=b"[" + b" " * 4000 + b"]", sent=100),
    "cut off while packed": Answer(raw=_ZIPPED[:-12], headers={"Content-Encoding": "gzip"}),
    "a token that was revoked": Answer(status=401, body={"message": "Bad credentials"}),
    "suspended": Answer(status=403, body={"message": "This installation has been suspended"}),
    "sent to another server": Answer(status=301, body=_OBJECT, headers={"Location": "http://localhost:1/x"}),
    "sent elsewhere for now": Answer(status=307, body=_OBJECT, headers={"Location": "https://evil.example/x"}),
    "sent nowhere": Answer(status=302, body=_OBJECT),
}  # fmt: skip


@contextmanager
def soon_tired() -> Iterator[None]:
    """Let every request of this process wait for a moment only, and nobody sleep before asking again.

    A request without a time limit fails: it would wait for ever.
    """
    send = HTTPAdapter.send

    def limited(self: HTTPAdapter, request: PreparedRequest, **how: Any) -> Response:
        assert how.get("timeout"), f"{request.method} {request.url} waits for ever"
        return send(self, request, **{**how, "timeout": SECONDS})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", limited)
        patch.setattr(CappedRetry, "sleep", lambda *_: None)
        yield
