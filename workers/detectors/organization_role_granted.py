"""Somebody was given a role that holds in the whole organisation, or such a role may do more than before."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Settings, Thing, value_of
from github_app.model import Finding, Person, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate

_RANKS = {"": 0, "none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
_GAINS = {"write": Power.COMMITTER, "maintain": Power.COMMITTER, "admin": Power.ADMIN}
_BASE, _MAY = "in all repositories", "may:"


def detect(change: Change) -> Iterable[Finding]:
    """Report who got a role directly, person or team, and a role of the organisation's own that was widened."""
    fact: InventoryChanged = change.fact
    if fact.thing != Thing.ORGANIZATION_ROLE or not fact.after:
        return ()
    base, was = value_of(fact.after, _BASE), value_of(fact.before, _BASE)
    gained = sorted(_may(fact.after) - _may(fact.before))
    holder = value_of(fact.after, "holder")
    if (holder and fact.before) or (not holder and not _widened(fact, base, was, gained)):
        return ()
    role, where = value_of(fact.after, "role", fact.name), _estate.where(fact)
    may = [f"{base} in all repositories"] if base and base != was else []
    can = _estate.listed(may + [name.replace("_", " ") for name in gained])
    return [
        _estate.finding(
            fact,
            _severity(base if base != was else "", gained),
            f"{holder} got the role {role} in {where}" if holder else f"The role {role} of {where} may do more than before",
            f"It gives: {can or 'what GitHub does not list'}.{_estate.unsaid(fact)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            subject=_subject(fact.subject, fact.key),
            powers=(Power.OWNER, Power.ADMIN),
            gains=(_GAINS[base],) if holder and base in _GAINS else (),
        )
    ]


def _widened(fact: InventoryChanged, base: str, was: str, gained: list[str]) -> bool:
    """A role that is new gives nobody anything yet."""
    return bool(fact.before) and (bool(gained) or _RANKS.get(base, 9) > _RANKS.get(was, 9))


def _severity(base: str, gained: list[str]) -> Severity:
    if base == "admin":
        return Severity.CRITICAL
    changes = any(not name.startswith(("read_", "view_")) for name in gained)
    return Severity.HIGH if _RANKS.get(base, 9) >= _RANKS["write"] or changes else Severity.MEDIUM


def _may(state: Settings | None) -> set[str]:
    return {s.name.removeprefix(_MAY) for s in state or () if s.name.startswith(_MAY)}


def _subject(who: Person | None, key: str) -> Subject:
    return Subject(person=who) if who is not None else Subject(key=key)


DETECTOR = Detector(
    watches=(InventoryChanged,),
    stage=Stage.STABLE,
    step=Step.GRANT,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
