"""new-workflow-editor: people who begin to change what runs with the secrets."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

PAST = """
past:
  - 2020-01-01: {push: {by: alice, paths: [.github/workflows/ci.yml]}}
  - 2022-01-01: {push: {by: olga}}
  - 2024-03-01: {push: {by: bob}}
then:
  - 2024-05-01: {%s}
"""
CI = "paths: [src/a.py, .github/workflows/ci.yml]"


def test_says_which_and_since_when_they_land_work() -> None:
    """The reader learns what to read and how long the person has been trusted."""
    found = finding("new-workflow-editor", PAST % f"push: {{by: bob, {CI}}}")
    assert found.title == "@bob landed their own change to ci.yml for the first time"
    assert "They have landed work here since 2024-03-01." in found.why
    assert [e.value for e in found.evidence if e.kind == "path"] == [".github/workflows/ci.yml"]


@pytest.mark.parametrize(
    ("act", "severity"),
    [
        (f"push: {{by: bob, {CI}}}", Severity.MEDIUM),
        ("push: {by: bob, paths: [A .github/workflows/x.yml]}", Severity.HIGH),
        ("push: {by: eve, paths: [A .github/workflows/x.yml]}", Severity.HIGH),
        ("merge_push: {by: bob, pull: 3, paths: [A .github/workflows/x.yml]}", Severity.MEDIUM),
    ],
    ids=["changed", "added", "by a stranger", "own pull request"],
)
def test_how_it_came_and_standing_decide_how_bad_it_is(act: str, severity: Severity) -> None:
    """A new workflow that nobody could see before it ran is the worst."""
    assert finding("new-workflow-editor", PAST % act).severity is severity


def test_an_old_hand_is_quiet() -> None:
    """Whoever has landed work for a year could have reached the secrets in other ways."""
    assert findings("new-workflow-editor", PAST % "push: {by: olga, paths: [A .github/workflows/x.yml]}") == []


def test_an_expected_newcomer_is_quiet() -> None:
    """A reviewer has said that this person was meant to land work here."""
    past = "past:\n  - 2024-03-01: {push: {by: bob}}\n  - 2024-03-02: {expected: {of: bob, power: committer}}\n"
    assert findings("new-workflow-editor", past + f"then:\n  - 2024-05-01: {{push: {{by: bob, {CI}}}}}\n") == []


def test_a_known_name_on_a_new_address_is_less() -> None:
    """In git history it is most likely the same person."""
    people = "people:\n  old: {id: null, login: '', name: Ann Example, email: a@b.example}\n"
    people += "  new: {id: null, login: '', name: Ann Example, email: c@d.example}\n"
    story = "past:\n  - 2020-01-01: {push: {by: old}}\nthen:\n"
    story += "  - 2024-05-01: {push: {by: new, paths: [A .github/workflows/x.yml]}}\n"
    assert finding("new-workflow-editor", people + story).severity is Severity.MEDIUM


def test_other_branches_and_files_are_quiet() -> None:
    """Only what is on a guarded branch runs with its trust."""
    assert findings("new-workflow-editor", PAST % f"push: {{by: bob, to: try, {CI}}}") == []
    assert findings("new-workflow-editor", PAST % "push: {by: bob, paths: [docs/.github/workflows/x.yml]}") == []
