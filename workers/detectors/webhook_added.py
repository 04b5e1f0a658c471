"""A webhook was added, or sends what happens to another place than before."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Report a new receiver of events; fewer events, a hook switched off and one that goes are quiet."""
    fact: InventoryChanged = change.fact
    if fact.thing not in {Thing.ORG_WEBHOOK, Thing.REPO_WEBHOOK} or not fact.after:
        return ()
    to, was = value_of(fact.after, "to"), value_of(fact.before, "to")
    unchecked = value_of(fact.after, "verifies certificates") == "false" and bool(fact.before)
    unchecked = unchecked and value_of(fact.before, "verifies certificates") != "false"
    if fact.before and to == was and not unchecked:
        return ()
    what = "the organisation" if fact.thing == Thing.ORG_WEBHOOK else "this repository"
    if unchecked and to == was:
        title = f"A webhook of {_estate.where(fact)} no longer checks whom it sends to"
    elif fact.before:
        title = f"A webhook of {_estate.where(fact)} sends to {to} now"
    else:
        title = f"A webhook to {to} was added to {_estate.where(fact)}"
    heard = sorted(s.name.partition(":")[2] for s in fact.after if s.name.startswith("event:"))
    return [
        _estate.finding(
            fact,
            Severity.HIGH if fact.thing == Thing.ORG_WEBHOOK else Severity.MEDIUM,
            title,
            f"Whoever receives it is told what happens in {what}, private code and texts included: "
            f"{', '.join(heard[:8]) or 'no events'}{' and more' if len(heard) > 8 else ''}. The address is shown without "
            "its path, which can hold a secret.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            subject=Subject(key=fact.key),
            powers=(Power.OWNER, Power.ADMIN),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
