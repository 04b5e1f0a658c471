"""A workflow ran with the repository's rights for code from a fork, or was started by somebody unknown."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import WorkflowRan
from github_app.identity import keys
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _standing, _words

_ACTIONS = "github-actions[bot]"


def detect(change: Change) -> Iterable[Finding]:
    """Report each workflow once that gives forks the repository's rights, and each unknown account that starts one."""
    fact: WorkflowRan = change.fact
    who = fact.actor
    name = fact.workflow.rpartition("/")[2] or fact.workflow
    if fact.from_fork:
        return [
            _estate.finding(
                fact,
                Severity.HIGH,
                f"The workflow {name} ran with this repository's rights for code from {fact.head or 'a fork'}",
                f"Anybody can make a fork and start it ({fact.trigger}); if it runs what a fork holds, secrets are open. "
                "This is said once for each workflow.",
                before=f"{fact.workflow}: no run for a fork is known",
                after=f"runs for forks on {fact.trigger}",
                subject=Subject(key=f"workflow:{fact.workflow}"),
                powers=(Power.WORKFLOW_EDITOR, Power.ADMIN, Power.MERGER),
            )
        ]
    if fact.trigger != "workflow_dispatch" or who is None or not keys(who):
        return ()
    if who.login != _ACTIONS and not _standing.stranger(change.ledger, who):
        return ()
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"{_words.named(who)} started the workflow {name} by hand",
            "Only who can write may start it, and nothing this account did here before is known."
            if who.login != _ACTIONS
            else "A workflow started another one with the token that all workflows have; stolen tokens are used so.",
            before=f"{fact.workflow}: never started by them",
            after="started",
            powers=(Power.WORKFLOW_EDITOR, Power.ADMIN, Power.MERGER),
        )
    ]


DETECTOR = Detector(watches=(WorkflowRan,), stage=Stage.STABLE, severities=(Severity.MEDIUM, Severity.HIGH), detect=detect)
