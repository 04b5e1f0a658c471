"""A personal access token asks to reach what the organisation has, was allowed to, or does so now."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Settings, Thing, value_of
from github_app.model import Finding, Person, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate, _words

_TELLING = frozenset({"actions", "administration", "contents", "environments", "members", "secrets", "workflows"})
"""With these a token changes code, what builds it, or who may."""


def detect(change: Change) -> Iterable[Finding]:
    """Report requests and approvals; a request for everything, or to write code, is as bad as an approval."""
    fact: InventoryChanged = change.fact
    if fact.thing == Thing.TOKEN and fact.after:
        return _found(fact, fact.after)
    if fact.thing != Thing.TOKEN_REQUEST or not fact.after:
        return ()
    approved = value_of(fact.after, "state") == "approved"
    writes = sorted(_writes(fact.after))
    broad = _everything(fact.after) or "contents" in writes
    return [
        _finding(
            fact,
            Severity.HIGH if approved or broad else Severity.MEDIUM,
            f"{_who(fact)} {'was given' if approved else 'asks for'} a token for {_reach(fact)} of {_estate.where(fact)}",
            _may(writes),
            grantor=fact.actor if approved else None,
        )
    ]


def _found(fact: InventoryChanged, after: Settings) -> list[Finding]:
    """Report a token that nobody had to approve, and one that may write more, or in more repositories, than before."""
    writes, everything = _writes(after), _everything(after)
    wider = everything and not _everything(fact.before)
    gained = writes if wider else writes - _writes(fact.before)
    if fact.before and not gained:
        return []
    did = (
        f"A token of {_who(fact)} may do more than before in"
        if fact.before
        else f"{_who(fact)} has a token for {_reach(fact)} of"
    )
    severity = Severity.MEDIUM if gained else Severity.LOW
    return [
        _finding(
            fact,
            Severity.HIGH if _TELLING & gained else severity,
            f"{did} {_estate.where(fact)}",
            f"{_may(sorted(gained))} The organisation's settings let it in without asking anybody.",
        )
    ]


def _finding(fact: InventoryChanged, severity: Severity, title: str, may: str, grantor: Person | None = None) -> Finding:
    return _estate.finding(
        fact,
        severity,
        title,
        f"{may} A token works without a second factor, wherever it is copied to, as “{fact.name}”.",
        before=_estate.state(fact.before, fact.after, fact.since),
        after=_estate.state(fact.after, fact.before),
        subject=Subject(person=fact.subject) if fact.subject else Subject(),
        grantor=grantor,
        powers=(Power.OWNER,),
    )


def _who(fact: InventoryChanged) -> str:
    return _words.named(fact.subject) if fact.subject else "Somebody GitHub does not name"


def _writes(state: Settings | None) -> set[str]:
    return {s.name.rpartition(".")[2] for s in state or () if "." in s.name and s.value in {"write", "admin"}}


def _everything(state: Settings | None) -> bool:
    return value_of(state, "repositories") == "all"


def _reach(fact: InventoryChanged) -> str:
    return "all repositories" if _everything(fact.after) else "chosen repositories"


def _may(writes: list[str]) -> str:
    return f"It may write: {', '.join(writes[:10])}." if writes else "It may only read."


DETECTOR = Detector(
    watches=(InventoryChanged,),
    stage=Stage.STABLE,
    step=Step.GRANT,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
