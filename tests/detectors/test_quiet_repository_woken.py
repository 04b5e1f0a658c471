"""quiet-repository-woken: strangers' work in a project that slept."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

SLEPT = "past: [2023-01-01: {push: {by: alice}}]\nthen:\n  - 2024-05-01: {%s}\n"


def test_says_how_long_and_what_is_touched() -> None:
    """The reader learns what to read first."""
    found = finding(
        "quiet-repository-woken", SLEPT % "push: {by: alice, author: eve, paths: [a.js, package.json, D yarn.lock]}"
    )
    assert found.title == "After 486 days of quiet, work by @eve landed that touches package.json"
    assert "It was let in by @alice." in found.why
    assert "Of the 3 files it changes, 2 can" in found.why
    assert [e.value for e in found.evidence if e.kind == "path"] == ["package.json", "yarn.lock"]
    assert found.severity is Severity.MEDIUM


def test_an_own_hand_is_worse() -> None:
    """Nobody let it in who knew the project."""
    assert finding("quiet-repository-woken", SLEPT % "push: {by: eve, paths: [go.mod]}").severity is Severity.HIGH


def test_who_merges_counts_not_who_wrote_it_last() -> None:
    """A confirmed pull request is where the alert is shown."""
    found = finding("quiet-repository-woken", SLEPT % "merge_push: {by: alice, author: eve, paths: [go.mod], pull: 3}")
    assert found.pull == 3


def test_three_months_are_quiet_and_less_is_not() -> None:
    """Small projects pause; they do not sleep at once."""
    story = "past: [2023-01-01: {push: {by: alice}}]\nthen: [2023-%s: {push: {by: alice, author: eve, paths: [go.mod]}}]"
    assert findings("quiet-repository-woken", story % "03-31") == []
    assert findings("quiet-repository-woken", story % "04-01") != []


def test_other_branches_do_not_wake() -> None:
    """What is pushed elsewhere reaches nobody yet."""
    assert findings("quiet-repository-woken", SLEPT % "push: {by: eve, to: try, paths: [go.mod]}") == []


def test_apps_are_no_strangers() -> None:
    """An app that keeps dependencies up to date is known for what it is."""
    people = "people:\n  deps: {login: 'deps[bot]', bot: true}\n"
    assert findings("quiet-repository-woken", people + SLEPT % "push: {by: alice, author: deps, paths: [go.mod]}") == []
