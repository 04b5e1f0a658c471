"""secret-added: names of secrets and variables."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def told(rest: str, thing: str = "secret") -> str:
    """Return a story about a secret."""
    return f"then: [2024-05-01: {{found: {{thing: {thing}, name: TOKEN, {rest}}}}}]"


def test_a_new_name_is_recorded() -> None:
    """It disturbs nobody: low goes to the record only."""
    found = finding("secret-added", told("is: {for: this repository}"))
    assert found.title == "The secret TOKEN of acme/widget was added"
    assert found.severity is Severity.LOW
    assert finding("secret-added", told("is: {for: this repository}", "variable")).title.startswith("The variable TOKEN")


def test_a_wider_reach_is_recorded_and_a_smaller_one_is_not() -> None:
    """More repositories can read it."""
    found = finding("secret-added", told("in: organization, was: {for: selected}, is: {for: all}"))
    assert found.title == "The secret TOKEN of acme may be used by all repositories, before by selected"
    for rest in ("was: {for: all}, is: {for: selected}", "was: {for: all}"):
        assert findings("secret-added", told(f"in: organization, {rest}")) == []
