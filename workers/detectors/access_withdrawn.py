"""Somebody lost a role that carries weight, or a whole team was deleted: narrowed trust, or a take-over's next step."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing
from github_app.fact import AccessChanged
from github_app.identity import keys
from github_app.ledger import Holding, LedgerView
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _words

_RANKS = {"none": 0, "read": 1, "member": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5, "owner": 6}


def detect(change: Change) -> Iterable[Finding]:
    """Report demotions, people who left an organisation, the last admin who goes, and teams that are gone."""
    fact: AccessChanged | InventoryChanged = change.fact
    if isinstance(fact, AccessChanged):
        return _person(fact, change.ledger)
    if fact.thing != Thing.TEAM or fact.action != "removed":
        return ()
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"{_estate.doer(fact)} deleted the team {fact.name}",
            "Everybody lost what they could do through it, and rules that ask for its review ask nobody now.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=f"deleted on {_words.stamp(fact.at)}",
            subject=Subject(key=fact.key),
            powers=(Power.OWNER, Power.ADMIN),
        )
    ]


def _person(fact: AccessChanged, ledger: LedgerView) -> list[Finding]:
    who = fact.subject
    admin = ledger.holding(Power.ADMIN, who)
    before = fact.before or _held_role(fact, ledger)
    left = fact.after == "none"
    last = left and _held(admin) and sum(not ledger.same(h.person, who) for h in ledger.holders(Power.ADMIN)) == 0
    fell = 0 < _RANKS.get(fact.after, 9) < _RANKS.get(before, 0) or (fact.after == "" and before == "admin")
    if not keys(who) and not (left and fact.scope == "organization"):
        return []
    if not (fell or last or (left and fact.scope == "organization")):
        return []
    where = _estate.where(fact)
    role = fact.after or "another one, which GitHub does not tell,"
    was = f"Their role was {before}" if before else "GitHub does not tell which role it was"
    lost = f"{was} and is {role} now" if fell else was
    name = _words.named(who) if keys(who) else "An account that is gone"
    themselves = fact.actor is not None and keys(who) != () and ledger.same(fact.actor, who)
    extra = " Nobody else is known to be an admin here." if last else ""
    return [
        Finding(
            severity=Severity.MEDIUM,
            subject=Subject(person=who),
            title=f"{name} {'was demoted' if fell else 'lost their role'} in {where}",
            why=f"{lost}. {'They did it themselves' if themselves else f'{_estate.doer(fact)} did it'}.{extra} "
            f"{_words.path(ledger, who, fact.at) if keys(who) else ''}".rstrip(),
            before=before or "not told",
            after=f"{fact.after or 'less'} on {_words.stamp(fact.at)}",
            evidence=(Evidence(kind="person", value=who.label, url=fact.url),),
            powers=(Power.OWNER, Power.ADMIN),
            grantor=None if themselves else fact.actor,
        )
    ]


def _held_role(fact: AccessChanged, ledger: LedgerView) -> str:
    """Where GitHub does not tell the role before, the ledger knows whether it was good for writing."""
    if fact.scope != "repository":
        return ""
    held = {"admin": Power.ADMIN, "write": Power.COMMITTER}
    return next((role for role, power in held.items() if _held(ledger.holding(power, fact.subject))), "")


def _held(held: Holding | None) -> bool:
    return held is not None and held.revoked_at is None


DETECTOR = Detector(
    watches=(AccessChanged, InventoryChanged),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM,),
    needs_history=False,
    detect=detect,
)
