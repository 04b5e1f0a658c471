"""A backtest's report as one HTML page that needs nothing else: no script, no font, no image."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib import resources

from github_app.model import Alert, Case, Person, Power, Severity
from workers.history.powers import Lane
from workers.history.report import Report
from workers.render.escape import html_text
from workers.render.timeline_svg import Picture, draw

_AROUND = dt.timedelta(days=120)
_MOST_BESIDE = 3
_MOST_DRAWN_CASES = 3


def show(report: Report) -> str:
    """Return the report as a page."""
    title = f"Trust changes in {html_text(report.repository)}"
    body = "\n".join([*_head(report), *_cases(report), *_whole(report), *_alerts(report), *_table(report)])
    style = resources.files("workers.render").joinpath("backtest.css").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{style}</style></head>\n<body><main><h1>{title}</h1>\n{body}\n</main></body></html>\n"
    )


def _head(report: Report) -> Iterator[str]:
    span = f"{_day(report.first_at)} to {_day(report.last_at)}" if report.first_at and report.last_at else "nothing landed"
    counts = f"{report.commits:,} commits, {report.tags:,} tags"
    yield f'<p class="meta">{html_text(report.ref)}: {counts}, {span} ({report.months:.1f} months).'
    if report.settled_at:
        yield f" Until {_day(report.settled_at)} the past was only learned."
    yield "</p>"
    if report.alerts:
        found = [(level, sum(a.finding.severity is level for a in report.alerts)) for level in reversed(Severity)]
        counted = "".join(f'<li class="{level.value}"><b>{n}</b> {level.value}</li>' for level, n in found if n)
        yield f'<ul class="counts">{counted}</ul>'
    yield (
        f'<p class="meta">{_alerts_in_all(report)} {report.per_month(Severity.HIGH):.3f} a month of high severity or above, '
        f"{report.per_month(Severity.MEDIUM):.3f} of medium or above.</p>"
    )
    for gap in report.gaps:
        yield f'<p class="meta">Not known: {html_text(gap)}.</p>'


def _alerts_in_all(report: Report) -> str:
    count = len(report.alerts)
    return "No alerts:" if not count else f"{count} alert{'s' if count > 1 else ''}:"


def _cases(report: Report) -> Iterator[str]:
    if report.cases:
        yield f"<h2>{'Cases' if len(report.cases) > 1 else 'One case'}</h2>"
    ranked = sorted(report.cases, key=lambda c: (-c.severity.rank, c.opened_at))
    for number, case in enumerate(ranked):
        yield _case(case, report, drawn=number < _MOST_DRAWN_CASES)


def _case(case: Case, report: Report, *, drawn: bool) -> str:
    steps = "".join(
        f'<li><span class="dot {report.alerts[i].finding.severity.value}"></span>'
        f'<a href="#alert-{i}"><time>{_day(report.alerts[i].at)}</time></a> {html_text(report.alerts[i].finding.title)}</li>'
        for i in case.alerts
    )
    count = f"{len(case.alerts)} alerts from {_day(case.opened_at)} to {_day(report.alerts[case.alerts[-1]].at)}"
    figure = _case_figure(case, report) if drawn else ""
    return (
        f'<article class="{case.severity.value}" id="{case.id}"><h3><span class="level">{case.severity.value}</span> '
        f"{html_text(_about(case))}</h3>"
        f'<p class="meta">{count}</p>{figure}<ol class="steps">{steps}</ol></article>'
    )


def _about(case: Case) -> str:
    """Name whom a case is about: the person before the key."""
    return case.subject.person.label if case.subject.person != Person() else case.subject.label


def _case_figure(case: Case, report: Report) -> str:
    """Draw the time of a case: the people it is about, and who else held power then."""
    mine = [lane for lane in report.lanes if not set(lane.alerts).isdisjoint(case.alerts)]
    if not mine or report.last_at is None:
        return ""
    begin = min(*(h.since for h in mine[0].powers), case.opened_at) - _AROUND
    begin = max(begin, case.opened_at - 6 * _AROUND)
    end = min(report.alerts[case.alerts[-1]].at + _AROUND, report.last_at)
    others = [
        lane
        for lane in report.lanes
        if lane not in mine and any(_strong(h.power) and _used_in(h.since, h.last_used, begin, end) for h in lane.powers)
    ]
    others = sorted(others, key=lambda lane: lane.since)[:_MOST_BESIDE]
    return _figure(
        Picture(
            id=f"{case.id}-picture",
            title=f"The case of {_about(case)}",
            says="; ".join(f"{_day(report.alerts[i].at)} {report.alerts[i].finding.title}" for i in case.alerts),
            lanes=[*others, *mine],
            alerts=report.alerts,
            begin=begin,
            end=end,
        ),
        "Bars are powers from first to last use; marks are alerts.",
    )


def _strong(power: Power) -> bool:
    return power in {Power.COMMITTER, Power.MERGER, Power.RELEASER, Power.SIGNER}


def _used_in(since: dt.datetime, last: dt.datetime | None, begin: dt.datetime, end: dt.datetime) -> bool:
    return since <= end and (last or since) >= begin


def _whole(report: Report) -> Iterator[str]:
    """Draw the whole history."""
    if not report.lanes or report.last_at is None:
        return
    yield "<h2>Who held which power</h2>"
    begin = min(lane.since for lane in report.lanes)
    bands = [
        (lane.label, report.alerts[case.alerts[0]].at, report.alerts[case.alerts[-1]].at)
        for case in report.cases
        for lane in report.lanes
        if not set(lane.alerts).isdisjoint(case.alerts)
    ]
    more = f" {report.more_people:,} more people hold a power beyond the author's." if report.more_people else ""
    says = "; ".join(f"{lane.label}: {', '.join(_spans(lane))}" for lane in report.lanes)
    picture = Picture(
        id="whole",
        title=f"Powers over {report.repository} by person",
        says=says,
        lanes=report.lanes,
        alerts=report.alerts,
        begin=begin,
        end=max(report.last_at, begin + dt.timedelta(days=1)),
        bands=bands,
    )
    yield _figure(picture, f"Bars are powers from first to last use; marks are alerts, shaded spans are cases.{more}")


def _figure(picture: Picture, caption: str) -> str:
    legend = "".join(
        f'<span><i class="dot {level.value}"></i>{level.value}</span>'
        for level in reversed(Severity)
        if _has(picture, level)
    )
    return (
        f'<figure>{draw(picture)}<figcaption>{html_text(caption)} <span class="legend">{legend}</span></figcaption></figure>'
    )


def _has(picture: Picture, level: Severity) -> bool:
    return any(picture.alerts[i].finding.severity is level for lane in picture.lanes for i in lane.alerts)


def _spans(lane: Lane) -> list[str]:
    return [f"{h.power.value.replace('_', ' ')} {_day(h.since)} to {_day(h.last_used or h.since)}" for h in lane.powers]


def _alerts(report: Report) -> Iterator[str]:
    yield "<h2>Alerts</h2>" if report.alerts else "<p>Nothing was raised.</p>"
    for position, alert in enumerate(report.alerts):
        yield _alert(position, alert, report.case_of(position))


def _alert(position: int, alert: Alert, case: str) -> str:
    finding = alert.finding
    evidence = ", ".join(f"{html_text(e.kind)} <code>{html_text(e.value)}</code>" for e in finding.evidence)
    part = f' Part of a <a href="#{case}">case</a>.' if case else ""
    level = finding.severity.value
    trial = "" if alert.stage == "stable" else f", {alert.stage.value}"
    return (
        f'<article class="{level}" id="alert-{position}"><h3>{html_text(finding.title)}</h3>'
        f'<p class="meta"><time>{_day(alert.at)}</time> <span class="level">{level}</span> '
        f"{html_text(finding.detector)}{trial}</p>"
        f'<p>{html_text(finding.why, 2_000)}</p><p class="meta">{evidence}.{part}</p></article>'
    )


def _table(report: Report) -> Iterator[str]:
    """Say in words what the drawing shows."""
    if not report.lanes:
        return
    rows = "".join(
        f"<tr><th scope=row>{html_text(lane.label, 80)}</th><td>{html_text(h.power.value.replace('_', ' '))}</td>"
        f"<td>{_day(h.since)}</td><td>{_day(h.last_used or h.since)}</td><td>{h.uses:,}</td></tr>"
        for lane in report.lanes
        for h in lane.powers
    )
    head = "<tr><th>who</th><th>power</th><th>first used</th><th>last used</th><th>uses</th></tr>"
    yield f'<details><summary>The drawing as a table</summary><div class="wide"><table>{head}{rows}</table></div></details>'


def _day(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).date().isoformat() if at else "-"
