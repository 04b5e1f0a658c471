"""new-releaser: people who begin to release."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

PAST = """
past:
  - 2020-01-01: {push: {by: alice}}
  - 2020-02-01: {tag: {by: alice, name: v1}}
  - 2022-01-01: {push: {by: olga}}
  - 2024-03-01: {push: {by: bob}}
then:
  - 2024-05-01: {%s}
"""


def test_says_who_and_what_they_did_before() -> None:
    """The reader learns the way that led here."""
    found = finding("new-releaser", PAST % "tag: {by: bob, name: v2}")
    assert found.title == "@bob tagged v2, for the first time in the role of a releaser"
    assert "They have landed work here since 2024-03-01." in found.why
    assert found.severity is Severity.HIGH


def test_long_standing_makes_it_less() -> None:
    """Whoever has landed work for years could have put anything into a release anyway."""
    assert finding("new-releaser", PAST % "release: {by: olga, tag: v2}").severity is Severity.MEDIUM


def test_who_never_landed_anything_is_said_so() -> None:
    """A release by an outsider is the worst kind."""
    assert "They have never landed work here." in finding("new-releaser", PAST % "release: {by: eve, tag: v2}").why


def test_a_tag_and_its_release_are_told_once() -> None:
    """GitHub tells of both."""
    story = PAST % "tag: {by: bob, name: v2}" + "  - 2024-05-01: {release: {by: bob, tag: v2}}\n"
    assert findings("new-releaser", story) == []


def test_the_first_release_of_all_is_quiet() -> None:
    """Nobody released before, so nobody was trusted with it more."""
    assert findings("new-releaser", "then: [2024-05-01: {tag: {by: bob, name: v1}}]") == []


def test_a_never_seen_key_is_told_by_its_own_detector() -> None:
    """One tag, one alert; a known key does not hide who used it."""
    past = PAST.replace("{by: alice, name: v1}", "{by: alice, name: v1, key: AAAAAAAA11111111}")
    assert findings("new-releaser", past % "tag: {by: bob, name: v2, key: BBBBBBBB22222222}") == []
    assert findings("new-releaser", past % "tag: {by: bob, name: v2, key: AAAAAAAA11111111}") != []


def test_old_hands_are_quiet_where_taggers_are_unknown() -> None:
    """Later tags that name nobody, as lightweight ones do in git history, may well have been theirs."""
    past = PAST.replace("then:", "  - 2024-04-01: {tag: {name: x}}\nthen:")
    assert findings("new-releaser", past % "tag: {by: olga, name: v2}") == []
    assert findings("new-releaser", past % "tag: {by: bob, name: v2}") != []
