"""An account that the organisation had blocked was let in again."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a block that was taken back."""
    fact: InventoryChanged = change.fact
    if fact.thing != Thing.BLOCKED_USER or fact.action != "removed":
        return ()
    who = _words.named(fact.subject) if fact.subject else fact.name
    since = f" They had been blocked since {_words.day(fact.since)}." if fact.since else ""
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"{who} was unblocked by {fact.actor.label if fact.actor else 'somebody'} in {_estate.where(fact)}",
            f"Somebody once had a reason to shut this account out.{since}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=f"unblocked on {_words.stamp(fact.at)}",
            subject=Subject(person=fact.subject) if fact.subject else Subject(),
            grantor=fact.actor,
            powers=(Power.OWNER,),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,), stage=Stage.STABLE, severities=(Severity.MEDIUM,), needs_history=False, detect=detect
)
