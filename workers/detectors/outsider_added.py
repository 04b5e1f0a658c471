"""Somebody who is no member of the organisation has access to its repositories now."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Record an outside collaborator who came; what they may do is told by the repository."""
    fact: InventoryChanged = change.fact
    if fact.thing != Thing.COLLABORATOR or fact.repository is not None or fact.before or not fact.after:
        return ()
    who = fact.subject.label if fact.subject else fact.name
    return [
        _estate.finding(
            fact,
            Severity.LOW,
            f"{who} has access to repositories of {_estate.where(fact)} from outside",
            "They are no member of the organisation, so its rules for members do not hold for them.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            subject=Subject(person=fact.subject) if fact.subject else Subject(key=fact.key),
            powers=(Power.OWNER, Power.ADMIN),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,), stage=Stage.STABLE, severities=(Severity.LOW,), needs_history=False, detect=detect
)
