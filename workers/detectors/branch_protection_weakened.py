"""The protection of a branch was removed, switched off, or asks for less than before."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import Guard, GuardChanged
from github_app.model import Finding, Severity, Stage
from github_app.weakening import weakened
from workers.detectors import Change, Detector, _estate

_GUARDS = frozenset({Guard.BRANCH_PROTECTION, Guard.BRANCH_PROTECTION_CONFIGURATION, Guard.PROTECTED_BRANCH})


def detect(change: Change) -> Iterable[Finding]:
    """Report what branch protection lost, one sentence each; what it gained is quiet."""
    fact: GuardChanged = change.fact
    if fact.guard not in _GUARDS or fact.after is None:
        return ()
    lost = weakened(fact.guard, fact.before or (), fact.after)
    if not lost:
        return ()
    whole = fact.guard == Guard.BRANCH_PROTECTION_CONFIGURATION
    gone = whole or not fact.after
    if whole:
        title = f"{_estate.doer(fact)} switched all branch protection of {_estate.where(fact)} off"
    elif gone:
        title = f"{_estate.doer(fact)} removed the protection of {fact.name}"
    else:
        title = f"{_estate.doer(fact)} weakened the protection of {fact.name}"
    severity = Severity.CRITICAL if gone else Severity.MEDIUM if all(x.minor for x in lost) else Severity.HIGH
    rest = f" {fact.gap[:1].upper()}{fact.gap[1:]}." if fact.gap else ""
    said = "Nothing guards it any more" if gone else _estate.listed([x.sentence for x in lost])
    return [
        _estate.finding(
            fact,
            severity,
            title,
            f"{said}.{rest}{_estate.about(fact, change.ledger)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            what=f"protection of {fact.name}",
        )
    ]


DETECTOR = Detector(
    watches=(GuardChanged,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
