"""record-removed: what somebody else had written."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def test_others_words() -> None:
    """Who deleted, whose and where; in private."""
    found = finding("record-removed", "then: [2024-05-01: {comment_delete: {by: mallory, of: alice, thread: 7}}]")
    assert found.title == "@mallory deleted a comment in #7 by @alice"
    assert found.private


def test_own_words() -> None:
    """Everybody may take back what they said."""
    assert findings("record-removed", "then: [2024-05-01: {comment_delete: {by: alice, of: alice}}]") == []
