"""noted: what disturbs nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from github_app.fact import TagCreated
from github_app.ledger import Ledger
from github_app.model import Severity, Source
from tests import stories
from tests.detectors.telling import finding, findings, fingerprints
from workers.detectors import Change, noted


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("tag: {by: bob, name: v1.0}", "The tag v1.0 was made"),
        ("access: {of: bob, from: write, to: none}", "@bob was removed from acme/widget"),
        ("access: {of: bob, to: read}", "@bob has the role read in acme/widget"),
        ("deploy_key: {by: bob, title: ci, removed: true}", "The deploy key “ci” was removed"),
        ("installation: {action: created}", "This app was installed in acme"),
        ("guard: {guard: ruleset, action: created, after: {a: 1}}", "The ruleset main was set up"),
        ("inventory: {thing: team, name: core}", "The team core was made"),
        ("inventory: {thing: secret, name: KEY, action: changed, before: {set: 2023-01-01T00}, after: {set: 2024-05-01T00}}",
         "The secret KEY has another value"),
        ("inventory: {thing: team-member, name: core, of: bob, action: removed}", "@bob left the team core"),
        ("inventory: {thing: blocked-user, of: mallory}", "@mallory was blocked"),
        ("pull_touch: {pull: 3, author: bob, action: reviewer_removed, from: core}",
         "The team core need not review pull request 3 any more"),
        ("happened: {what: issue-transferred, name: A, detail: acme/other}", "The issue A was moved to acme/other"),
    ],
)  # fmt: skip
def test_each_is_a_sentence(step: str, sentence: str) -> None:
    """Short, and below what people are told."""
    found = finding("noted", f"then: [2024-05-01: {{{step}}}]")
    assert found.title == sentence
    assert not found.severity.at_least(Severity.MEDIUM)


def test_one_record_a_day() -> None:
    """A project that is forked all day has one record of it."""
    forks = ", ".join(f"2024-05-0{day}: {{happened: {{by: bob, what: forked, name: acme/widget}}}}" for day in (1, 1, 2))
    assert len(set(fingerprints("noted", f"then: [{forks}]"))) == 2


def test_power_is_told_elsewhere() -> None:
    """What moves power has a detector of its own."""
    for step in (
        "access: {of: bob, to: admin}",
        "guard: {guard: ruleset, before: {a: 1}, after: {a: 2}}",
        "push: {by: bob}",
    ):
        assert findings("noted", f"then: [2024-05-01: {{{step}}}]") == []


def test_what_git_remembers_is_not_recorded_again() -> None:
    """A backtest over twenty years of tags is not a record of our own."""
    (step,) = stories.read("then: [2024-05-01: {tag: {by: bob, name: v1.0}}]").then
    assert isinstance(step, TagCreated)
    assert list(noted.detect(Change(fact=replace(step, source=Source.GIT), ledger=Ledger()))) == []


def test_a_value_that_was_never_dated_is_no_other_one() -> None:
    """What an earlier release remembered has no date yet."""
    step = (
        "inventory: {thing: secret, name: KEY, action: changed, before: {for: all}, after: {for: all, set: 2024-05-01T00}}"
    )
    assert findings("noted", f"then: [2024-05-01: {{{step}}}]") == []
