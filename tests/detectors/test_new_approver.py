"""new-approver: whose approval is new."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

PAST = """
people: {ci: {login: 'ci[bot]', bot: true}}
past:
  - 2022-01-01: {push: {by: alice}}
  - 2023-01-01: {review: {by: alice, author: carol, pull: 1}}
  - 2024-04-24: {access: {by: alice, of: bob, to: write}}
then:
  - 2024-05-01: {%s}
"""


def test_says_who_lets_whose_work_in() -> None:
    """The reader learns since when both are here."""
    found = finding("new-approver", PAST % "review: {by: bob, author: mallory, pull: 9}")
    assert found.title == "@bob approved a pull request for the first time"
    assert "Where 1 other has approved, theirs can now let work in." in found.why
    assert "Its author, @mallory, has not landed work here themselves." in found.why
    assert (found.severity, found.pull) == (Severity.MEDIUM, 9)


@pytest.mark.parametrize(
    ("review", "severity"),
    [
        ("{by: bob, author: alice, pull: 9}", Severity.LOW),
        ("{by: eve, author: mallory, pull: 9}", Severity.LOW),
        ("{by: ci, author: mallory, pull: 9}", Severity.MEDIUM),
    ],
    ids=["an old hand's work", "without rights", "an app"],
)
def test_what_lets_nobody_new_in_is_for_the_record(review: str, severity: Severity) -> None:
    """Only two newcomers together are worth an alert; an app's rights are not known, so it counts."""
    assert finding("new-approver", PAST % f"review: {review}").severity is severity


def test_the_second_is_routine_and_one_s_own_is_none() -> None:
    """One approval makes an approver; one's own work cannot be approved."""
    again = (
        PAST % "review: {by: bob, author: mallory, pull: 9}"
        + "  - 2024-05-02: {review: {by: bob, author: mallory, pull: 10}}\n"
    )
    assert findings("new-approver", again) == []
    assert findings("new-approver", PAST % "review: {by: bob, author: bob, pull: 9}") == []
