"""Questions to GitHub that cost nothing while the answer stays the same, and that count only when they are whole.

An ETag is good for the token it was given to (GitHub's support says so, eclipse-csi/otterdog#201), and installation tokens
live for an hour, so each URL costs at least one counted request an hour; a 304 is free of the primary limit.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import github
from github.Requester import Requester

from github_app.store import Store, Validator
from workers.github import GitHubApp, InstallationGone, Unavailable, translated
from workers.github_ask import exception, sent

PAGE = 100
MOST_PAGES = 100
_MOST_TOKENS = 4
_GONE_AGAIN = dt.timedelta(seconds=30)

Json = dict[str, Any]
Pick = Callable[[Json], Json]


class HalfAnswerError(Exception):
    """GitHub's answer is not all of it: cut off, not of the known shape, or fewer members than it says itself."""


class OutOfBudgetError(Exception):
    """What may be spent for now is spent."""


@dataclass(slots=True)
class Meter:
    """Counts what is asked. `left` counted requests may still be made; `reserve` of GitHub's own limit stay for others."""

    left: float
    reserve: int
    requests: int = 0
    counted: int = 0
    remaining: int | None = None
    resets_at: dt.datetime | None = None

    def ready(self) -> None:
        """Say that a request is about to be made.

        Raises:
            OutOfBudgetError: it must not be.
        """
        if self.left < 1 or (self.remaining is not None and self.remaining <= self.reserve):
            raise OutOfBudgetError

    def made(self, status: int, headers: Mapping[str, Any]) -> None:
        """Count a request by its answer; the headers of one that has a limit of its own are not given."""
        self.requests += 1
        if status != 304:
            self.counted += 1
            self.left -= 1
        remaining, resets = str(headers.get("x-ratelimit-remaining", "")), str(headers.get("x-ratelimit-reset", ""))
        if remaining.isascii() and remaining.isdigit():
            self.remaining = int(remaining[:12])
        if resets.isascii() and resets.isdigit():
            # GitHub's limit is one of an hour; whatever a header says, nobody waits for longer than two.
            # One that is over is the clock's mistake, this machine's or GitHub's; a minute is what it asks for without.
            now = dt.datetime.now(dt.UTC)
            soon, latest = now + dt.timedelta(minutes=1), now + dt.timedelta(hours=2)
            at = dt.datetime.fromtimestamp(int(resets[:10]), dt.UTC)
            self.resets_at = min(at, latest) if at > now else soon


@dataclass(slots=True)
class Asking:
    """One look at one scope. What GitHub answered is in `kept`, to be stored together with what it led to."""

    app: GitHubApp
    store: Store
    installation_id: int
    scope: str
    meter: Meter
    kept: dict[str, Validator] = field(default_factory=dict)
    _known: dict[str, Validator] = field(default_factory=dict)

    def item(self, path: str, what: str, pick: Pick, *, missing: bool = False) -> Json | None:
        """Return what is used of one object.

        Args:
            path: of the request.
            what: for the sentence when it fails, like "the actions permissions of acme/app".
            pick: takes from the object what is used of it; nothing else is stored.
            missing: None for an object that is not there (404), instead of `Refused`.

        Raises:
            Unavailable, Refused, HalfAnswerError, OutOfBudgetError: there is no answer; nothing may be concluded from that.
        """
        found = self._ask(path, {}, what, _one(pick, what), missing=missing)
        return None if found is None else dict(found["item"])

    def items(self, path: str, what: str, pick: Pick, *, inside: str = "", paged: bool = True, **query: str) -> list[Json]:
        """Return what is used of each member of a listing, page after page; see `item` for the rest.

        Args:
            path: of the request.
            what: for the sentence when it fails.
            pick: as in `item`.
            inside: the field of the answer that holds the list, when the answer is not the list itself.
            paged: False where GitHub gives everything at once.
            query: further parameters.
        """
        members: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            asked = {**query, "per_page": str(PAGE), "page": str(page)} if paged else dict(query)
            found = self._ask(path, asked, what, _several(pick, inside, what)) or {"items": []}
            here = found["items"]
            members += here
            if not paged or len(here) < PAGE:
                total = found.get("total")
                if isinstance(total, int) and len(members) < total:
                    raise HalfAnswerError(f"{what}: GitHub says there are {total} and showed {len(members)}")
                return members
        raise HalfAnswerError(f"{what}: there are more than {MOST_PAGES * PAGE}")

    def _ask(
        self, path: str, query: Mapping[str, str], what: str, reduce: Callable[[Any], Json], *, missing: bool = False
    ) -> Json | None:
        url = f"{path}?{urlencode(sorted(query.items()))}" if query else path
        known = self.kept.get(url) or self.store.checks.validators(self.scope, [url]).get(url)
        with translated(what):
            status, headers, text, mark = self._get(path, query, known)
            if status == 404 and missing:
                return None
            if status >= 400:
                raise exception(status, headers, text)
        if status == 304 and known is not None:
            self.kept[url] = known
            return dict(known.body) if isinstance(known.body, dict) else None
        body = reduce(parsed(text, what))
        etags = dict(known.etags) if known is not None and known.body == body else {}
        if isinstance(headers.get("etag"), str):
            etags.pop(mark, None)
            etags[mark] = str(headers["etag"])[:200]
        self.kept[url] = Validator(url=url, etags=dict(list(etags.items())[-_MOST_TOKENS:]), body=body)
        return body

    def _get(
        self, path: str, query: Mapping[str, str], known: Validator | None, *, again: bool = True
    ) -> tuple[int, Mapping[str, Any], str, str]:
        """Send one request; with a new token when GitHub has revoked the one we had."""
        self.meter.ready()
        requester = self.app.client(self.installation_id).requester
        try:
            mark = _mark(requester)
            # Should GitHub ever take the ETag of an earlier token, or a server do so today, that is free as well.
            etag = known.etags.get(mark) or next(iter(known.etags.values()), None) if known else None
            status, headers, text = sent(
                requester, "GET", path, parameters=query, headers={"If-None-Match": etag} if etag else None
            )
        except InstallationGone as error:
            # Whether somebody removed the app is for the next round to find out, and then to tell.
            raise Unavailable("the app is no longer installed there", dt.datetime.now(dt.UTC) + _GONE_AGAIN) from error
        except github.GithubException as error:
            self.meter.made(error.status or 0, error.headers or {})
            raise
        self.meter.made(status, headers)
        if status == 401 and again:
            self.app.forget_token(self.installation_id)
            return self._get(path, query, known, again=False)
        return status, headers, text, mark


def _mark(requester: Requester) -> str:
    """Name a token without telling it: ETags are good for the token they were given to."""
    token = requester.auth.token if requester.auth is not None else ""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def parsed(text: str, what: str) -> Any:
    """Return the JSON of an answer.

    Raises:
        HalfAnswerError: it is none.
    """
    try:
        return json.loads(text)
    except ValueError as error:
        raise HalfAnswerError(f"{what}: GitHub's answer is cut off or not JSON") from error


def _one(pick: Pick, what: str) -> Callable[[Any], Json]:
    def reduce(answer: Any) -> Json:
        if not isinstance(answer, dict):
            raise HalfAnswerError(f"{what}: GitHub's answer is not an object")
        return {"item": pick(answer)}

    return reduce


def _several(pick: Pick, inside: str, what: str) -> Callable[[Any], Json]:
    def reduce(answer: Any) -> Json:
        total = answer.get("total_count") if inside and isinstance(answer, dict) else None
        members = answer.get(inside) if inside and isinstance(answer, dict) else answer
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            raise HalfAnswerError(f"{what}: GitHub's answer is not a list of objects")
        return {"items": [pick(member) for member in members], "total": total if type(total) is int else None}

    return reduce


def texts(value: object, *names: str) -> Json:
    """Return those fields of an object that are texts, numbers or truth values, under their names; the usual `Pick`."""
    found = value if isinstance(value, dict) else {}
    return {name: found[name] for name in names if isinstance(found.get(name), str | int | bool)}
