"""tags-rewritten: many tags at once."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def test_moved_and_deleted_tags_are_counted_and_named() -> None:
    """Moved ones are worse: what is fetched by name still comes, and is something else."""
    found = finding("tags-rewritten", "then: [2024-05-01: {tags_rewritten: {moved: [v1, v2], deleted: [v3, v4]}}]")
    assert found.title == "Tags of acme/widget were rewritten in bulk: 2 moved and 2 deleted"
    assert "Among them v1, v2, v3, v4." in found.why
    assert found.severity is Severity.CRITICAL
    assert finding("tags-rewritten", "then: [2024-05-01: {tags_rewritten: {deleted: [v1]}}]").severity is Severity.HIGH


def test_nothing_is_quiet() -> None:
    """A comparison that found nothing says nothing."""
    assert findings("tags-rewritten", "then: [2024-05-01: {tags_rewritten: {}}]") == []
