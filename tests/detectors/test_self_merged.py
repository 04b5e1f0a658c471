"""self-merged: who passes over the custom of review."""

from __future__ import annotations

import datetime as dt

from github_app.model import Severity
from tests.detectors.telling import finding, findings

START = dt.date(2024, 1, 1)


def story(end: str, *, merges: int = 20, days: int = 12, between: str = "") -> str:
    """Return a story: Alice merges Carol's work for months, then what is at the end happens on 2024-09-10."""
    lines = [
        f"  - {START + dt.timedelta(days=days * i)}: {{merge: {{by: alice, author: carol, pull: {i + 1}}}}}"
        for i in range(merges)
    ]
    return "\n".join(["past:", "  - 2020-01-01: {push: {by: bob}}", *lines, between, "then:", f"  - 2024-09-10: {{{end}}}"])


OWN = "merge: {by: bob, pull: 40}"


def test_says_what_the_custom_was() -> None:
    """The reader learns how many were looked at, since when, and that nobody is known to have looked at this one."""
    found = finding("self-merged", story(OWN))
    assert found.title == "@bob merged their own pull request #40, against the custom of review here"
    assert (
        "No approval by anybody else is known. Since 2024-01-01 somebody else merged or approved 20 pull requests"
        in found.why
    )
    assert "none without is known" in found.why
    assert (found.severity, found.pull) == (Severity.MEDIUM, 40)


def test_a_newcomer_is_worse() -> None:
    """Whoever came to land work within the year has no standing to pass it over."""
    assert finding("self-merged", story("merge: {by: eve, pull: 41}")).severity is Severity.HIGH


def test_an_approval_by_somebody_without_rights_does_not_count() -> None:
    """GitHub does not count it either; the reader is told of it."""
    between = "  - 2024-09-09: {review: {by: mallory, author: bob, pull: 40}}"
    assert "The only approval known came from @mallory" in finding("self-merged", story(OWN, between=between)).why


def test_an_approval_that_was_taken_back_does_not_count() -> None:
    """A dismissed review is none."""
    between = (
        "  - 2024-09-08: {review: {by: alice, author: bob, pull: 40}}\n"
        "  - 2024-09-09: {review: {by: alice, author: bob, pull: 40, verdict: dismissed}}"
    )
    assert findings("self-merged", story(OWN, between=between)) != []


def test_few_merges_or_few_days_are_no_custom() -> None:
    """What has not been seen for long is not called a custom, nor what has ended."""
    assert findings("self-merged", story(OWN, merges=19, days=13)) == []
    assert findings("self-merged", story(OWN, days=4, merges=21)) == []


def test_once_it_happened_it_is_no_news() -> None:
    """The second time within half a year raises nothing."""
    assert findings("self-merged", story(OWN) + "\n  - 2024-09-20: {merge: {by: bob, pull: 44}}") == []


def test_too_many_open_approvals_make_it_silent() -> None:
    """Where an approval may have been forgotten, nobody is accused of lacking one."""
    between = "\n".join(f"  - 2024-09-09: {{review: {{by: alice, author: carol, pull: {100 + i}}}}}" for i in range(32))
    assert findings("self-merged", story(OWN, between=between)) == []
