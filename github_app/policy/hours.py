"""When a message may go out: quiet hours and digests, in the policy's own time zone, over changes of the clock. Pure.

Wall-clock times become UTC by PEP 495: a time that does not exist (clocks go forward) is read with the offset before the
change; of one that exists twice (clocks go back) quiet begins at the first and ends at the second.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from github_app.model import Severity
from github_app.policy.model import Digest, QuietHours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = dt.timedelta(days=1)
_MOST_NIGHTS = 7


def quiet_until(hours: QuietHours, at: dt.datetime, severity: Severity) -> dt.datetime | None:
    """Return when quiet ends (UTC) for a message of this severity at a time (UTC); None when it may go out at once.

    Nights that follow each other without a gap are one; nothing waits for more than seven of them. Critical never waits.
    """
    if hours.start is None or hours.end is None or severity.at_least(hours.pass_from) or severity is Severity.CRITICAL:
        return None
    until = None
    for _ in range(_MOST_NIGHTS):
        end = _night_end(hours, until or at)
        if end is None:
            break
        until = end
    return until


def digest_at(digest: Digest, at: dt.datetime) -> dt.datetime | None:
    """Return when the first digest after a time (both UTC) is due; None when the policy wants none."""
    if digest.every == "never":
        return None
    zone = ZoneInfo(digest.time_zone)
    today = at.astimezone(zone).date()
    for days in range(-1, 9):
        day = today + days * _DAY
        due = _utc(day, digest.at, zone)
        if due > at and (digest.every == "day" or _DAYS[day.weekday()] == digest.day):
            return due
    raise AssertionError(f"there is no {digest.day} within nine days")


def _night_end(hours: QuietHours, at: dt.datetime) -> dt.datetime | None:
    """Return the end of the night a time lies in; the last, where nights overlap because the clock was set back."""
    start, end = hours.start, hours.end
    if start is None or end is None:
        return None
    zone = ZoneInfo(hours.time_zone)
    today = at.astimezone(zone).date()
    ends = []
    for day in (today - _DAY, today, today + _DAY):
        if _DAYS[day.weekday()] in hours.days:
            begins = _utc(day, start, zone)
            over = _utc(day if end > start else day + _DAY, end, zone, fold=1)
            if begins <= at < over:
                ends.append(over)
    return max(ends, default=None)


def _utc(day: dt.date, time: dt.time, zone: ZoneInfo, *, fold: int = 0) -> dt.datetime:
    local = dt.datetime.combine(day, time, zone).replace(fold=fold)
    if fold and local.astimezone(dt.UTC).astimezone(zone).time() != time:
        local = local.replace(fold=0)  # in a gap the second reading would lie before the first
    return local.astimezone(dt.UTC)
