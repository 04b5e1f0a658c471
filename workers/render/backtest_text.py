"""A backtest's report for a terminal."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator

from github_app.model import Alert, Case, Severity
from workers.history.report import Report
from workers.render import case_text, timeline_text
from workers.render.escape import terminal
from workers.render.message import Story

_WIDTH = 100
_MOST_EVIDENCE = 4


def show(report: Report) -> str:
    """Return the report as text: the cases first, who held which power when, then every alert in order of time."""
    lines = [*_head(report), ""]
    for case in report.cases:
        lines.extend(_case(case, report))
    lines.extend(timeline_text.show(report))
    lines.extend(line for i, alert in enumerate(report.alerts) for line in _alert(i, alert, report))
    lines.extend(_foot(report))
    return "\n".join(lines) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"{terminal(report.repository)}, {terminal(report.ref)}: {report.commits:,} commits and {report.tags:,} tags"
    if report.first_at is None or report.last_at is None:
        yield "Nothing landed in this time."
        return
    yield f"landed from {_day(report.first_at)} to {_day(report.last_at)} ({report.months:.1f} months)."
    if report.settled_at is None:
        yield "All of it was needed to learn who is who, so nobody could be new."
    elif report.settled_at > report.first_at:
        yield f"Until {_day(report.settled_at)} the past was only learned; from then on people could be new."


def _case(case: Case, report: Report) -> Iterator[str]:
    alerts = tuple(report.alerts[i] for i in case.alerts)
    story = Story(name=case.id, severity=case.severity, subject=case.subject, alerts=alerts)
    yield case_text.headline(story)
    yield from case_text.timeline(story)
    yield ""


def _alert(position: int, alert: Alert, report: Report) -> Iterator[str]:
    finding = alert.finding
    trial = "" if alert.stage == "stable" else f", {alert.stage.value}"
    yield f"{_day(alert.at)}  {finding.severity.value:<8}  {terminal(finding.title)}  [{finding.detector}{trial}]"
    yield from textwrap.wrap(terminal(finding.why), _WIDTH, initial_indent="    ", subsequent_indent="    ")
    shown = [f"{e.kind} {terminal(e.value, 80)}" for e in finding.evidence[:_MOST_EVIDENCE]]
    more = len(finding.evidence) - len(shown)
    yield f"    see {', '.join(shown)}{f' and {more} more' if more > 0 else ''}"
    if report.case_of(position):
        yield f"    part of {report.case_of(position)}"
    yield ""


def _foot(report: Report) -> Iterator[str]:
    high, medium = report.per_month(Severity.HIGH), report.per_month(Severity.MEDIUM)
    count = len(report.alerts)
    what = "No alerts." if not count else f"{count} alert{'s' if count != 1 else ''}: "
    yield what + (f"{high:.3f} a month of high severity or above, {medium:.3f} of medium or above." if count else "")
    for gap in report.gaps:
        yield f"Not known: {terminal(gap)}."


def _day(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).date().isoformat()
