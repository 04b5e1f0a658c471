"""A custom property that rulesets can choose repositories by was changed, removed, or worn by a repository no more."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import Difference, Guard, GuardChanged, differences
from github_app.model import Finding, Power, Severity, Stage
from workers.detectors import Change, Detector, _estate

_EVERYBODY = "org_and_repo_actors"
_MATTERS = frozenset({"default_value", "values_editable_by"})


def detect(change: Change) -> Iterable[Finding]:
    """Report a definition that is gone or loosened, and a value that changes where a ruleset goes by it."""
    fact: GuardChanged = change.fact
    if fact.guard == Guard.CUSTOM_PROPERTY_VALUES:
        return _worn(fact)
    if fact.guard != Guard.CUSTOM_PROPERTY or fact.after is None or fact.action == "created":
        return ()
    if not fact.after:
        severity, did = Severity.HIGH, f"deleted the custom property {fact.name}"
        why = "Rulesets that choose repositories by it hold for none of them any more."
    else:
        found = [d for d in differences(fact.before or (), fact.after) if not _narrowed(d)]
        changed = {d.name.partition(":")[0].partition(".")[0] for d in found} & _MATTERS
        if not changed:
            return ()
        severity, did = Severity.MEDIUM, f"changed the custom property {fact.name}"
        why = f"Changed: {', '.join(sorted(changed)).replace('_', ' ')}. Rulesets can choose repositories by it."
    return [_finding(fact, severity, did, why)]


def _narrowed(difference: Difference) -> bool:
    """Say whether from now on only the organisation may set values, where repositories could before."""
    return difference.name == "values_editable_by" and (difference.before, difference.after) == (_EVERYBODY, "org_actors")


def _worn(fact: GuardChanged) -> list[Finding]:
    if fact.before is None or fact.before == fact.after or not fact.before or not fact.reaches:
        return []
    names = ", ".join(fact.reaches[:5])
    did = f"changed the custom property {fact.name}"
    return [_finding(fact, Severity.HIGH, did, f"Rulesets choose repositories by it and may hold here no more: {names}.")]


def _finding(fact: GuardChanged, severity: Severity, did: str, why: str) -> Finding:
    return _estate.finding(
        fact,
        severity,
        f"{_estate.doer(fact)} {did}",
        why,
        before=_estate.state(fact.before, fact.after, fact.since),
        after=_estate.state(fact.after, fact.before),
        powers=(Power.OWNER, Power.ADMIN),
    )


DETECTOR = Detector(
    watches=(GuardChanged,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
