"""branch-protection-weakened: what branch protection lost."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def told(step: str) -> str:
    """Return a story of one change."""
    return f"then: [2024-05-01: {{guard: {{by: bob, guard: branch-protection, {step}}}}}]"


def test_each_loss_is_a_sentence() -> None:
    """Two losses and one gain: two sentences."""
    states = (
        "before: {required_approving_review_count: 2, admin_enforced: true, create_protected: false}, "
        "after: {required_approving_review_count: 1, admin_enforced: false, create_protected: true}"
    )
    found = finding("branch-protection-weakened", told(states))
    assert found.title == "@bob weakened the protection of main"
    assert found.why.startswith("rules for administrators on -> off; required reviews 2 -> 1.")
    assert found.severity is Severity.HIGH


def test_a_removed_rule_and_the_switch_are_critical() -> None:
    """Nothing guards the branch any more."""
    assert finding("branch-protection-weakened", told("action: deleted, before: {a: 1}")).severity is Severity.CRITICAL
    off = "guard: {guard: branch-protection-configuration, before: {protection: enabled}, after: {protection: disabled}}"
    found = finding("branch-protection-weakened", f"then: [2024-05-01: {{{off}}}]")
    assert (found.severity, "all branch protection" in found.title) == (Severity.CRITICAL, True)


def test_a_name_on_the_list_is_medium() -> None:
    """Who may push is a smaller loss than a rule."""
    states = "before: {authorized_actor_names: [anna]}, after: {authorized_actor_names: [anna, mallory]}"
    assert finding("branch-protection-weakened", told(states)).severity is Severity.MEDIUM


def test_what_gets_stronger_is_quiet() -> None:
    """More reviews, a new rule, the switch turned on."""
    for states in (
        "before: {required_approving_review_count: 1}, after: {required_approving_review_count: 2}",
        "action: created, after: {required_approving_review_count: 1}",
    ):
        assert findings("branch-protection-weakened", told(states)) == []
    on = "guard: {guard: branch-protection-configuration, before: {protection: disabled}, after: {protection: enabled}}"
    assert findings("branch-protection-weakened", f"then: [2024-05-01: {{{on}}}]") == []


def test_what_is_not_known_is_said() -> None:
    """A gap stands in the alert."""
    states = "before: {admin_enforced: true}, after: {admin_enforced: false}, gap: only part of it is told"
    assert "Only part of it is told." in finding("branch-protection-weakened", told(states)).why
