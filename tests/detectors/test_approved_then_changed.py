"""approved-then-changed: what nobody who approved has seen."""

from __future__ import annotations

from tests.detectors.telling import finding, findings

PAST = "past: [2023-01-01: {push: {by: alice}}]"


def touch(fields: str, by: str) -> str:
    """Return a story of one pull request by mallory."""
    return f"{{{PAST}, then: [2024-05-01: {{pull_touch: {{by: {by}, pull: 3, author: mallory, {fields}}}}}]}}"


def test_people_without_standing() -> None:
    """A push after the approval, and their own merge armed."""
    pushed = finding("approved-then-changed", touch("action: pushed, approved: abc, to: def", "mallory"))
    assert pushed.title == "@mallory pushed to pull request 3 after it had been approved"
    armed = finding("approved-then-changed", touch("action: auto_merge", "mallory"))
    assert armed.title == "@mallory armed the merge of their own pull request 3"


def test_people_who_land_work_anyway_are_quiet() -> None:
    """They could have pushed it."""
    for action in ("pushed, approved: abc, to: def", "auto_merge"):
        assert findings("approved-then-changed", touch(f"action: {action}", "alice")) == []
