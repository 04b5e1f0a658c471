"""Somebody reported a weakness in private."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import Happened, What
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Report that a report is there; what it says is not repeated here."""
    fact: Happened = change.fact
    if fact.what != What.ADVISORY_REPORTED:
        return ()
    who = fact.subject.label if fact.subject else "Somebody GitHub does not name"
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"{who} reported a weakness in private: {fact.name}",
            f"Its severity, as reported: {fact.detail or 'not given'}. Somebody has to answer; reports can also be made up.",
            before="no such report",
            after=fact.name,
            subject=Subject(person=fact.subject) if fact.subject else Subject(),
            powers=(Power.ADMIN, Power.OWNER, Power.MERGER),
            private=True,
        )
    ]


DETECTOR = Detector(
    watches=(Happened,), stage=Stage.STABLE, severities=(Severity.MEDIUM,), needs_history=False, detect=detect
)
