"""review-sidestepped: reviews that say something else than the reviewer did."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def touch(fields: str, by: str = "mallory") -> str:
    """Return a story of one pull request."""
    return f"then: [2024-05-01: {{pull_touch: {{by: {by}, pull: 3, author: bob, {fields}}}}}]"


def test_somebody_elses_objection() -> None:
    """Who objected and who dismissed; one's own may be taken back."""
    found = finding("review-sidestepped", touch("action: objection_dismissed, of: alice"))
    assert found.title == "@mallory dismissed the objection of @alice to pull request 3"
    assert found.pull == 3
    assert findings("review-sidestepped", touch("action: objection_dismissed, of: alice", by="alice")) == []


def test_another_target_after_approval() -> None:
    """Without an approval nobody was misled."""
    moved = "action: retargeted, from: topic, to: main"
    assert "at main instead of topic" in finding("review-sidestepped", touch(f"{moved}, approved: abc")).title
    assert findings("review-sidestepped", touch(moved)) == []


def test_other_changes_are_told_elsewhere() -> None:
    """New commits and armed merges."""
    for action in ("pushed", "auto_merge", "reviewer_removed"):
        assert findings("review-sidestepped", touch(f"action: {action}, approved: abc")) == []
