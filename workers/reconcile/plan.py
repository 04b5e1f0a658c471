"""What is to be looked at for an installation, and when: everything once per interval, spread over it by scope."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from github_app.store import Allowance, Check, Watch
from github_app.store.checks import ORGANISATION, REPOSITORY
from workers.reconcile import declare, sources
from workers.reconcile.declare import Origin

FAILED_AGAIN = dt.timedelta(minutes=2)
LONGEST_PAUSE = dt.timedelta(hours=6)


def wanted(allowance: Allowance, watches: Iterable[Watch], now: dt.datetime) -> dict[tuple[str, str], Check]:
    """Return a check for each source of each scope of an installation, due at once; the caller keeps those it has."""
    scopes = {declare.INSTALLATION: [allowance.scope]}
    if allowance.is_organization:
        scopes[declare.ORGANISATION] = [allowance.scope]
    scopes[declare.REPOSITORY] = [
        f"repo:{w.id}" for w in watches if w.installation_id == allowance.installation_id and w.state != "removed"
    ]
    return {
        (scope, origin.name): Check(
            installation_id=allowance.installation_id,
            scope=scope,
            source=origin.name,
            priority=priority(origin),
            due_at=now,
        )
        for origin in sources.load().values()
        for scope in scopes.get(origin.scope, [])
    }


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
