"""app-installed: other apps and what they may do."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

APP = "thing: app, name: helper, key: 'app:5', in: organization"


def told(rest: str) -> str:
    """Return a story about an app."""
    return f"then: [2024-05-01: {{found: {{{APP}, {rest}}}}}]"


def test_a_new_app_is_named_with_what_it_may_do() -> None:
    """Writing to code is high, writing elsewhere medium, reading low."""
    found = finding("app-installed", told("is: {repositories: all, permission: {contents: write, issues: read}}"))
    assert found.title == "The app helper was installed in acme"
    assert "contents: write; issues: read" in found.why
    assert "It reaches all repositories" in found.why
    assert found.severity is Severity.HIGH
    assert finding("app-installed", told("is: {permission: {issues: write}}")).severity is Severity.MEDIUM
    assert finding("app-installed", told("is: {permission: {issues: read}}")).severity is Severity.LOW


def test_more_permissions_are_told_by_what_is_new() -> None:
    """What it could do before is not repeated."""
    found = finding(
        "app-installed", told("was: {permission: {issues: write}}, is: {permission: {issues: write, secrets: write}}")
    )
    assert found.title == "The app helper may do more than before in acme"
    assert "It was given secrets: write." in found.why
    assert found.severity is Severity.HIGH


def test_reaching_all_repositories_is_more() -> None:
    """An app for chosen repositories that gets all of them counts with all that it may do."""
    was, now = (
        "{repositories: selected, permission: {contents: write}}",
        "{repositories: all, permission: {contents: write}}",
    )
    found = finding("app-installed", told(f"was: {was}, is: {now}"))
    assert found.title == "The app helper sees all repositories of acme"
    assert found.severity is Severity.HIGH


def test_less_is_quiet() -> None:
    """Fewer permissions, fewer repositories, a suspension, and an app that goes."""
    for rest in (
        "was: {permission: {issues: write}}, is: {permission: {issues: read}}",
        "was: {repositories: all, suspended: false}, is: {repositories: selected, suspended: true}",
        "was: {permission: {issues: write}}",
    ):
        assert findings("app-installed", told(rest)) == []


def test_this_app_is_told_elsewhere() -> None:
    """What this app itself may do is the business of watcher-blinded."""
    assert findings("app-installed", told("is: {permission: {contents: write}}").replace("app:5", "installation:5")) == []
