"""release-asset-added: files that others put beside a release."""

from __future__ import annotations

import pytest

from tests.detectors.telling import finding, findings

STORY = """
people: {ci: {bot: true}}
past:
  - 2023-01-01: {tag: {by: alice, name: v0.9}}
  - 2023-01-01: {tag: {by: bob, name: v0.8}}
then:
  - 2024-05-01: {release_files: {by: alice, tag: v1.0, uploader: %s, before: [w.zip aaaa], after: [w.zip aaaa, x.exe bbbb]}}
"""


def test_a_stranger_to_releases_is_told() -> None:
    """The reader learns who put what beside whose release."""
    found = finding("release-asset-added", STORY % "mallory")
    assert found.title == "@mallory added x.exe to the release v1.0 of @alice"


@pytest.mark.parametrize("who", ["alice", "bob", "ci"])
def test_authors_releasers_and_apps_are_not(who: str) -> None:
    """They make releases anyway."""
    assert findings("release-asset-added", STORY % who) == []
