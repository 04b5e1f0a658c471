"""A personal access token asks to reach what the organisation has, or was allowed to."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.model import Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report requests and approvals; a request for everything, or to write code, is as bad as an approval."""
    fact: InventoryChanged = change.fact
    if fact.thing != Thing.TOKEN_REQUEST or not fact.after:
        return ()
    approved = value_of(fact.after, "state") == "approved"
    everything = value_of(fact.after, "repositories") == "all"
    writes = sorted(s.name.rpartition(".")[2] for s in fact.after if "." in s.name and s.value in {"write", "admin"})
    broad = everything or "contents" in writes
    who = _words.named(fact.subject) if fact.subject else "Somebody GitHub does not name"
    reach = "all repositories" if everything else "chosen repositories"
    may = f"It may write: {', '.join(writes[:10])}." if writes else "It may only read."
    return [
        _estate.finding(
            fact,
            Severity.HIGH if approved or broad else Severity.MEDIUM,
            f"{who} {'was given' if approved else 'asks for'} a token for {reach} of {_estate.where(fact)}",
            f"{may} A token works without a second factor, wherever it is copied to, as “{fact.name}”.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            subject=Subject(person=fact.subject) if fact.subject else Subject(),
            grantor=fact.actor if approved else None,
            powers=(Power.OWNER,),
        )
    ]


DETECTOR = Detector(
    watches=(InventoryChanged,),
    stage=Stage.STABLE,
    step=Step.GRANT,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
