"""The page that `bench.detection` writes: found, missed and why, and how often healthy repositories were alerted about."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from github_app.model import Alert, Severity

if TYPE_CHECKING:
    from bench.detection import Control, Outcome

_HEAD = """# Detection

Written by `python -m bench.detection` (see [README.md](README.md)); the histories and labels it was given are not part of
this repository. An incident counts as found when an alert of medium severity or above names the labelled person, key,
commit, tag or path within 60 days of the labelled landing. Only stable detectors are asked, and nothing in the program
knows any of these repositories. The detectors were made while looking at these incidents and healthy repositories, so
expect less of others.
"""


def show(
    outcomes: Sequence[Outcome],
    controls: Sequence[Control],
    absent: Sequence[str],
    detectors: Mapping[str, tuple[int, int, int]],
    months: int,
) -> str:
    """Return the page as Markdown."""
    parts = [_HEAD, _summary(outcomes, controls), _found(outcomes), _missed(outcomes), _healthy(controls, months)]
    total = sum(control.months for control in controls)
    parts.append(_by_detector(detectors, total, len(outcomes)))
    if absent:
        parts.append(f"Without a history, so not judged: {', '.join(absent)}.\n")
    parts.append(f"Python {platform.python_version()}, {platform.machine()}.\n")
    return "\n".join(parts)


def _summary(outcomes: Sequence[Outcome], controls: Sequence[Control]) -> str:
    found = sum(bool(outcome.alerts) for outcome in outcomes)
    rates = {floor: [c.count(floor) / max(c.months, 1) for c in controls] for floor in (Severity.HIGH, Severity.MEDIUM)}
    mean = {floor: sum(values) / len(values) if values else 0.0 for floor, values in rates.items()}
    worst = max(rates[Severity.MEDIUM], default=0.0)
    return (
        f"- Found: **{found} of {len(outcomes)}** incidents.\n"
        f"- Healthy repositories ({len(controls)}): **{mean[Severity.HIGH]:.3f}** alerts of high severity or above, "
        f"**{mean[Severity.MEDIUM]:.3f}** of medium or above, a repository and month; the most in one: {worst:.3f}.\n"
    )


def _found(outcomes: Sequence[Outcome]) -> str:
    rows = [
        f"| {o.incident.repository} | {o.incident.pattern.replace('_', ' ')} | {_first(o.alerts)} | {_worst(o.alerts)} "
        f"| {o.case.value if o.case else '-'} | {o.events_seen} of {len(o.incident.events)} | {_names(o.alerts)} |\n"
        for o in outcomes
        if o.alerts
    ]
    head = _head("repository", "pattern", "first alert", "worst alert", "worst case", "labelled events seen", "by")
    return f"## Found\n\n{head}{''.join(rows)}"


def _missed(outcomes: Sequence[Outcome]) -> str:
    rows = [
        f"- **{o.incident.repository}** ({o.incident.pattern.replace('_', ' ')}): {o.reason}.\n"
        for o in outcomes
        if not o.alerts
    ]
    return f"## Missed\n\n{''.join(rows) or 'Nothing.' + chr(10)}"


def _healthy(controls: Sequence[Control], months: int) -> str:
    rows = [
        f"| {c.repository} | {c.count(Severity.HIGH)} | {c.count(Severity.MEDIUM)} "
        f"| {c.count(Severity.MEDIUM) / max(c.months, 1):.3f} | {c.seconds:.1f} s |\n"
        for c in controls
    ]
    head = _head("repository", "high or above", "medium or above", "medium or above a month", "time for the whole history")
    return f"## Healthy repositories\n\nTheir last {months} months.\n\n{head}{''.join(rows)}"


def _by_detector(detectors: Mapping[str, tuple[int, int, int]], total: float, incidents: int) -> str:
    rows = [
        f"| [`{name}`](../docs/detectors/{name}.md) | {saw} | {alone} | {spoke} | {spoke / max(total, 1):.4f} |\n"
        for name, (saw, alone, spoke) in detectors.items()
    ]
    head = _head("detector", f"saw of {incidents} incidents", "alone", "alerts about healthy ones", "a repository and month")
    text = "Alerts of medium severity or above. A detector that is not listed said nothing."
    return f"## By detector\n\n{text}\n\n{head}{''.join(rows)}"


def _head(*columns: str) -> str:
    return f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|\n"


def _first(alerts: Sequence[Alert]) -> str:
    return min(alert.at for alert in alerts).date().isoformat()


def _worst(alerts: Sequence[Alert]) -> str:
    return max((alert.finding.severity for alert in alerts), key=lambda severity: severity.rank).value


def _names(alerts: Sequence[Alert]) -> str:
    return ", ".join(f"`{name}`" for name in sorted({alert.finding.detector for alert in alerts}))
