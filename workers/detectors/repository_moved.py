"""A repository or an organisation got another name or owner, or the organisation was deleted."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import UNTOLD_NAME, InventoryChanged, Thing, value_of
from github_app.model import Finding, Power, Severity, Stage
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Report a move; a name that is free again can be registered by somebody else, and old links lead there."""
    fact: InventoryChanged = change.fact
    if fact.thing not in {Thing.REPOSITORY, Thing.ORGANIZATION} or (fact.before is not None and fact.before == fact.after):
        return ()
    organization = fact.thing == Thing.ORGANIZATION
    moved = fact.key == "owner"
    was, new = (value_of(state, "owner" if moved else "name") for state in (fact.before, fact.after))
    if moved:
        did, why = (
            f"transferred {fact.name} from {was} to {new}",
            "Whoever owns it decides from now on who else may do what.",
        )
    elif fact.action == "removed":
        did = f"deleted the {fact.thing} {was or fact.name}"
        why = "Its name can be registered by anybody, and whatever fetches from it may get something else."
    elif was and new:
        told = was.rpartition("/")[2] != UNTOLD_NAME
        did = f"renamed the {fact.thing} {was} to {new}" if told else f"gave the {fact.thing} {new} that name"
        why = "The old name is free: who registers it receives what still asks for it, as soon as GitHub's redirect ends."
        why = why if told else f"GitHub does not tell which name it had before. {why}"
    else:
        return ()
    return [
        _estate.finding(
            fact,
            Severity.CRITICAL if organization or moved else Severity.HIGH,
            f"{_estate.doer(fact)} {did}",
            f"{why}{_estate.about(fact, change.ledger)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            powers=(Power.OWNER, Power.ADMIN),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,),
    stage=Stage.STABLE,
    severities=(Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
