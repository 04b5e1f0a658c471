"""A security setting was switched off or loosened: a scanner, what workflows may do, the gate of an environment."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import Guard, GuardChanged, InventoryChanged, Thing
from github_app.model import Finding, Severity, Stage
from github_app.weakening import weakened
from workers.detectors import Change, Detector, _estate

_ELSEWHERE = frozenset({
    Guard.PROTECTED_BRANCH, Guard.BRANCH_PROTECTION, Guard.BRANCH_PROTECTION_CONFIGURATION, Guard.RULESET, Guard.VISIBILITY,
    Guard.DEFAULT_BRANCH, Guard.ARCHIVED, Guard.CUSTOM_PROPERTY, Guard.CUSTOM_PROPERTY_VALUES,
})  # fmt: skip
"""Guards that other detectors tell of."""


def detect(change: Change) -> Iterable[Finding]:
    """Report what a setting lost, one sentence each."""
    fact: GuardChanged | InventoryChanged = change.fact
    guard = fact.guard if isinstance(fact, GuardChanged) else fact.thing
    if guard in _ELSEWHERE or fact.after is None or (isinstance(fact, InventoryChanged) and guard != Thing.ENVIRONMENT):
        return ()
    lost = weakened(guard, fact.before or (), fact.after)
    if not lost:
        return ()
    what = {
        Guard.SECURITY_ANALYSIS: "a security feature",
        Guard.ACTIONS_PERMISSIONS: "what workflows may do",
        Thing.ENVIRONMENT: f"the gate of the environment {fact.name}",
    }.get(guard, guard.replace("-", " "))
    return [
        _estate.finding(
            fact,
            Severity.HIGH,
            f"{_estate.doer(fact)} loosened {what} in {_estate.where(fact)}",
            f"{_estate.listed([x.sentence for x in lost])}.{_estate.about(fact, change.ledger)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
        )
    ]


DETECTOR = Detector(
    watches=(GuardChanged, InventoryChanged),
    stage=Stage.STABLE,
    severities=(Severity.HIGH,),
    needs_history=False,
    detect=detect,
)
