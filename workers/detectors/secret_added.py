"""A secret or variable for workflows got a new name, or reaches more repositories."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate

_REACH = ("selected", "private", "all")


def detect(change: Change) -> Iterable[Finding]:
    """Record a name that came, and one that more repositories may use; a new value of an old name is only noted."""
    fact: InventoryChanged = change.fact
    if fact.thing not in {Thing.SECRET, Thing.VARIABLE} or not fact.after:
        return ()
    reach, was = value_of(fact.after, "for"), value_of(fact.before, "for")
    wider = reach in _REACH and was in _REACH and _REACH.index(reach) > _REACH.index(was)
    if fact.before and not wider:
        return ()
    did = f"may be used by {reach} repositories, before by {was}" if wider else "was added"
    return [
        _estate.finding(
            fact,
            Severity.LOW,
            f"The {fact.thing} {fact.name} of {_estate.where(fact)} {did}",
            f"{'Dependabot' if fact.key.startswith('dependabot:') else 'Workflows'} can use it "
            f"({reach or 'it is not told where'}); a workflow that is changed can read it out.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            subject=Subject(key=fact.key),
            powers=(Power.OWNER, Power.ADMIN, Power.WORKFLOW_EDITOR),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,), stage=Stage.STABLE, severities=(Severity.LOW,), needs_history=False, detect=detect
)
