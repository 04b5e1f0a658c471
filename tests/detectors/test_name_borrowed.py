"""name-borrowed: authors that do not fit."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

PAST = """
people:
  fake: {login: helpful, name: dependabot}
  deps: {login: "dependabot[bot]", name: "dependabot[bot]", bot: true}
past:
  - 2020-01-01: {push: {by: alice}}
  - 2024-01-01: {push: {by: bob}}
then:
  - 2024-05-01: {%s}
"""


def test_an_apps_name_without_an_app_is_told_about_the_author() -> None:
    """Whoever landed it may have been deceived; they are named, but it is not about them."""
    found = finding("name-borrowed", PAST % "merge_push: {by: alice, author: fake, pull: 4}")
    assert found.subject.person.login == "helpful"
    assert "It was landed by @alice." in found.why
    assert (found.severity, found.pull) == (Severity.MEDIUM, 4)


def test_a_strangers_push_in_a_maintainers_name_is_told_about_who_pushed() -> None:
    """The name is free to write; the push is not."""
    found = finding("name-borrowed", PAST % "push: {by: eve, author: alice}")
    assert found.title == "@eve pushed work that names @alice as its author"
    assert (found.subject.person.login, found.severity) == ("eve", Severity.LOW)


@pytest.mark.parametrize(
    "act",
    [
        "push: {by: bob, author: deps}",
        "push: {by: alice, author: bob}",
        "push: {by: bob, author: alice}",
        "push: {by: eve, author: carol}",
        "push: {by: bob}",
        "push: {by: eve, author: fake, to: try}",
    ],
    ids=["real app", "long standing", "pushed before", "contributor", "own work", "other branch"],
)
def test_the_usual_is_quiet(act: str) -> None:
    """Landing others' work is a maintainer's daily bread."""
    assert findings("name-borrowed", PAST % act) == []


def test_one_name_at_two_addresses_is_no_borrowing() -> None:
    """In git history most people have more than one."""
    people = "people:\n  old: {name: Ann Example}\n  new: {name: Ann Example}\n"
    story = "past:\n  - 2020-01-01: {push: {by: old}}\nthen:\n  - 2024-05-01: {push: {by: new, author: old}}\n"
    assert findings("name-borrowed", people + story) == []


def test_what_a_person_pushes_as_an_apps_own_work_is_told_about_who_pushed() -> None:
    """The app's true address is free to write, too; that it committed the work itself gives it away."""
    found = finding("name-borrowed", PAST % "push: {by: bob, author: deps, committer: deps}")
    assert found.title == "@bob pushed a commit that says @dependabot[bot] made and committed it"
    assert (found.subject.person.login, found.severity) == ("bob", Severity.MEDIUM)
    assert findings("name-borrowed", PAST % "push: {by: deps, author: deps, committer: deps}") == []
    assert findings("name-borrowed", PAST % "merge_push: {by: bob, author: deps, committer: deps, pull: 3}") == []
