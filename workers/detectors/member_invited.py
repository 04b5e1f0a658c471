"""Somebody was invited: as an owner of the organisation, or to a repository with the right to write."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.model import Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate

_SEVERITY = {"owner": Severity.HIGH, "admin": Severity.HIGH, "maintain": Severity.HIGH, "write": Severity.MEDIUM}


def detect(change: Change) -> Iterable[Finding]:
    """Report an invitation to power while it can still be taken back; others are only recorded."""
    fact: InventoryChanged = change.fact
    role = value_of(fact.after, "role")
    if fact.repository is None and role == "admin":
        role = "owner"  # as the organisation's settings call it
    severity = _SEVERITY.get(role)
    if fact.thing != Thing.INVITATION or severity is None or fact.action != "added":
        return ()
    who = fact.subject.label if fact.subject else fact.name or "somebody"
    return [
        _estate.finding(
            fact,
            severity,
            f"{_estate.doer(fact)} invited {who} to {_estate.where(fact)} with the role {role}",
            "The role holds as soon as the invitation is accepted. An invitation by e-mail can be accepted by any account."
            if fact.subject and not fact.subject.login
            else "The role holds as soon as the invitation is accepted; until then it can be withdrawn.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=f"{_estate.state(fact.after, fact.before)} by {fact.key}",
            subject=Subject(person=fact.subject) if fact.subject else Subject(),
            grantor=fact.actor,
            powers=(Power.OWNER, Power.ADMIN),
            gains=({"owner": Power.OWNER, "admin": Power.ADMIN}.get(role, Power.COMMITTER),),
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
