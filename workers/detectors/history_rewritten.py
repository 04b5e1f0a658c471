"""The history of a guarded branch was rewritten by a forced push."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import CommitsLanded
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report every forced push to a guarded branch; what others have built on is gone or is something else.

    Guarded is the default branch, and any other of which a guard says that it must not be rewritten.
    """
    fact: CommitsLanded = change.fact
    against = fact.rules.against_force if fact.rules is not None else ()
    if not (fact.guarded or against) or not fact.forced or fact.before == fact.after:
        return ()
    branch = _words.branch(fact.ref)
    return [
        Finding(
            severity=Severity.CRITICAL,
            subject=Subject(person=fact.actor) if fact.actor else Subject(),
            title=f"{_estate.doer(fact)} rewrote the history of {branch}",
            why=f"{branch} pointed to {fact.before[:10]}; commits after the last common one are replaced by others, and "
            f"nobody is asked to review that.{_estate.in_spite_of(against)}{_estate.about(fact, change.ledger)}",
            before=f"{branch} at {fact.before}",
            after=f"forced to {fact.after}",
            evidence=(
                Evidence(kind="commit", value=fact.before),
                Evidence(kind="commit", value=fact.after),
                Evidence(kind="ref", value=branch, url=fact.url),
            ),
            powers=(Power.COMMITTER, Power.MERGER, Power.ADMIN),
        )
    ]


DETECTOR = Detector(
    watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.CRITICAL,), needs_history=False, detect=detect
)
