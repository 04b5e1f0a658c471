"""webhook-added: who reads along."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

HOOK = "key: 'webhook:5', name: hook"


def told(rest: str, thing: str = "repo-webhook") -> str:
    """Return a story about a webhook."""
    return f"then: [2024-05-01: {{found: {{thing: {thing}, {HOOK}, {rest}}}}}]"


def test_a_new_receiver_is_named_with_what_it_hears() -> None:
    """An organisation's webhook hears of every repository, so it is worse."""
    found = finding("webhook-added", told("in: organization, is: {to: 'https://x.example', event: [push]}", "org-webhook"))
    assert found.title == "A webhook to https://x.example was added to acme"
    assert "private code and texts included: push." in found.why
    assert found.severity is Severity.HIGH
    assert finding("webhook-added", told("is: {to: 'https://x.example'}")).severity is Severity.MEDIUM


def test_another_place_and_no_check_of_it_are_told() -> None:
    """A webhook that is turned to somebody else, or that no longer looks whom it talks to."""
    moved = finding("webhook-added", told("was: {to: 'https://a.example'}, is: {to: 'https://b.example'}"))
    assert moved.title == "A webhook of acme/widget sends to https://b.example now"
    was, now = ("{to: 'https://a.example', verifies certificates: " + word + "}" for word in ("true", "false"))
    assert "no longer checks" in finding("webhook-added", told(f"was: {was}, is: {now}")).title


def test_less_is_quiet() -> None:
    """Other events, a hook switched off or on, and one that goes."""
    for rest in (
        "was: {to: a, event: [push]}, is: {to: a, event: [release]}",
        "was: {to: a, active: true}, is: {to: a, active: false}",
        "was: {to: a}",
    ):
        assert findings("webhook-added", told(rest)) == []
