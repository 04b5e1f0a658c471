"""A machine of somebody's own was registered to run workflows."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Report a runner that came; one that goes, or gets other labels, is quiet."""
    fact: InventoryChanged = change.fact
    if fact.thing != Thing.RUNNER or fact.before or not fact.after:
        return ()
    labels = sorted(s.name.partition(":")[2] for s in fact.after if s.name.startswith("label:"))
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"The runner {fact.name} was registered in {_estate.where(fact)}",
            "Jobs that run on it hand it the code and the secrets they use, and what they build comes from it. It runs "
            f"{value_of(fact.after, 'os') or 'a system that GitHub does not name'} and takes jobs for "
            f"{', '.join(labels[:8]) or 'no label'}.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            subject=Subject(key=fact.key),
            powers=(Power.OWNER, Power.ADMIN, Power.WORKFLOW_EDITOR),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,), stage=Stage.STABLE, severities=(Severity.MEDIUM,), needs_history=False, detect=detect
)
