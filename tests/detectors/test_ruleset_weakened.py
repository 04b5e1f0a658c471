"""ruleset-weakened: what a ruleset lost."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def told(step: str) -> str:
    """Return a story of one change."""
    return f"then: [2024-05-01: {{guard: {{by: bob, guard: ruleset, {step}}}}}]"


@pytest.mark.parametrize("state", ["evaluate", "disabled"])
def test_a_ruleset_out_of_force_is_critical(state: str) -> None:
    """Tried out is as good as off."""
    found = finding("ruleset-weakened", told(f"before: {{enforcement: active}}, after: {{enforcement: {state}}}"))
    assert (found.severity, found.title) == (Severity.CRITICAL, "@bob switched the ruleset main off")
    assert found.why.startswith(f"enforcement active -> {state}.")


def test_a_removed_ruleset_is_critical_only_if_it_held() -> None:
    """One that was only tried out protected nothing."""
    gone = "action: deleted, before: {{enforcement: {}}}"
    assert finding("ruleset-weakened", told(gone.format("active"))).severity is Severity.CRITICAL
    assert findings("ruleset-weakened", told(gone.format("evaluate"))) == []


def test_each_loss_is_a_sentence() -> None:
    """A rule gone and somebody more who may pass."""
    states = "before: {enforcement: active, 'rule:deletion': 'on'}, after: {enforcement: active, 'bypass:app 1': always}"
    found = finding("ruleset-weakened", told(states))
    assert found.why.startswith("bypass actor added: app 1 (always); rule removed: deletion.")
    assert found.severity is Severity.HIGH


def test_an_unexplained_edit_is_reported_as_that() -> None:
    """Not as a loss that nobody saw, and not at all where the ruleset is not in force."""
    gap = "gap: GitHub does not tell what was changed"
    found = finding("ruleset-weakened", told(f"after: {{enforcement: active}}, {gap}"))
    assert found.title == "@bob edited the ruleset main, and GitHub does not show what"
    assert findings("ruleset-weakened", told(f"after: {{enforcement: disabled}}, {gap}")) == []
