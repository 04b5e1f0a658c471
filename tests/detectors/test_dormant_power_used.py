"""dormant-power-used: people who were away and come back."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

LEFT = """
past:
  - 2015-01-01: {push: {by: alice}}
  - 2017-02-01: {push: {by: bob}}
  - 2018-06-01: {merge: {by: carol, pull: 4, author: dave}}
then:
  - %s
"""


def test_says_how_long_and_who_carried_on() -> None:
    """The reader learns since when nothing was seen, and whom to ask."""
    found = finding("dormant-power-used", LEFT % "2022-01-07: {push: {by: alice}}")
    assert found.title == "@alice pushed again after 2563 days without any sign of them"
    assert "last seen here on 2015-01-01" in found.why
    assert "@carol and 1 more put changes" in found.why
    assert found.before == "last seen on 2015-01-01 00:00:00 UTC"


def test_three_years_are_worse_than_one() -> None:
    """The longer an account was alone, the likelier it is that somebody else has it."""
    assert finding("dormant-power-used", LEFT % "2022-01-07: {push: {by: alice}}").severity is Severity.HIGH
    assert finding("dormant-power-used", LEFT % "2018-06-02: {push: {by: bob}}").severity is Severity.MEDIUM


def test_a_namesake_who_was_here_makes_it_less() -> None:
    """The same name at two addresses is most likely one person, but not certainly."""
    people = "people:\n  old: {name: Ann Example}\n  new: {name: Ann Example}\n"
    story = "past:\n  - 2015-01-01: {push: {by: old}}\n  - 2018-06-01: {push: {by: new}}\nthen:\n  - %s\n"
    assert finding("dormant-power-used", people + story % "2019-01-01: {push: {by: old}}").severity is Severity.MEDIUM


def test_a_power_that_was_never_used_is_not_dormant() -> None:
    """Whoever only wrote code before is new to the power, which is another detector's."""
    assert findings("dormant-power-used", LEFT % "2022-01-07: {push: {by: dave}}") == []


def test_reports_once_for_each_return() -> None:
    """GitHub tells of a merge twice; the first telling is the sign of life."""
    story = LEFT % "2022-01-07: {merge: {by: bob, pull: 9, author: dave}}"
    assert finding("dormant-power-used", story).pull == 9
    assert findings("dormant-power-used", story + "  - 2022-01-07: {merge_push: {by: bob, pull: 9}}\n") == []


def test_apps_do_not_sleep() -> None:
    """An app that had nothing to do for a year is no person who was away."""
    people = "people:\n  ci: {login: 'ci[bot]', bot: true}\n"
    story = "past:\n  - 2015-01-01: {push: {by: ci}}\n  - 2018-06-01: {push: {by: bob}}\n"
    story += "then:\n  - 2022-01-07: {push: {by: ci}}\n"
    assert findings("dormant-power-used", people + story) == []
