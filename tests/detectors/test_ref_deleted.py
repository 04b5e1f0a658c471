"""ref-deleted: tags and branches that are gone."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings, fingerprints


def test_what_releases_stand_on() -> None:
    """Versions and the branches they are made from; two deliveries about one deletion are one alert."""
    for step in ("tag_delete: {by: bob, name: v1.0}", "branch_delete: {by: bob, name: release/1.0}"):
        story = f"then: [2024-05-01: {{{step}}}, 2024-05-01: {{{step}}}]"
        assert finding("ref-deleted", story).severity is Severity.HIGH
        assert len(set(fingerprints("ref-deleted", story))) == 1


def test_what_comes_and_goes_is_quiet() -> None:
    """Nightly tags and finished work."""
    assert findings("ref-deleted", "then: [2024-05-01: {tag_delete: {by: bob, name: nightly}}]") == []
    assert findings("ref-deleted", "then: [2024-05-01: {branch_delete: {by: bob, name: topic, guarded: false}}]") == []


def test_a_second_deletion_is_another_alert() -> None:
    """A tag that was put back and deleted again reads differently."""
    story = "then: [2024-05-01: {tag_delete: {name: v1.0}}, 2024-05-03: {tag_delete: {name: v1.0}}]"
    assert len(set(fingerprints("ref-deleted", story))) == 2
