"""How much of GitHub's limit comparing may use: a steady trickle, a faster one for the first round, a reserve for the rest.

GitHub allows an installation 5,000 counted requests an hour, more for large ones
(https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api). Events that have to be looked into
come first: what is left below the reserve is theirs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from github_app.store import Allowance
from workers.reconcile.asking import Meter

LIMIT = 5_000
RESERVE = 1_500
FIRST_ROUND = LIMIT - RESERVE
"""Counted requests an hour until everything was seen once, and while something that changed waits to be read."""
BURST = dt.timedelta(minutes=5)
"""How long an unused allowance adds up."""
_THOUSAND = 1_000


def per_hour(steady: int, *, much_to_read: bool) -> int:
    """Return how many counted requests an hour may be made."""
    return max(steady, FIRST_ROUND) if much_to_read else steady


def meter(allowance: Allowance, rate: int, now: dt.datetime) -> Meter:
    """Return what may be spent now: what was left, and what came in since, up to `BURST` worth of it."""
    since = max((now - allowance.at).total_seconds(), 0.0)
    most = rate * BURST.total_seconds() / 3600
    left = min(allowance.tokens / _THOUSAND + rate * since / 3600, most)
    fresh = allowance.resets_at is not None and allowance.resets_at <= now
    return Meter(left=left, reserve=RESERVE, remaining=None if fresh else allowance.remaining, resets_at=allowance.resets_at)


def spent(allowance: Allowance, used: Meter, now: dt.datetime) -> Allowance:
    """Return the allowance after a run."""
    return replace(
        allowance,
        tokens=int(used.left * _THOUSAND),
        at=now,
        requests=allowance.requests + used.requests,
        counted=allowance.counted + used.counted,
        remaining=used.remaining,
        resets_at=used.resets_at,
    )


def enough_at(used: Meter, rate: int, now: dt.datetime, wanted: int = 5) -> dt.datetime:
    """Return when some requests can be made again."""
    if used.remaining is not None and used.remaining <= used.reserve and used.resets_at is not None:
        return max(used.resets_at, now) + dt.timedelta(seconds=1)
    return now + dt.timedelta(seconds=max(wanted - used.left, 0) * 3600 / max(rate, 1) + 1)
