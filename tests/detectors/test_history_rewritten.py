"""history-rewritten: forced pushes."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def test_names_both_ends() -> None:
    """The reader can compare what was there with what is there, and who did it."""
    found = finding("history-rewritten", "then: [2024-05-01: {force_push: {by: mallory}}]")
    assert found.severity is Severity.CRITICAL
    assert found.title == "@mallory rewrote the history of main"
    assert [e.kind for e in found.evidence] == ["commit", "commit", "ref"]
    assert found.before.endswith(found.evidence[0].value)


def test_other_branches_and_plain_pushes_are_quiet() -> None:
    """Topic branches are rewritten all day."""
    assert findings("history-rewritten", "then: [2024-05-01: {force_push: {by: mallory, to: topic}}]") == []
    assert findings("history-rewritten", "then: [2024-05-01: {push: {by: mallory}}]") == []


def test_nobody_named() -> None:
    """Where GitHub names nobody, the thing itself matters."""
    assert finding("history-rewritten", "then: [2024-05-01: {force_push: {}}]").title.startswith("Somebody GitHub does not")
