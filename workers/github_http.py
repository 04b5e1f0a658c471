"""How we talk HTTP to GitHub: what is tried again, how long anybody waits, and what an error means for us.

PyGithub's defaults repeat POST (two comments instead of one) and sleep until a rate limit resets (up to an hour). Here a
worker never waits longer than seconds: whoever has to wait longer is told when to come back, and waits in the inbox.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

import requests
from github import Github, GithubException
from github.Auth import Auth
from github.GithubException import RateLimitExceededExceedsMaxWait, RateLimitExceededException
from github.GithubRetry import GithubRetry
from urllib3 import Retry
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import InvalidHeader
from urllib3.response import HTTPResponse

LONGEST_WAIT = 5.0
"""Seconds a worker sleeps at most because GitHub said so; beyond that it gives the work back."""

_REFRESH_BEFORE = dt.timedelta(minutes=5)
_AFTER_LIMIT, _AFTER_TROUBLE, _AFTER_REFUSAL = 60, 30, 900
_MOST_SECONDS = 7200


class Unavailable(Exception):  # noqa: N818 - it says what GitHub is
    """GitHub cannot be asked now: network, 5xx, a rate limit, a bad or suspended login. Ask again at `retry_at` (UTC)."""

    def __init__(self, sentence: str, retry_at: dt.datetime) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_at = retry_at


class Refused(Exception):  # noqa: N818 - it says what the question was
    """GitHub will not answer this however often we ask: not there, not permitted, not understood."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InstallationGone(GithubException):
    """GitHub gives no token for an installation: it was removed, or the app's key belongs to another app."""


class CappedRetry(GithubRetry):
    """Tries again what may be repeated, at most three times, and never waits longer than `LONGEST_WAIT`.

    POST and PATCH are sent once, whatever happens on the way: a 5xx can still have created the comment.
    """

    def __init__(self, **kwargs: Any) -> None:
        settings: dict[str, Any] = {
            "total": 3,
            "backoff_factor": 0.25,
            "max_rate_limit_wait": LONGEST_WAIT,
            "allowed_methods": Retry.DEFAULT_ALLOWED_METHODS,
        }
        super().__init__(**settings | kwargs)

    def increment(  # type: ignore[override]  # the parent narrows urllib3's signature in the same way
        self,
        method: str | None = None,
        url: str | None = None,
        response: HTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Retry:
        """Return the next retry, or raise when waiting would take too long or repeating could do something twice."""
        if error is not None and not self._is_connection_error(error) and (method or "").upper() not in self._repeatable():
            raise error
        # urllib3 obeys Retry-After without a limit, and for 413, 429 and 503 without asking `max_rate_limit_wait`.
        wait = self._told_to_wait(response)
        if response is not None and wait > LONGEST_WAIT:
            response.drain_conn()  # what is raised here must not leave the connection open
            raise RateLimitExceededExceedsMaxWait(
                response.status,
                {"message": f"GitHub asks to wait {wait:.0f} seconds"},
                {k.lower(): v for k, v in response.headers.items()},
                wait=wait,
            )
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def _repeatable(self) -> frozenset[str]:
        return frozenset(self.allowed_methods or ())

    def _told_to_wait(self, response: HTTPResponse | None) -> float:
        header = response.headers.get("Retry-After") if response is not None else None
        if header is None:
            return 0.0
        try:
            return float(self.parse_retry_after(header))
        except (InvalidHeader, ValueError, OverflowError):
            return float(_AFTER_LIMIT)


class InstallationToken(Auth):
    """An installation's token, asked for anew five minutes before it ends (they live for an hour).

    PyGithub's own class renews 20 seconds before the end, and asks with an empty list of permissions.
    """

    def __init__(self, app: Github, installation_id: int) -> None:
        self._app = app
        self._installation_id = installation_id
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = dt.datetime.min.replace(tzinfo=dt.UTC)

    @property
    def token_type(self) -> str:
        """See `github.Auth.Auth`."""
        return "Bearer"

    @property
    def token(self) -> str:
        """A token that is good for at least five minutes."""
        with self._lock:
            if dt.datetime.now(dt.UTC) >= self._good_until:
                self._token, self._good_until = new_token(self._app, self._installation_id)
            return self._token


def new_token(app: Github, installation_id: int, permissions: Mapping[str, str] | None = None) -> tuple[str, dt.datetime]:
    """Ask for an installation token; return it and until when it can be used safely.

    Args:
        app: a client that signs in as the app itself.
        installation_id: whose token.
        permissions: fewer permissions than the installation has; all of them by default.

    Raises:
        InstallationGone: there is no such installation.
        github.GithubException: GitHub refused for another reason.
    """
    wanted = {"permissions": dict(permissions)} if permissions else None
    path = f"/app/installations/{int(installation_id)}/access_tokens"
    try:
        _, answer = app.requester.requestJsonAndCheck("POST", path, input=wanted)
    except GithubException as error:
        if error.status == 404:
            raise InstallationGone(error.status, error.data, error.headers, "the installation is gone") from error
        raise
    answer = answer if isinstance(answer, dict) else {}
    token, ends = answer.get("token"), answer.get("expires_at")
    if not isinstance(token, str) or not isinstance(ends, str):
        raise GithubException(502, {"message": "GitHub's answer holds no token"}, {})
    return token, dt.datetime.fromisoformat(ends).astimezone(dt.UTC) - _REFRESH_BEFORE


@contextlib.contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn every error of a call to GitHub into one of our two kinds.

    Args:
        what: what we wanted, for the sentence, like "the tag v1.0".

    Raises:
        Unavailable: asking again later can help.
        Refused: it cannot.
    """
    try:
        yield
    except GithubException as error:
        raise _meaning(error, what) from error
    except requests.RequestException as error:
        sentence = f"GitHub could not be asked for {what}: {type(error).__name__}"
        raise Unavailable(sentence, _in(_AFTER_TROUBLE)) from error
    except json.JSONDecodeError as error:
        raise Unavailable(f"GitHub's answer about {what} broke off", _in(_AFTER_TROUBLE)) from error
    except RuntimeError as error:
        # PyGithub's way to say that a redirect leads to another host.
        raise Refused(f"GitHub's answer about {what} leads to another server; check GITHUB_API_URL") from error


def _meaning(error: GithubException, what: str) -> Unavailable | Refused:
    status, said = error.status or 0, _message(error)
    headers = {str(k).lower(): str(v) for k, v in (error.headers or {}).items()}
    if isinstance(error, RateLimitExceededException) or status == 429 or "retry-after" in headers:
        return Unavailable(f"GitHub's rate limit held back the question for {what}", _in(_limit_seconds(headers)))
    if isinstance(error, InstallationGone):
        return Refused(f"GitHub could not be asked for {what}: the app is no longer installed")
    if status == 401 or (status == 403 and "suspended" in said.lower()):
        return Unavailable(f"GitHub does not let the app ask for {what}: {said}", _in(_AFTER_REFUSAL))
    if status >= 500 or status < 400:
        return Unavailable(f"GitHub answered {status} when asked for {what}", _in(_AFTER_TROUBLE))
    return Refused(f"GitHub answered {status} when asked for {what}: {said}")


def _message(error: GithubException) -> str:
    data = error.data
    said = data.get("message") if isinstance(data, dict) else ""
    return re.sub(r"\s+", " ", said)[:200] if isinstance(said, str) and said else "no reason given"


def retry_after_limit(headers: Mapping[str, object] | None) -> dt.datetime:
    """Return when to ask again after an answer that said that a limit is reached; see `_limit_seconds`."""
    return _in(_limit_seconds({str(k).lower(): str(v) for k, v in (headers or {}).items()}))


def _limit_seconds(headers: Mapping[str, str]) -> float:
    """How long to keep away: Retry-After, else the reset of the limit, else a minute, as GitHub's rules say."""
    wait, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if wait.isascii() and wait.isdigit():
        return float(wait[:9])
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return float(reset[:12]) - dt.datetime.now(dt.UTC).timestamp() + 1
    return _AFTER_LIMIT


def _in(seconds: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=min(max(seconds, 1), _MOST_SECONDS))
