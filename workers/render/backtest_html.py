"""A backtest's report as one HTML page that needs nothing else: no script, no font, no image."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from github_app.model import Alert, Case, Severity
from workers.history.report import Report
from workers.render.escape import html_text

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
article{border-left:.35rem solid #8c959f;padding:.1rem 1rem;margin:1rem 0;background:#f6f8fa}
article.high,article.critical{border-color:#b3261e}article.medium{border-color:#9a6700}
article h3{font-size:1rem;margin:.4rem 0}code{font-size:.85em;overflow-wrap:anywhere}
.meta{color:#57606a;font-size:.9rem;margin:.2rem 0}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}article{background:#161b22}.meta{color:#9da7b3}}
"""


def show(report: Report) -> str:
    """Return the report as a page."""
    title = f"Trust changes in {html_text(report.repository)}"
    body = "\n".join([*_head(report), *_cases(report), *_alerts(report)])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n{body}\n</body></html>\n"
    )


def _head(report: Report) -> Iterator[str]:
    span = f"{_day(report.first_at)} to {_day(report.last_at)}" if report.first_at and report.last_at else "nothing landed"
    counts = f"{report.commits:,} commits, {report.tags:,} tags"
    yield f"<p>{html_text(report.ref)}: {counts}, {span} ({report.months:.1f} months)."
    if report.settled_at:
        yield f" Until {_day(report.settled_at)} the past was only learned."
    yield (
        f"</p><p>{len(report.alerts)} alerts: {report.per_month(Severity.HIGH):.3f} a month of high severity or above, "
        f"{report.per_month(Severity.MEDIUM):.3f} of medium or above.</p>"
    )
    for gap in report.gaps:
        yield f'<p class="meta">Not known: {html_text(gap)}.</p>'


def _cases(report: Report) -> Iterator[str]:
    if report.cases:
        yield "<h2>Cases</h2>"
    for case in report.cases:
        yield _case(case, report)


def _case(case: Case, report: Report) -> str:
    steps = "".join(
        f'<li><a href="#alert-{i}">{_day(report.alerts[i].at)}</a> {html_text(report.alerts[i].finding.title)}</li>'
        for i in case.alerts
    )
    head = f"{html_text(case.subject.label)}: {len(case.alerts)} alerts, {case.severity.value}"
    return f'<article class="{case.severity.value}" id="{case.id}"><h3>{head}</h3><ol>{steps}</ol></article>'


def _alerts(report: Report) -> Iterator[str]:
    yield "<h2>Alerts</h2>" if report.alerts else "<p>No alerts.</p>"
    for position, alert in enumerate(report.alerts):
        yield _alert(position, alert, report.case_of(position))


def _alert(position: int, alert: Alert, case: str) -> str:
    finding = alert.finding
    evidence = ", ".join(f"{html_text(e.kind)} <code>{html_text(e.value)}</code>" for e in finding.evidence)
    part = f' Part of a <a href="#{case}">case</a>.' if case else ""
    level = finding.severity.value
    return (
        f'<article class="{level}" id="alert-{position}"><h3>{html_text(finding.title)}</h3>'
        f'<p class="meta">{_day(alert.at)}, {level}, {html_text(finding.detector)} ({alert.stage.value})</p>'
        f'<p>{html_text(finding.why, 2_000)}</p><p class="meta">{evidence}.{part}</p></article>'
    )


def _day(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).date().isoformat() if at else "-"
