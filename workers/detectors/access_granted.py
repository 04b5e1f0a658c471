"""Somebody was given the right to write, or more."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import AccessChanged
from github_app.identity import keys
from github_app.ledger import Holding, LedgerView
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate, _words

_RANKS = {"none": 0, "read": 1, "member": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5, "owner": 6}
_POWERS = {"write": Power.COMMITTER, "maintain": Power.COMMITTER, "admin": Power.ADMIN, "owner": Power.OWNER}


def detect(change: Change) -> Iterable[Finding]:
    """Report a role that rose to write, maintain, admin or owner; a role that fell or stayed is quiet."""
    fact: AccessChanged = change.fact
    ledger, who, power = change.ledger, fact.subject, _POWERS.get(fact.after)
    if not fact.after:
        return _untold(fact, ledger)
    if power is None or (not keys(who) and fact.after != "owner"):
        return ()
    role = fact.before or _remembered(ledger, fact)
    if _RANKS.get(role, 0) >= _RANKS[fact.after]:
        return ()
    themselves = fact.actor is not None and ledger.same(fact.actor, who)
    # Somebody who climbs is louder than somebody who comes; an owner can do everything, everywhere.
    climbs = fact.before not in {"", "none"}
    severity = Severity.MEDIUM if fact.after == "write" and not climbs else Severity.HIGH
    if fact.after == "owner":
        severity = Severity.CRITICAL
    giver = "the same account" if themselves else fact.actor.label if fact.actor else "somebody GitHub does not name"
    where = fact.organization if fact.scope == "organization" else fact.repository.full_name if fact.repository else ""
    others = sum(not ledger.same(h.person, who) for h in ledger.holders(power))
    return [
        Finding(
            severity=_words.louder(severity) if themselves else severity,
            subject=Subject(person=who),
            title=f"{_words.named(who)} got the role {fact.after} in {where or 'this repository'}",
            why=f"It was given by {giver}; before, the role was {role}. {_words.path(ledger, who, fact.at)} "
            f"Others known to hold the power of {_words.role(power)} here: {others}.",
            before=_since(role, ledger.holding(power, who)),
            after=fact.after,
            evidence=(Evidence(kind="person", value=who.label, url=fact.url),),
            powers=(Power.OWNER, Power.ADMIN, Power.MERGER, Power.COMMITTER),
            gains=(power,),
            grantor=fact.actor,
        )
    ]


def _untold(fact: AccessChanged, ledger: LedgerView) -> Iterable[Finding]:
    """Neither the event nor GitHub said which role it is now: only a role from which one can but fall is no rise."""
    came = fact.before in {"", "none"}
    if fact.scope != "repository" or not keys(fact.subject) or fact.before == "admin" or (came and not fact.gap):
        return ()
    got = "got a role" if came else f"has another role than {fact.before}"
    return [
        Finding(
            severity=Severity.HIGH if fact.before == "read" else Severity.MEDIUM,
            subject=Subject(person=fact.subject),
            title=f"{_words.named(fact.subject)} {got} in {_estate.where(fact)}, and GitHub does not say which",
            why=f"It was given by {fact.actor.label if fact.actor else 'somebody GitHub does not name'}, and may be the "
            f"right to write or more. {_words.path(ledger, fact.subject, fact.at)}",
            before=fact.before or "not told",
            after=f"not told, on {_words.stamp(fact.at)}",
            evidence=(Evidence(kind="person", value=fact.subject.label, url=fact.url),),
            powers=(Power.OWNER, Power.ADMIN, Power.MERGER, Power.COMMITTER),
            gains=(Power.COMMITTER,),
            grantor=fact.actor,
        )
    ]


def _remembered(ledger: LedgerView, fact: AccessChanged) -> str:
    """Where GitHub does not tell the role before, the ledger knows at least what it was good for."""
    scoped = ("owner",) if fact.scope == "organization" else ("admin", "write")
    held = ((role, ledger.holding(_POWERS[role], fact.subject)) for role in scoped)
    return next((role for role, h in held if h is not None and h.revoked_at is None), "none")


def _since(role: str, held: Holding | None) -> str:
    """A role that was lost or given before reads differently each time it is given again."""
    if held is not None and held.revoked_at is not None:
        return f"{role}, lost on {_words.stamp(held.revoked_at)}"
    if held is not None and held.granted_at is not None:
        return f"{role}, last given on {_words.stamp(held.granted_at)}"
    return role


DETECTOR = Detector(
    watches=(AccessChanged,),
    stage=Stage.STABLE,
    step=Step.GRANT,
    needs_history=False,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    detect=detect,
)
