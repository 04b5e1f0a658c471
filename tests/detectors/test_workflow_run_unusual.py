"""workflow-run-unusual: runs with rights that others can use."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings, fingerprints

PAST = "past: [2023-01-01: {push: {by: alice}}]"


def run(fields: str) -> str:
    """Return a step: a run."""
    return f"2024-05-01: {{workflow_run: {{{fields}}}}}"


def test_each_workflow_is_said_once() -> None:
    """A second fork on the same workflow is no news, another workflow is."""
    runs = [
        run("by: mallory, workflow: label.yml, trigger: pull_request_target, fork: true"),
        run("by: bob, workflow: label.yml, trigger: pull_request_target, fork: true"),
        run("by: bob, workflow: build.yml, trigger: workflow_run, fork: true"),
    ]
    assert len(set(fingerprints("workflow-run-unusual", f"then: [{', '.join(runs)}]"))) == 2


def test_who_starts_by_hand() -> None:
    """Known people may, a stranger or a workflow's token is told."""
    by_hand = "trigger: workflow_dispatch"
    assert findings("workflow-run-unusual", f"{{{PAST}, then: [{run(f'by: alice, {by_hand}')}]}}") == []
    assert (
        finding("workflow-run-unusual", f"{{{PAST}, then: [{run(f'by: mallory, {by_hand}')}]}}").severity is Severity.MEDIUM
    )


def test_ordinary_runs_are_quiet() -> None:
    """Pushes and schedules."""
    assert findings("workflow-run-unusual", f"then: [{run('by: mallory, trigger: push')}]") == []
