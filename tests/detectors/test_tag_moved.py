"""tag-moved: versions that became something else."""

from __future__ import annotations

import datetime as dt

import pytest

from github_app.fact import TagMoved
from github_app.ledger import Ledger
from github_app.model import Person, Power, Severity, Source
from tests.detectors.telling import DETECTORS, finding, findings, fingerprints
from workers.judge import judge

PAST = """
past:
  - 2023-01-01: {tag: {by: alice, name: v1.0.0}}
then:
  - 2024-05-01: {tag_move: %s}
"""


def test_a_stranger_to_releases_is_critical() -> None:
    """The reader learns who moved what, and who used to release."""
    found = finding("tag-moved", PAST % "{by: eve, name: v1.0.0, from: aaa, to: bbb}")
    assert (found.severity, found.title) == (Severity.CRITICAL, "@eve moved the tag v1.0.0")
    assert "They have never released here; one other has, first on 2023-01-01." in found.why
    assert (found.before, found.after) == ("v1.0.0 pointed to aaa", "points to bbb since 2024-05-01 00:00:00 UTC")
    assert [(e.kind, e.value) for e in found.evidence] == [("tag", "v1.0.0")]
    assert Power.RELEASER in found.powers


def test_a_known_releaser_is_high() -> None:
    """Nobody is called new who has released here, which says nothing about the change."""
    found = finding("tag-moved", PAST % "{by: alice, name: v1.0.0}")
    assert found.severity is Severity.HIGH
    assert "never released" not in found.why


def test_a_tag_nobody_saw_being_made_counts_too() -> None:
    """Where nobody is known to have released, whoever has landed work here for a year is no stranger."""
    found = finding("tag-moved", "then: [2024-05-01: {tag_move: {by: eve, name: v0.9.0}}]")
    assert found.severity is Severity.CRITICAL
    assert "Nobody is known to have released here" in found.why
    story = "{past: [2023-01-01: {push: {by: eve}}], then: [2024-05-01: {tag_move: {by: eve, name: v0.9.0}}]}"
    assert finding("tag-moved", story).severity is Severity.HIGH


def test_a_tag_of_another_name_is_said_once() -> None:
    """Nothing in its name says that it moves; if it moves again, it is made to."""
    story = """
    then:
      - 2024-05-01: {tag_move: {by: eve, name: simple-tag, from: aaa, to: bbb}}
      - 2024-05-02: {tag_move: {by: eve, name: simple-tag, from: bbb, to: ccc}}
    """
    assert len(set(fingerprints("tag-moved", story))) == 1


def test_nobody_is_named_where_github_names_nobody() -> None:
    """The tag has moved all the same."""
    found = finding("tag-moved", PAST % "{name: v1.0.0}")
    assert (found.severity, found.title) == (Severity.HIGH, "Somebody GitHub does not name moved the tag v1.0.0")


def test_before_the_past_is_known_nobody_is_a_stranger() -> None:
    """A moved version is said from the first day, but not that somebody is new."""
    at = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    ledger = Ledger()
    ledger.use(Power.RELEASER, Person(id=1, login="alice"), at)
    moved = TagMoved(
        at=at, source=Source.WEBHOOK, actor=Person(id=2, login="eve"), name="v1.0.0", before="a" * 40, after="b" * 40
    )
    (alert,) = judge([moved], ledger, [DETECTORS["tag-moved"]]).alerts
    assert alert.finding.severity is Severity.HIGH


@pytest.mark.parametrize("name", ["v1.0", "1.0.0-rc1", "widget-2.3.4", "release/2024.05", "curl-8_7_1", "pkg@1.2.3"])
def test_versions_are_watched(name: str) -> None:
    """However a project writes them."""
    assert findings("tag-moved", PAST % f'{{by: alice, name: "{name}"}}')


@pytest.mark.parametrize("name", ["v1", "v12", "latest", "nightly", "stable-2024", "4", "setup/v3", "last-good", ""])
def test_tags_that_are_made_to_move_are_not(name: str) -> None:
    """Whoever follows them wants what is newest."""
    assert findings("tag-moved", PAST % f'{{by: eve, name: "{name}"}}') == []


def test_each_move_and_each_tag_is_said() -> None:
    """There and back and there again, and two tags of one commit in one push."""
    story = """
    then:
      - 2024-05-01: {tag_move: {by: eve, name: v1.0.0, from: aaa, to: bbb}}
      - 2024-05-01: {tag_move: {by: eve, name: v1.0.1, from: aaa, to: bbb}}
      - 2024-05-02: {tag_move: {by: alice, name: v1.0.0, from: bbb, to: aaa}}
      - 2024-05-03: {tag_move: {by: eve, name: v1.0.0, from: aaa, to: bbb}}
    """
    assert len(set(fingerprints("tag-moved", story))) == 4
