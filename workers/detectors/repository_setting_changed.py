"""A repository became public or private, was archived or revived, or got another default branch."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import Guard, GuardChanged, value_of
from github_app.model import Finding, Severity, Stage
from workers.detectors import Change, Detector, _estate

_TOLD = {
    (Guard.VISIBILITY, "public"): (
        Severity.HIGH,
        "made {where} public",
        "Everybody can read it from now on, with its whole history, and push rulesets do not hold for public repositories.",
    ),
    (Guard.VISIBILITY, "private"): (
        Severity.MEDIUM,
        "made {where} private",
        "Nobody outside can look at what happens in it any more, and its forks are cut off.",
    ),
    (Guard.ARCHIVED, "true"): (
        Severity.MEDIUM,
        "archived {where}",
        "It can be read only; what depends on it gets no fixes.",
    ),
    (Guard.ARCHIVED, "false"): (
        Severity.HIGH,
        "revived {where}, which had been archived",
        "A project that nobody looked after comes back, with all who still depend on it.",
    ),
}


def detect(change: Change) -> Iterable[Finding]:
    """Report settings that decide who can see a repository, whether it lives, and which branch is guarded."""
    fact: GuardChanged = change.fact
    if fact.before is not None and fact.before == fact.after:
        return ()
    state = value_of(fact.after, fact.guard.replace("-", "_"))
    told = _TOLD.get((fact.guard, state))
    if fact.guard == Guard.DEFAULT_BRANCH and state:
        was = value_of(fact.before, "default_branch") or "a branch that GitHub does not tell"
        told = (
            Severity.HIGH,
            f"made {state} the default branch of {{where}}",
            f"It was {was}. It is what people clone, what is guarded here, and where this app's policy is read.",
        )
    elif fact.guard == Guard.VISIBILITY and state == "internal":
        told = (Severity.MEDIUM, "made {where} internal", "Everybody in the enterprise can read it.")
    if told is None:
        return ()
    severity, did, why = told
    return [
        _estate.finding(
            fact,
            severity,
            f"{_estate.doer(fact)} {did.replace('{where}', _estate.where(fact))}",
            f"{why}{_estate.about(fact, change.ledger)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
        )
    ]


DETECTOR = Detector(
    watches=(GuardChanged,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
