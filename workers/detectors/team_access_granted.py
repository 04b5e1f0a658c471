"""A team was given the right to write, directly or by moving it below another, or somebody joined a team that can."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.ledger import LedgerView
from github_app.model import Finding, Power, Severity, Stage, Step, Subject
from github_app.remember import WRITING_ROLES, team_writes
from workers.detectors import Change, Detector, _estate, _words

_RANKS = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
_WEIGHTY = re.compile(r"\b(?:admins?|owners?|maintainers?|releas\w*|security|infra\w*|ops|devops|sre|root)\b", re.IGNORECASE)


def detect(change: Change) -> Iterable[Finding]:
    """Report a team's role that rose to write or more, and new members of teams that can write."""
    fact: InventoryChanged = change.fact
    if not fact.after:
        return ()
    if fact.thing == Thing.TEAM_REPOSITORY:
        return _role(fact)
    if fact.thing == Thing.TEAM_PARENT:
        return _moved(fact, change.ledger)
    return _member(fact, change.ledger) if fact.thing == Thing.TEAM_MEMBER and fact.action == "added" else ()


def _role(fact: InventoryChanged) -> list[Finding]:
    role, was = value_of(fact.after, "role"), value_of(fact.before, "role", "none" if fact.before == () else "")
    if role not in WRITING_ROLES or _RANKS.get(was, 0) >= _RANKS[role]:
        return []
    raised = fact.action == "changed"
    team, _, where = fact.name.partition(" on ")
    return [
        _estate.finding(
            fact,
            Severity.HIGH if raised or role == "admin" else Severity.MEDIUM,
            f"{_estate.doer(fact)} gave the team {team} the role {role} in {where or 'a repository'}",
            f"Everybody in it has that role from now on, and whoever joins it. Before, the role was {was or 'not known'}.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=f"{_estate.state(fact.after, fact.before)} for {fact.key}",
            powers=(Power.OWNER, Power.ADMIN),
            subject=Subject(key=fact.key.partition("/")[0]),
            grantor=fact.actor,
        )
    ]


def _moved(fact: InventoryChanged, ledger: LedgerView) -> list[Finding]:
    """A team has whatever the one above it was given; one that stands on its own again lost something."""
    below, name = value_of(fact.after, "below", "none"), value_of(fact.after, "called")
    if not fact.before or below in {"none", value_of(fact.before, "below")}:
        return []
    writes = ledger.holding(Power.CUSTOM, team_writes(f"team:{below}")) is not None
    known = "That one can write to repositories" if writes else "What that one was given is not known here"
    return [
        _estate.finding(
            fact,
            Severity.HIGH if writes or _weighty(name) else Severity.MEDIUM,
            f"The team {fact.name} has what the team {name} was given",
            f"It was moved below it. {known}; everybody in the team has it from now on.{_estate.unsaid(fact)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            powers=(Power.OWNER, Power.ADMIN),
            subject=Subject(key=fact.key),
            grantor=fact.actor,
        )
    ]


def _weighty(name: str) -> bool:
    return _WEIGHTY.search(name.replace("-", " ").replace("_", " ")) is not None


def _member(fact: InventoryChanged, ledger: LedgerView) -> list[Finding]:
    custom = ledger.holding(Power.CUSTOM, team_writes(fact.key.partition("/")[0]))
    writes = value_of(fact.after, "role") in WRITING_ROLES or custom is not None
    weighty = _weighty(fact.name)
    if not writes and not weighty:
        return []
    who = fact.subject.label if fact.subject else "somebody"
    reach = "The team can write to repositories" if writes else "Its name says that it has weight"
    themselves = fact.subject is not None and fact.actor is not None and ledger.same(fact.subject, fact.actor)
    adder = "The same account" if themselves else _estate.doer(fact)
    return [
        _estate.finding(
            fact,
            Severity.HIGH if weighty else Severity.MEDIUM,
            f"{who} joined the team {fact.name}",
            f"{reach}; they can do what it can. {adder} added them.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=f"member on {_words.stamp(fact.at)}",
            subject=Subject(person=fact.subject) if fact.subject else Subject(),
            grantor=fact.actor,
            powers=(Power.OWNER, Power.ADMIN),
            gains=(Power.COMMITTER,),
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
