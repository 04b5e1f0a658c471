"""How we talk HTTP to GitHub: what is tried again, how long anybody waits, and what an error means for us.

PyGithub's defaults repeat POST (two comments instead of one) and sleep until a rate limit resets (up to an hour). Here a
worker never waits longer than seconds: whoever has to wait longer is told when to come back, and waits in the inbox.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import re
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

import requests
from github import GithubException
from github.GithubException import RateLimitExceededExceedsMaxWait, RateLimitExceededException
from github.GithubRetry import GithubRetry
from urllib3 import Retry
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import InvalidHeader, MaxRetryError, ReadTimeoutError
from urllib3.exceptions import TimeoutError as Silence
from urllib3.response import HTTPResponse

LONGEST_WAIT = 5.0
"""Seconds a worker sleeps at most because GitHub said so; beyond that it gives the work back."""

SENT_ON = frozenset({301, 302, 303, 307, 308})

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

    POST and PATCH are sent once, whatever happens on the way: a 5xx can still have created the comment. A server that did
    not answer in time is not asked again at once: four times the time limit would hold up everything behind it.

    Where an answer sends us on is for `workers.github_ask` to decide: PyGithub follows for as long as it is sent on, loses
    the query on the way, and takes other redirects for answers. And it asks again and again after a 202.
    """

    def __init__(self, **kwargs: Any) -> None:
        settings: dict[str, Any] = {
            "total": 3,
            "backoff_factor": 0.25,
            "max_rate_limit_wait": LONGEST_WAIT,
            "allowed_methods": Retry.DEFAULT_ALLOWED_METHODS,
        }
        super().__init__(**settings | kwargs)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Say whether `increment` is to look at an answer before PyGithub does."""
        return _leads_elsewhere(method, status_code) or super().is_retry(method, status_code, has_retry_after)

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
        if isinstance(error, ReadTimeoutError):
            raise error
        if isinstance(error, Silence):
            raise MaxRetryError(_pool, url, error) from error  # type: ignore[arg-type]  # urllib3 always gives its pool
        if response is not None and _leads_elsewhere(method, response.status):
            response.drain_conn()
            raise GithubException(response.status, {}, {k.lower(): v for k, v in response.headers.items()})
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
        if response is not None and header is None:
            # A limit that is used up until a time that is over: PyGithub would ask again at once, and again.
            left, reset = response.headers.get("X-RateLimit-Remaining"), response.headers.get("X-RateLimit-Reset", "")
            over = left == "0" and reset.isascii() and reset.isdigit() and float(reset[:12]) <= _now()
            return float(_AFTER_LIMIT) if over and response.status in {403, 429} else 0.0
        if header is None:
            return 0.0
        try:
            return float(self.parse_retry_after(header))
        except (InvalidHeader, ValueError, OverflowError):
            return float(_AFTER_LIMIT)


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
    if not isinstance(error.data, dict) or not isinstance(error.data.get("message"), str):
        # GitHub says why it refuses; a refusal without a reason is that of something on the way to it.
        return Unavailable(f"something that is not GitHub answered {status} when asked for {what}", _in(_AFTER_TROUBLE))
    return Refused(f"GitHub answered {status} when asked for {what}: {said}")


def _leads_elsewhere(method: str | None, status: int) -> bool:
    """Say whether an answer is neither what was asked for nor an error: it is elsewhere, or not ready yet."""
    return status in SENT_ON or (status == 202 and method == "GET")


def gone(what: str) -> Unavailable:
    """Return what to raise when a delivery is judged of an installation that was removed meanwhile.

    Its event, or comparing, says so within minutes, and then the delivery is no longer watched; judged before, with gaps, it
    could look like a change of trust.
    """
    return Unavailable(f"GitHub could not be asked for {what}: the app is no longer installed", _in(_AFTER_REFUSAL))


def _message(error: GithubException) -> str:
    data = error.data
    said = data.get("message") if isinstance(data, dict) else ""
    return re.sub(r"\s+", " ", said)[:200] if isinstance(said, str) and said else "no reason given"


def retry_after_limit(headers: Mapping[str, object] | None) -> dt.datetime:
    """Return when to ask again after an answer that said that a limit is reached; see `_limit_seconds`."""
    return _in(_limit_seconds({str(k).lower(): str(v) for k, v in (headers or {}).items()}))


def _limit_seconds(headers: Mapping[str, str]) -> float:
    """How long to keep away: Retry-After, else the reset of the limit, else a minute, as GitHub's rules say.

    A time that is over by this machine's clock says nothing: the clock may be wrong.
    """
    wait, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if wait.isascii() and wait.isdigit():
        return float(wait[:9])
    at = _date(wait)
    if not at and headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        at = float(reset[:12]) + 1
    seconds = at - _now()
    return seconds if seconds > 0 else _AFTER_LIMIT


def _date(text: str) -> float:
    """Return the time that a header names (RFC 9110, 5.6.7) as seconds since 1970, 0 if it names none."""
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()


def _now() -> float:
    return dt.datetime.now(dt.UTC).timestamp()


def _in(seconds: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=min(max(seconds, 1), _MOST_SECONDS))
