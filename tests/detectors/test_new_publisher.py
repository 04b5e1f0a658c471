"""new-publisher: who publishes packages."""

from __future__ import annotations

from tests.detectors.telling import finding, findings

PAST = "past: [2023-01-01: {package: {by: alice, name: widget}}%s]"


def publishes(who: str, more: str = "") -> str:
    """Return a story of one more package."""
    return f"{{{PAST % more}, then: [2024-05-01: {{package: {{by: {who}, name: widget, version: 2.0.0}}}}]}}"


def test_somebody_new() -> None:
    """Named with the package and since when others publish."""
    found = finding("new-publisher", publishes("mallory"))
    assert found.title == "@mallory published widget 2.0.0 for the first time"
    assert "since 2023-01-01" in found.why


def test_publishers_and_releasers_are_known() -> None:
    """Who tags releases may publish them."""
    assert findings("new-publisher", publishes("alice")) == []
    assert findings("new-publisher", publishes("bob", ", 2023-01-02: {tag: {by: bob, name: v1.0}}")) == []
