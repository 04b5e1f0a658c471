"""Powers of people over time for a terminal: one line for each power, alerts below, in plain ASCII."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from github_app.ledger import Holding
from github_app.model import Severity
from workers.history.powers import Lane
from workers.history.report import Report
from workers.render.escape import terminal

_WORDS, _COLUMNS = 26, 72
_SIGNS = {Severity.CRITICAL: "C", Severity.HIGH: "H", Severity.MEDIUM: "m", Severity.LOW: "l", Severity.INFO: "i"}


def show(report: Report) -> Iterator[str]:
    """Yield the lines of the drawing; none for a history in which nobody holds more than the author's power."""
    if not report.lanes or report.last_at is None:
        return
    begin = min(lane.since for lane in report.lanes)
    scale = _Scale(begin, max(report.last_at, begin + dt.timedelta(days=1)))
    yield f"{'Who held which power':<{_WORDS}}{scale.years()}"
    for lane in report.lanes:
        yield from _lane(lane, report, scale)
    more = f"; {report.more_people:,} more people hold a power beyond the author's" if report.more_people else ""
    yield f"= from first to last use; alerts: C critical, H high, m medium, l low, the worst where several meet{more}"
    yield ""


class _Scale:
    def __init__(self, begin: dt.datetime, end: dt.datetime) -> None:
        self.begin, self.end = begin, end

    def column(self, at: dt.datetime) -> int:
        share = (at - self.begin) / (self.end - self.begin)
        return min(max(int(share * _COLUMNS), 0), _COLUMNS - 1)

    def years(self) -> str:
        """Return a line with the beginning of some years, each where it belongs."""
        line = [" "] * (_COLUMNS + 4)
        free = 0
        for year in range(self.begin.year, self.end.year + 1):
            at = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
            column = self.column(at)
            if column >= free and at >= self.begin:
                line[column : column + 5] = f"|{year:04d}"
                free = column + 7
        return "".join(line).rstrip()


def _lane(lane: Lane, report: Report, scale: _Scale) -> Iterator[str]:
    yield terminal(lane.label, _WORDS + _COLUMNS)
    for holding in lane.powers:
        yield f"  {_word(holding):<{_WORDS - 2}}{_bar(holding, scale)}"
    signs = [" "] * _COLUMNS
    for i in sorted(lane.alerts, key=lambda i: report.alerts[i].finding.severity.rank):
        signs[scale.column(report.alerts[i].at)] = _SIGNS[report.alerts[i].finding.severity]
    if lane.alerts:
        yield f"  {'alerts':<{_WORDS - 2}}{''.join(signs).rstrip()}"


def _word(holding: Holding) -> str:
    word = holding.power.value.replace("_", " ")
    return f"{word} {terminal(holding.subject[-8:])}" if holding.power.value == "signer" else word


def _bar(holding: Holding, scale: _Scale) -> str:
    first, last = scale.column(holding.since), scale.column(holding.last_used or holding.since)
    return " " * first + "=" * (last - first + 1)
