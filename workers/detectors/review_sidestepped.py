"""A reviewer's objection was dismissed, or an approved pull request was pointed at another branch."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import PullTouched
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report what makes a review say something else than the reviewer did."""
    fact: PullTouched = change.fact
    ledger, who = change.ledger, fact.actor
    if fact.action == "objection_dismissed":
        if fact.subject is not None and who is not None and ledger.same(fact.subject, who):
            return ()
        objector = fact.subject.label if fact.subject else "somebody"
        title = f"{_estate.doer(fact)} dismissed the objection of {objector} to pull request {fact.number}"
        why, before, after = "Without it, nothing holds the change back.", f"{objector} asked for changes", "dismissed"
    elif fact.action == "retargeted" and fact.approved:
        title = (
            f"{_estate.doer(fact)} pointed the approved pull request {fact.number} at {fact.after} instead of {fact.before}"
        )
        why = "It was approved for another branch; the approval counts for this one as well."
        before, after = f"approved for {fact.before}", f"for {fact.after}"
    else:
        return ()
    return [
        Finding(
            severity=Severity.HIGH,
            subject=Subject(person=who) if who else Subject(),
            title=title,
            why=f"{why}{_estate.about(fact, ledger)}",
            before=f"pull request {fact.number}: {before}",
            after=f"{after} on {_words.stamp(fact.at)}",
            evidence=(Evidence(kind="pull", value=str(fact.number), url=fact.url),),
            powers=(Power.MERGER, Power.APPROVER, Power.COMMITTER),
            pull=fact.number,
        )
    ]


DETECTOR = Detector(
    watches=(PullTouched,), stage=Stage.STABLE, severities=(Severity.HIGH,), needs_history=False, detect=detect
)
