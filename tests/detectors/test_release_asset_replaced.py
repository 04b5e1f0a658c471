"""release-asset-replaced: files of releases that became something else."""

from __future__ import annotations

import datetime as dt

from github_app.model import Asset, Person, Source
from github_app.releases import ReleaseFilesChanged
from tests.detectors.telling import DETECTORS, finding, findings, fingerprints
from tests.stories import Story, play
from tests.story_words import REPOSITORY

STORY = "then: [2024-05-01: {release_files: {by: alice, tag: v1.0, uploader: %s, before: [%s], after: [%s]}}]"


def test_says_who_replaced_what() -> None:
    """The reader can compare both digests with a copy of their own."""
    found = finding("release-asset-replaced", STORY % ("mallory", "w.zip aaaa", "w.zip bbbb"))
    assert found.title == "@mallory replaced w.zip of the release v1.0"
    assert "w.zip: sha256:aaaa before, sha256:bbbb now." in found.why
    assert "The release is by @alice." in found.why
    assert (found.before, found.after) == ("w.zip sha256:aaaa", "w.zip sha256:bbbb")


def test_the_author_is_told_too() -> None:
    """A stolen account looks just like its owner."""
    found = finding("release-asset-replaced", STORY % ("alice", "w.zip aaaa, x.zip cccc", "w.zip bbbb, x.zip dddd"))
    assert found.title == "@alice replaced w.zip and 1 more of the release v1.0"
    assert "The release is by" not in found.why


def test_other_changes_are_not() -> None:
    """A file more or less, or the same file under another upload, is not another file."""
    assert findings("release-asset-replaced", STORY % ("alice", "w.zip aaaa", "w.zip aaaa, x.zip bbbb")) == []
    assert findings("release-asset-replaced", STORY % ("alice", "w.zip aaaa, x.zip bbbb", "w.zip aaaa")) == []


def test_each_replacement_is_said() -> None:
    """There, and there again."""
    told = {
        *fingerprints("release-asset-replaced", STORY % ("alice", "w.zip aaaa", "w.zip bbbb")),
        *fingerprints("release-asset-replaced", STORY % ("alice", "w.zip bbbb", "w.zip cccc")),
    }
    assert len(told) == 2


def test_files_without_digests_are_told_by_upload_and_size() -> None:
    """GitHub gives none for files uploaded before June 2025."""
    alice = Person(id=1, login="alice")
    fact = ReleaseFilesChanged(
        at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC),
        source=Source.API,
        repository=REPOSITORY,
        release_id=1,
        tag="v1.0",
        author=alice,
        before=(Asset(id=1, name="w.zip", size=5, uploader=alice),),
        after=(Asset(id=2, name="w.zip", size=5, uploader=alice),),
    )
    (alert,) = play(Story((), (fact,)), [DETECTORS["release-asset-replaced"]]).last
    assert alert.finding.before == "w.zip 5 bytes, upload 1"
