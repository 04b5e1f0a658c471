"""What a backtest found, as values; `workers.render` turns them into text, JSON and HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from github_app.model import Alert, Case, Severity
from workers.history.powers import Lane

_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What would have been alerted in a history, and when.

    `first_at` and `last_at` are the first and last landing looked at (UTC), None in an empty window. Nobody was new before
    `settled_at`: until then the past was learned. `gaps` are plain sentences about what could not be known.
    `lanes` are the people worth drawing; `more_people` hold a power as well and are not among them.
    """

    repository: str
    ref: str
    commits: int
    tags: int
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    settled_at: dt.datetime | None
    alerts: tuple[Alert, ...] = ()
    cases: tuple[Case, ...] = ()
    gaps: tuple[str, ...] = ()
    lanes: tuple[Lane, ...] = ()
    more_people: int = 0

    @property
    def months(self) -> float:
        """The length of what was looked at, in months of 30.4 days."""
        if self.first_at is None or self.last_at is None:
            return 0.0
        return (self.last_at - self.first_at) / dt.timedelta(days=_DAYS_A_MONTH)

    def per_month(self, floor: Severity) -> float:
        """Return how many alerts of this severity or above there were a month; less than a month counts as one."""
        return sum(a.finding.severity.at_least(floor) for a in self.alerts) / max(self.months, 1.0)

    def case_of(self, position: int) -> str:
        """Return the id of the case an alert belongs to, or ""."""
        return next((case.id for case in self.cases if position in case.alerts), "")


def within(at: dt.datetime, since: dt.datetime | None, until: dt.datetime | None) -> bool:
    """Say whether a time is in a window that includes its beginning and not its end."""
    return (since is None or at >= since) and (until is None or at < until)


def first(times: Iterable[dt.datetime]) -> dt.datetime | None:
    """Return the earliest of some times, or None."""
    return min(times, default=None)
