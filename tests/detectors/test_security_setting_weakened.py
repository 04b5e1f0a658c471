"""security-setting-weakened: scanners, workflows, environments."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def test_each_kind_of_setting() -> None:
    """One sentence for each loss."""
    scanner = "guard: {guard: security-analysis, before: {'feature:x': enabled}, after: {'feature:x': disabled}}"
    token = (
        "guard: {guard: actions-permissions, before: {can_approve_pull_request_reviews: false}, "
        "after: {can_approve_pull_request_reviews: true}}"
    )
    gate = "inventory: {thing: environment, name: production, action: changed, before: {wait_timer: 30}, after: {a: 1}}"
    said = [finding("security-setting-weakened", f"then: [2024-05-01: {{{step}}}]").why for step in (scanner, token, gate)]
    assert [s.split(".")[0] for s in said] == [
        "security feature x enabled -> disabled",
        "workflows may approve pull requests off -> on",
        "wait in minutes 30 -> 0",
    ]


def test_what_others_tell_and_what_gets_stronger_is_quiet() -> None:
    """Branch protection has its own detector."""
    for step in (
        "guard: {guard: branch-protection, before: {admin_enforced: true}, after: {admin_enforced: false}}",
        "guard: {guard: security-analysis, before: {'feature:x': disabled}, after: {'feature:x': enabled}}",
        "inventory: {thing: runner, action: changed, before: {wait_timer: 5}, after: {wait_timer: 1}}",
    ):
        assert findings("security-setting-weakened", f"then: [2024-05-01: {{{step}}}]") == []


def test_what_gives_no_power_by_itself_is_milder() -> None:
    """One more who may approve, or a whole configuration that may be unused; a deleted gate stops nobody and is not."""
    another = "inventory: {thing: environment, name: production, action: changed, before: {reviews required: true}, after: "
    another += "{reviews required: true, reviewer: [bob]}}"
    unused = "guard: {guard: security-configuration, name: old, action: deleted, before: {enforced: true}}"
    gone = "inventory: {thing: environment, name: production, action: removed, before: {wait_timer: 30}}"
    found = [finding("security-setting-weakened", f"then: [2024-05-01: {{{step}}}]") for step in (another, unused, gone)]
    assert [f.severity for f in found] == [Severity.MEDIUM, Severity.MEDIUM, Severity.HIGH]
    assert found[1].title == "Somebody GitHub does not name removed the security configuration old in acme/widget"
