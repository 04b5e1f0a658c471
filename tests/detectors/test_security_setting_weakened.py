"""security-setting-weakened: scanners, workflows, environments."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def test_each_kind_of_setting() -> None:
    """One sentence for each loss."""
    scanner = "guard: {guard: security-analysis, before: {'feature:x': enabled}, after: {'feature:x': disabled}}"
    token = (
        "guard: {guard: actions-permissions, before: {can_approve_pull_request_reviews: false}, "
        "after: {can_approve_pull_request_reviews: true}}"
    )
    gate = "inventory: {thing: environment, name: production, action: changed, before: {'reviewer:a': 'yes'}, after: {a: 1}}"
    said = [finding("security-setting-weakened", f"then: [2024-05-01: {{{step}}}]").why for step in (scanner, token, gate)]
    assert [s.split(".")[0] for s in said] == [
        "security feature x enabled -> disabled",
        "workflows may approve pull requests off -> on",
        "required reviewer removed: a",
    ]


def test_what_others_tell_and_what_gets_stronger_is_quiet() -> None:
    """Branch protection has its own detector."""
    for step in (
        "guard: {guard: branch-protection, before: {admin_enforced: true}, after: {admin_enforced: false}}",
        "guard: {guard: security-analysis, before: {'feature:x': disabled}, after: {'feature:x': enabled}}",
        "inventory: {thing: runner, action: changed, before: {wait_timer: 5}, after: {wait_timer: 1}}",
    ):
        assert findings("security-setting-weakened", f"then: [2024-05-01: {{{step}}}]") == []
