"""repository-setting-changed: visibility, archive, default branch."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings


@pytest.mark.parametrize(
    ("guard", "was", "now", "title", "severity"),
    [
        ("visibility", "private", "public", "@bob made acme/widget public", Severity.HIGH),
        ("visibility", "public", "private", "@bob made acme/widget private", Severity.MEDIUM),
        ("visibility", "private", "internal", "@bob made acme/widget internal", Severity.MEDIUM),
        ("archived", "false", "true", "@bob archived acme/widget", Severity.MEDIUM),
        ("archived", "true", "false", "@bob revived acme/widget, which had been archived", Severity.HIGH),
        ("default-branch", "main", "next", "@bob made next the default branch of acme/widget", Severity.HIGH),
    ],
)
def test_each_direction_has_its_weight(guard: str, was: str, now: str, title: str, severity: Severity) -> None:
    """Opening and reviving are worse than closing."""
    name = guard.replace("-", "_")
    step = f"guard: {{by: bob, guard: {guard}, before: {{{name}: '{was}'}}, after: {{{name}: '{now}'}}}}"
    found = finding("repository-setting-changed", f"then: [2024-05-01: {{{step}}}]")
    assert (found.title, found.severity) == (title, severity)


def test_the_same_state_and_other_guards_are_quiet() -> None:
    """Nothing changed here."""
    same = "guard: {guard: visibility, before: {visibility: public}, after: {visibility: public}}"
    assert findings("repository-setting-changed", f"then: [2024-05-01: {{{same}}}]") == []
    assert findings("repository-setting-changed", "then: [2024-05-01: {guard: {guard: ruleset, after: {a: 1}}}]") == []
