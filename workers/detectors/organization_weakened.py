"""What every member or repository admin of an organisation may do was widened, or a rule for all of them was dropped."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import Guard, GuardChanged, value_of
from github_app.model import Finding, Power, Severity, Stage
from github_app.organization_directions import EVERYBODYS_ROLE
from github_app.weakening import weakened
from workers.detectors import Change, Detector, _estate

_WRITES = frozenset({"write", "admin"})


def detect(change: Change) -> Iterable[Finding]:
    """Report what the settings lost, one sentence each; a role for everybody that can write gives power to each of them."""
    fact: GuardChanged = change.fact
    if fact.guard != Guard.ORGANIZATION_SETTINGS or not fact.after:
        return ()
    lost = weakened(fact.guard, fact.before or (), fact.after)
    if not lost:
        return ()
    role, was = value_of(fact.after, EVERYBODYS_ROLE), value_of(fact.before, EVERYBODYS_ROLE)
    everybody = role in _WRITES and was not in {role, "admin"}
    grave = not all(x.minor for x in lost)
    where = _estate.where(fact)
    title = (
        f"{_estate.doer(fact)} gave every member of {where} the role {role} in all its repositories"
        if everybody
        else f"{_estate.doer(fact)} loosened the settings of {where}"
    )
    return [
        _estate.finding(
            fact,
            Severity.CRITICAL if everybody else Severity.HIGH if grave else Severity.MEDIUM,
            title,
            f"{_estate.listed([x.sentence for x in lost])}. It holds for the whole organisation.{_estate.unsaid(fact)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            what=f"settings of {where}",
            powers=(Power.OWNER,),
        )
    ]


DETECTOR = Detector(
    watches=(GuardChanged,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
