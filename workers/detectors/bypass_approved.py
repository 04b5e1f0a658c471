"""Somebody asked to pass a guard once, or was allowed to."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import ExemptionChanged
from github_app.model import Finding, Person, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate, _words

_GUARDS = {
    "push-ruleset": "a push ruleset",
    "secret-push": "the protection against pushing secrets",
    "code-scanning": "a finding of code scanning",
    "secret-scanning": "a finding of secret scanning",
    "dependabot": "a finding of Dependabot",
}
_MILD = frozenset({"code-scanning", "dependabot"})


def detect(change: Change) -> Iterable[Finding]:
    """Report requests and what came of them; one that was approved is worse, and by themselves the worst."""
    fact: ExemptionChanged = change.fact
    guard, who = _GUARDS.get(fact.guard, fact.guard), fact.subject
    approved = fact.action == "approved"
    themselves = approved and any(change.ledger.same(r, who) for r in fact.reviewers)
    severity = Severity.HIGH if approved and (fact.guard not in _MILD or themselves) else Severity.MEDIUM
    dismissed = fact.guard not in {"push-ruleset", "secret-push"}
    if approved:
        did = f"was allowed to {'dismiss' if dismissed else 'pass'} {guard}"
        by = ", ".join(r.label for r in fact.reviewers) or "somebody GitHub does not name"
        why = f"It was approved by {'the same account' if themselves else by}."
    else:
        did, why = f"asks to {'dismiss' if dismissed else 'pass'} {guard}", "Nobody has answered yet."
    reason = f" The reason given: {fact.reason}" if fact.reason else ""
    return [
        _estate.finding(
            fact,
            severity,
            f"{_words.named(who)} {did}",
            f"{why}{reason}",
            before=f"request {fact.number}: {'asked' if approved else 'none'}",
            after="approved" if approved else "asked",
            subject=Subject(person=who),
            grantor=next(iter(fact.reviewers), None) or (fact.actor if approved else None) or Person(),
        )
    ]


DETECTOR = Detector(
    watches=(ExemptionChanged,),
    stage=Stage.STABLE,
    step=Step.GRANT,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
