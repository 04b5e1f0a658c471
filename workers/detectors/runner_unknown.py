"""A machine that is not GitHub's ran a job here and is of a kind that never did before."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import RunnerUsed
from github_app.model import Finding, Power, Severity, Stage, Subject
from github_app.remember import RUNNERS, runner
from workers.detectors import Change, Detector, _estate


def detect(change: Change) -> Iterable[Finding]:
    """Report a new kind of machine; the first of all is expected in a private repository, and never in a public one."""
    fact: RunnerUsed = change.fact
    ledger = change.ledger
    if ledger.holding(Power.CUSTOM, runner(fact.family)) is not None:
        return ()
    first = ledger.holding(Power.CUSTOM, RUNNERS) is None
    if first and not fact.public:
        severity, why = Severity.LOW, "It is the first machine of its own that is seen here, so nothing can be compared."
    elif fact.public:
        severity = Severity.HIGH
        why = "In a public repository a pull request can run its code on the machine, and stay on it."
    else:
        severity, why = Severity.HIGH, "Jobs get the repository's secrets, and other machines have run them so far."
    return [
        _estate.finding(
            fact,
            severity,
            f"The machine {fact.runner} ran a job here for the first time",
            f"{why} It is in the group {fact.group or 'that GitHub does not name'}"
            f"{f' and ran the workflow {fact.workflow}' if fact.workflow else ''}.",
            before="no machine of its own" if first else "other machines only",
            after=f"machines like {fact.family}",
            subject=Subject(key=f"runner:{fact.family}"),
            powers=(Power.ADMIN, Power.OWNER, Power.WORKFLOW_EDITOR),
        )
    ]


DETECTOR = Detector(watches=(RunnerUsed,), stage=Stage.STABLE, severities=(Severity.LOW, Severity.HIGH), detect=detect)
