"""Two files, one policy: what a repository may change, and what a change takes away."""

# ruff: noqa: E501  # policies on one line read best
from __future__ import annotations

import datetime as dt

import pytest

from github_app.model import Severity
from github_app.policy import Place, Policy, PolicyFile, floor_problems, merge, parse, severity_of, weakenings, without_quiet


def organisation(text: str) -> PolicyFile:
    """Read an organisation's file."""
    return _read(text, Place.ORGANISATION)


def repository(text: str) -> PolicyFile:
    """Read a repository's file."""
    return _read(text, Place.REPOSITORY)


def _read(text: str, where: Place) -> PolicyFile:
    parsed = parse(text, where=where, today=dt.date(2026, 1, 1))
    assert parsed.file is not None, parsed.problems
    return parsed.file


def both(org: str, repo: str) -> Policy:
    """Return the policy of two files."""
    return merge(organisation(org), repository(repo))


@pytest.mark.parametrize(
    ("floor", "org", "repo", "own", "wanted"),
    [
        ("", "", "", "medium", "medium"),
        ("", "", "x: off", "medium", None),
        ("", "x: off", "x: on", "medium", "medium"),
        ("", "x: high", "x: low", "medium", "low"),
        ("x: on", "", "x: off", "medium", "medium"),
        ("x: on", "", "x: low", "medium", "medium"),
        ("x: on", "", "x: critical", "medium", "critical"),
        ("x: on", "x: low", "", "medium", "low"),
        ("x: high", "", "x: off", "medium", "high"),
        ("x: high", "", "x: medium", "low", "high"),
        ("x: high", "", "x: critical", "low", "critical"),
        ("x: high", "", "", "critical", "critical"),
        ("x: high", "x: critical", "x: off", "low", "critical"),
    ],
)
def test_a_repository_makes_it_stricter_but_never_lower_than_the_floor(
    floor: str, org: str, repo: str, own: str, wanted: str | None
) -> None:
    """Above the floor a repository decides; below it the floor does."""
    policy = both(f"floors: {{detectors: {{{floor}}}}}\ndetectors: {{{org}}}", f"detectors: {{{repo}}}")
    found = severity_of(policy, "x", Severity(own))
    assert found == (None if wanted is None else Severity(wanted))


def test_what_a_floor_overrules_is_told_with_its_place() -> None:
    """Whoever writes a repository's file learns which of its lines have no effect."""
    org = organisation("floors: {detectors: {x: high, y: on}, locked: [digest]}")
    mine = repository("detectors:\n  x: medium\n  y: low\n  z: off\ndigest: {every: day}")
    assert [str(p) for p in floor_problems(org, mine)] == [
        "2:3: `medium` is below the organisation's floor for x, which is `high`: use `high` or stricter (detectors.x)",
        "5:1: the organisation keeps `digest` to itself: take it out here (digest)",
    ]
    assert floor_problems(None, mine) == ()


def test_each_value_remembers_whose_it_is() -> None:
    """The merged policy says for each key which file decided."""
    policy = both(
        "detectors: {a: high, b: low}\nfloors: {detectors: {c: on}, locked: [budget]}\nbudget: {per_hour: 9}\ndigest: {every: day}\n"
        "watch: {branches: [main-*]}\nroutes: [{channel: '#org'}]",
        "detectors: {b: high, c: off}\nbudget: {per_hour: 99}\ndigest: {at: 10:00}\nwatch: {branches: [next]}\nroutes: [{channel: '#repo'}]",
    )
    assert [policy.source(f"detectors.{d}") for d in "abcd"] == [
        "organisation",
        "repository",
        "organisation's floor",
        "default",
    ]
    assert (policy.budget.per_hour, policy.source("budget.per_hour")) == (9, "organisation")
    assert (policy.digest.every, policy.source("digest.every")) == ("day", "organisation")
    assert (policy.digest.at, policy.source("digest.at")) == (dt.time(10), "repository")
    assert policy.watch.branches == ("next", "main-*")
    assert [r.channel for r in policy.routes] == ["#repo", "#org"]
    assert policy.source("routes") == "repository + organisation"


LOSSES = [
    ("", "detectors: {x: off}", ["The detector x is switched off."]),
    ("detectors: {x: critical}", "detectors: {x: medium}", ["Findings of x are medium instead of critical."]),
    ("detectors: {x: high}", "", ["Findings of x are no longer high in every case."]),
    ("", "detectors: {x: low}", ["Findings of x are low now, so nobody is told."]),
    (
        "floors: {detectors: {x: high}, locked: [routes]}",
        "floors: {detectors: {x: medium}}",
        ["The floor for x is medium instead of high.", "Repositories can change `routes` now."],
    ),
    ("floors: {detectors: {x: on}}", "", ["The floor for x (on) is gone, so repositories can switch it off."]),
    ("", "watch: {repositories: ['*', '!a']}", ["Repositories a are left out."]),
    ("watch: {branches: [next]}", "", ["The branches next are not guarded any more."]),
    (
        "",
        "expected: [{login: bob, powers: [merger], until: 2026-05-01, reason: he helps.}]",
        ["@bob is expected to become merger until 2026-05-01: he helps."],
    ),
    (
        "expected: [{login: bob, powers: [merger], until: 2026-05-01, reason: he helps}]",
        "expected: [{login: bob, powers: [merger], until: 2026-06-01, reason: he helps}]",
        ["@bob is expected to become merger until 2026-06-01: he helps."],
    ),
    ("reviewers: [{people: [ann, ben]}]", "reviewers: [{people: [ben]}]", ["ann is not asked as before."]),
    (
        "routes: [{channel: '#a', private: true}]",
        "",
        ["No rule sends alerts to #a any more.", "Private alerts have no channel of their own any more."],
    ),
    ("", "retention: {bodies_days: 1}", ["Deliveries are forgotten after a day."]),
    ("", "quiet_hours: {time_zone: UTC, from: 20:00, to: 8:00}", ["Messages wait from 20:00 to 08:00."]),
]


@pytest.mark.parametrize(("before", "after", "sentences"), LOSSES)
def test_each_loss_is_a_sentence(before: str, after: str, sentences: list[str]) -> None:
    """What a change takes away is told, a sentence for each loss."""
    assert weakenings(merge(organisation(before), None), merge(organisation(after), None)) == sentences


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "detectors: {x: critical}"),
        ("detectors: {x: off}", "detectors: {x: low}"),
        ("detectors: {x: low}", "detectors: {x: high}"),
        ("detectors: {x: low}", ""),
        ("", "floors: {detectors: {x: on}, locked: [routes]}"),
        ("floors: {detectors: {x: on}}", "floors: {detectors: {x: critical}}"),
        ("watch: {repositories: ['*', '!a']}", ""),
        ("", "watch: {branches: [next]}\nreviewers: [{people: [ann]}]\nroutes: [{channel: '#a'}]"),
        ("expected: [{login: bob, powers: [merger, releaser], until: 2026-05-01, reason: why}]", "expected: [{login: Bob, powers: [merger], until: 2026-04-01, reason: why}]"),
    ],
)  # fmt: skip
def test_what_is_stricter_is_no_loss(before: str, after: str) -> None:
    """Strengthening is quiet."""
    assert weakenings(merge(organisation(before), None), merge(organisation(after), None)) == []


def test_a_broken_file_keeps_floors_and_routes_and_drops_what_quiets() -> None:
    """Breaking the organisation's file is no way around its floors, and nothing that silences outlives it."""
    old = organisation(
        "floors: {detectors: {x: high}}\ndetectors: {y: off}\nroutes: [{channel: '#a'}]\nwatch: {repositories: [a]}\n"
        "expected: [{login: bob, powers: [merger], until: 2026-05-01, reason: why}]"
    )
    policy = merge(without_quiet(old), repository("detectors: {x: off}"))
    assert severity_of(policy, "x", Severity.LOW) is Severity.HIGH
    assert severity_of(policy, "y", Severity.LOW) is Severity.LOW
    assert [r.channel for r in policy.routes] == ["#a"]
    assert (policy.watch.repositories, policy.expected) == (("*",), ())
