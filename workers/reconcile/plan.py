"""What is to be looked at for an installation, and when: everything once per interval, spread over it by scope."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping

from github_app.store import Allowance, Check, Watch
from github_app.store.checks import GLANCE, ORGANISATION, REPOSITORY, WHOLE
from workers.reconcile import declare, glance_query, sources
from workers.reconcile.declare import Origin

FAILED_AGAIN = dt.timedelta(minutes=2)
LONGEST_PAUSE = dt.timedelta(hours=6)
LONGEST_UNREAD = dt.timedelta(days=7)
"""How long what a glance sees is not read in full at most, while nothing seems to change."""
ADDRESSES = 13
"""How many requests it takes at least to read everything of one repository."""
HINTED = glance_query.SOURCES | {"tags"}
"""The sources that something cheaper says something about: a glance, or the time of the last push."""
OTHER_REQUESTS = 50
"""What an organisation's own costs an hour: see docs/operate.md."""


def wanted(
    allowance: Allowance, watches: Iterable[Watch], now: dt.datetime, nodes: Mapping[str, str]
) -> dict[tuple[str, str], Check]:
    """Return a check for each source of each scope of an installation, due at once; the caller keeps those it has.

    `nodes` says what GraphQL calls the repositories, by scope, as far as that is known: those can be glanced at.
    """
    scopes = {declare.INSTALLATION: [allowance.scope]}
    if allowance.is_organization:
        scopes[declare.ORGANISATION] = [allowance.scope]
    scopes[declare.REPOSITORY] = [
        f"repo:{w.id}" for w in watches if w.installation_id == allowance.installation_id and w.state != "removed"
    ]

    def check(scope: str, source: str, turn: int, hint: str = "") -> Check:
        number = allowance.installation_id
        return Check(installation_id=number, scope=scope, source=source, priority=turn, due_at=now, hint=hint)

    # A glance at all repositories is little as well, and says which of the rest is not as it was.
    glances = [check(scope, GLANCE, ORGANISATION, nodes.get(scope, "")) for scope in scopes[declare.REPOSITORY]]
    full = [check(s, o.name, priority(o)) for o in sources.load().values() for s in scopes.get(o.scope, [])]
    return {(c.scope, c.source): c for c in (*glances, *full)}


def priority(origin: Origin) -> int:
    """Return the usual turn of a source: what is an organisation's own is little and comes first."""
    return REPOSITORY if origin.scope == declare.REPOSITORY else ORGANISATION


def next_turn(scope: str, now: dt.datetime, interval: dt.timedelta) -> dt.datetime:
    """Return the next time that is a scope's own within the interval, so that not all come at once.

    It is at least a quarter of the interval away: a look that was late is not repeated at once.
    """
    seconds = max(interval.total_seconds(), 1.0)
    offset = int.from_bytes(hashlib.sha256(scope.encode()).digest()[:4]) / 2**32 * seconds
    wait = (offset - now.timestamp()) % seconds
    return now + dt.timedelta(seconds=wait if wait >= seconds / 4 else wait + seconds)


def after_failure(failures: int, now: dt.datetime) -> dt.datetime:
    """Return when to look again after so many looks in a row that failed."""
    wait: dt.timedelta = FAILED_AGAIN * (1 << min(failures, 10))
    return now + min(wait, LONGEST_PAUSE)


def glanced_at(check: Check, glance: Check | None) -> bool:
    """Return whether a cheaper source would say that this one changed: a glance that works, or the time of the last push."""
    works = glance is not None and glance.checked_at is not None and not glance.blind and not glance.failures
    return bool(check.hint) if check.source == "tags" else works and check.hint.startswith(WHOLE)


def unread(every: dt.timedelta, repositories: int, requests: int) -> dt.timedelta:
    """Return how long something that is glanced at is not read in full while nothing seems to change.

    It is the interval as long as `requests` an hour are enough to read everything in it, and else so long that all of it
    takes a handful of requests in each interval, up to a week.
    """
    if repositories * ADDRESSES + OTHER_REQUESTS <= requests:
        return every
    return max(every, min(every * repositories, LONGEST_UNREAD))
