"""A security setting was loosened: a scanner, what workflows and machines may do, a gate, a rule for all repositories."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import Guard, GuardChanged, InventoryChanged, Thing
from github_app.model import Finding, Severity, Stage
from github_app.weakening import weakened
from workers.detectors import Change, Detector, _estate

_ELSEWHERE = frozenset({
    Guard.PROTECTED_BRANCH, Guard.BRANCH_PROTECTION, Guard.BRANCH_PROTECTION_CONFIGURATION, Guard.RULESET, Guard.VISIBILITY,
    Guard.DEFAULT_BRANCH, Guard.ARCHIVED, Guard.CUSTOM_PROPERTY, Guard.CUSTOM_PROPERTY_VALUES, Guard.ORGANIZATION_SETTINGS,
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
    # A whole configuration that goes may be one that nothing used; what its repositories had switched on stays on.
    slight = all(x.minor or (x.off and guard == Guard.SECURITY_CONFIGURATION) for x in lost)
    did = "removed" if lost[0].off else "loosened"
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM if slight else Severity.HIGH,
            f"{_estate.doer(fact)} {did} {_named(guard, fact.name)} in {_estate.where(fact)}",
            f"{_estate.listed([x.sentence for x in lost])}.{_estate.about(fact, change.ledger)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
        )
    ]


def _named(guard: str, name: str) -> str:
    known = {
        Guard.SECURITY_ANALYSIS: "a security feature",
        Guard.ACTIONS_PERMISSIONS: "what workflows may do",
        Guard.OWN_RUNNERS: "where machines of one's own may run workflows",
        Guard.RUNNER_GROUP: f"the runner group {name}",
        Guard.SECURITY_CONFIGURATION: f"the security configuration {name}",
        Guard.IMMUTABLE_RELEASES: "the rule that releases cannot be changed",
        Guard.OIDC_SUBJECT: "what jobs have to say of themselves to a cloud",
        Thing.ENVIRONMENT: f"the gate of the environment {name}",
    }
    return known.get(guard, guard.replace("-", " "))


DETECTOR = Detector(
    watches=(GuardChanged, InventoryChanged),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
