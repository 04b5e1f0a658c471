"""Cases: alerts of one subject within one window, so that a take-over reads as one story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from github_app.identity import keys
from github_app.model import Alert, Case, Severity, Subject

WINDOW = dt.timedelta(days=365)
"""An alert joins a case when it comes within this time of the case's latest."""


def join(alerts: Sequence[Alert]) -> tuple[Case, ...]:
    """Join alerts of one repository to cases of two or more.

    Args:
        alerts: in order of time. Two are of one subject when they share an identity key or the signing key.

    Returns:
        Cases by the time they opened. A case is as severe as its worst alert, and one step more (at most critical)
        when three kinds of power or more changed hands in it.
    """
    groups: list[_Group] = []
    for position, alert in enumerate(alerts):
        names = _names(alert)
        mine = [g for g in groups if not g.names.isdisjoint(names) and alert.at - g.latest <= WINDOW]
        merged = _Group(names=names, latest=alert.at, alerts=[position])
        for group in mine:
            merged.names |= group.names
            merged.alerts = group.alerts + merged.alerts
            groups.remove(group)
        groups.append(merged)
    found = [_case([alerts[i] for i in sorted(g.alerts)], tuple(sorted(g.alerts))) for g in groups if len(g.alerts) > 1]
    return tuple(sorted(found, key=lambda case: (case.opened_at, case.id)))


class _Group:
    def __init__(self, names: set[str], latest: dt.datetime, alerts: list[int]) -> None:
        self.names = names
        self.latest = latest
        self.alerts = alerts


def _names(alert: Alert) -> set[str]:
    subject = alert.finding.subject
    return {*alert.subject_keys, *keys(subject.person), *([subject.key] if subject.key else [])}


def _case(alerts: Sequence[Alert], positions: tuple[int, ...]) -> Case:
    first = alerts[0]
    return Case(
        id=f"case-{first.fingerprint[:12]}",
        opened_at=first.at,
        severity=_severity(alerts),
        subject=_subject(a.finding.subject for a in alerts),
        alerts=positions,
    )


def _severity(alerts: Sequence[Alert]) -> Severity:
    worst = max((a.finding.severity for a in alerts), key=lambda s: s.rank)
    several = len({a.finding.detector for a in alerts}) >= 3
    return list(Severity)[min(worst.rank + several, len(Severity) - 1)]


def _subject(subjects: Iterable[Subject]) -> Subject:
    """Return the person the case is about, together with a key where one was part of it."""
    named = list(subjects)
    person = next((s.person for s in named if keys(s.person)), named[0].person)
    return Subject(person=person, key=next((s.key for s in named if s.key), ""))
