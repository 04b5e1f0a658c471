"""A ruleset was removed or switched off, asks for less, covers less, or lets more people pass."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import Guard, GuardChanged
from github_app.model import Finding, Severity, Source, Stage
from github_app.weakening import in_force, weakened
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Report what a ruleset lost, one sentence each; an edit that GitHub does not explain is reported as just that."""
    fact: GuardChanged = change.fact
    if fact.guard != Guard.RULESET or fact.after is None:
        return ()
    lost = weakened(fact.guard, fact.before or (), fact.after)
    # An edit that changed nothing we can see: GitHub does not show who may pass a ruleset to those who cannot edit it.
    unseen = not lost and fact.gap != "" and fact.action == "edited" and (fact.before is None or fact.before == fact.after)
    if not lost and not (unseen and in_force(fact.after)):
        return ()
    off = any(x.off for x in lost)
    if unseen:
        did, said = f"edited the ruleset {fact.name}, and GitHub does not show what", "Who may pass it may have changed"
    elif not fact.after:
        did, said = f"removed the ruleset {fact.name}", "Nothing of it holds any more"
    else:
        did = f"switched the ruleset {fact.name} off" if off else f"weakened the ruleset {fact.name}"
        said = _estate.listed([x.sentence for x in lost])
    rest = f" {fact.gap[:1].upper()}{fact.gap[1:]}." if fact.gap else ""
    return [
        _estate.finding(
            fact,
            # A poll that saw only that there was an edit cannot know that anything was changed by it.
            Severity.CRITICAL if off else Severity.MEDIUM if unseen and fact.source is Source.API else Severity.HIGH,
            f"{_estate.doer(fact)} {did}",
            f"{said}.{rest}{_estate.about(fact, change.ledger)}",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            what=f"ruleset {fact.name}",
        )
    ]


DETECTOR = Detector(
    watches=(GuardChanged,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
