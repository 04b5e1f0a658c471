"""unreviewed-push: pushes where everything else is merged."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.detectors.telling import finding, findings


def story(act: str, *, merges: int = 30, pushed: str = "2020-01-01", begin: str = "2022-01-15") -> str:
    """Return a story of one push, so many merges 15 days apart, and one act on 2023-05-01."""
    first = dt.date.fromisoformat(begin)
    days = [first + dt.timedelta(days=15 * n) for n in range(merges)]
    past = "".join(f"  - {day}: {{merge_push: {{by: bob, author: carol, claims: 1}}}}\n" for day in days)
    return f"past:\n  - {pushed}: {{push: {{by: bob}}}}\n{past}then:\n  - 2023-05-01: {{{act}}}\n"


def test_says_what_the_custom_is() -> None:
    """The reader learns how long and how often it was kept."""
    found = finding("unreviewed-push", story("push: {by: bob}"))
    assert found.title == "@bob pushed to main without a pull request, against the custom here"
    assert "The last push came on 2020-01-01; 30 changes were merged here, the latest on 2023-03-26." in found.why


@pytest.mark.parametrize(
    "told",
    [
        story("push: {by: bob}", merges=29),
        story("push: {by: bob}", pushed="2022-05-02", begin="2022-06-01", merges=20),
        story("push: {by: bob}", begin="2021-09-01"),
        story("push: {by: eve}"),
        story("push: {by: bob, to: try}"),
        story("web_edit: {by: bob}"),
        story("merge_push: {by: bob, author: carol, claims: 99}"),
    ],
    ids=["few merges", "pushed within a year", "no longer lively", "new at it", "other branch", "web edit", "merge"],
)
def test_stays_quiet_without_the_custom(told: str) -> None:
    """Each condition is needed."""
    assert findings("unreviewed-push", told) == []


def test_the_next_push_is_no_news() -> None:
    """After one push the custom is gone for a year."""
    assert findings("unreviewed-push", story("push: {by: bob}") + "  - 2023-05-03: {push: {by: bob}}\n") == []
