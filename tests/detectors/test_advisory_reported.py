"""advisory-reported: private reports."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def test_only_that_there_is_one() -> None:
    """Nothing of what was reported is repeated, and not on a pull request."""
    story = "then: [2024-05-01: {happened: {what: advisory-reported, name: GHSA-2222-3333-4444, detail: high, of: bob}}]"
    found = finding("advisory-reported", story)
    assert found.title == "@bob reported a weakness in private: GHSA-2222-3333-4444"
    assert found.private


def test_what_is_published_is_quiet() -> None:
    """Everybody can read it."""
    assert findings("advisory-reported", "then: [2024-05-01: {happened: {what: advisory-published, name: G}}]") == []
