"""repository-moved: names and owners."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings


@pytest.mark.parametrize(
    ("thing", "key", "action", "states", "title", "severity"),
    [
        ("repository", "name", "changed", "before: {name: acme/tol}, after: {name: acme/tool}",
         "@bob renamed the repository acme/tol to acme/tool", Severity.HIGH),
        ("repository", "owner", "changed", "before: {owner: acme}, after: {owner: zed}",
         "@bob transferred acme/widget from acme to zed", Severity.CRITICAL),
        ("organization", "name", "changed", "before: {name: acme}, after: {name: zed}",
         "@bob renamed the organization acme to zed", Severity.CRITICAL),
        ("organization", "name", "removed", "before: {name: acme}", "@bob deleted the organization acme", Severity.CRITICAL),
    ],
)  # fmt: skip
def test_each_move_is_a_sentence(thing: str, key: str, action: str, states: str, title: str, severity: Severity) -> None:
    """From what to what, by whom."""
    step = f"inventory: {{by: bob, thing: {thing}, key: {key}, name: acme/widget, action: {action}, {states}}}"
    found = finding("repository-moved", f"then: [2024-05-01: {{{step}}}]")
    assert (found.title, found.severity) == (title, severity)


def test_other_things_are_quiet() -> None:
    """An app that changes is told elsewhere."""
    assert findings("repository-moved", "then: [2024-05-01: {inventory: {thing: app, after: {name: x}}}]") == []
