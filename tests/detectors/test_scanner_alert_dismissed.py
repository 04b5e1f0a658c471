"""scanner-alert-dismissed: findings that are waved off."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def test_who_and_why() -> None:
    """The reason that was given is quoted."""
    step = "scanner: {by: bob, scanner: code-scanning, action: dismissed, name: SQL, reason: false positive}"
    found = finding("scanner-alert-dismissed", f"then: [2024-05-01: {{{step}}}]")
    assert found.title == "@bob dismissed a weakness in the code: SQL"
    assert found.why.startswith("The reason given: false positive.")
    assert found.private


def test_new_alerts_are_not_dismissals() -> None:
    """They are told elsewhere, or nowhere."""
    assert findings("scanner-alert-dismissed", "then: [2024-05-01: {scanner: {scanner: dependabot, action: created}}]") == []
