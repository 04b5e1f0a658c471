"""Somebody pushed past the rules that protect a branch, using a right to bypass them."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Report each bypass that GitHub lists."""
    fact: InventoryChanged = change.fact
    if fact.thing != Thing.PROTECTION_BYPASS or not fact.after:
        return ()
    who = fact.subject.label if fact.subject else "Somebody GitHub does not name"
    where = value_of(fact.after, "repository_name") or _estate.where(fact)
    was, landed = value_of(fact.after, "before_sha"), value_of(fact.after, "after_sha")
    return [
        _estate.finding(
            fact,
            Severity.HIGH,
            f"{who} bypassed the protection of {fact.name or 'a branch'} in {where}",
            f"The push from {was[:10] or 'nothing'} to {landed[:10] or 'nothing'} broke a rule that its author may break. "
            "Nobody was asked to review it.",
            before="not bypassed",
            after=f"{fact.key}: {landed or 'a push'}",
            what=landed,
            subject=Subject(person=fact.subject) if fact.subject else Subject(key=fact.key),
            powers=(Power.OWNER, Power.ADMIN, Power.MERGER),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,), stage=Stage.STABLE, severities=(Severity.HIGH,), needs_history=False, detect=detect
)
