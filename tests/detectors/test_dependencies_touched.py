"""dependencies-touched: what a stranger's first work pulls in."""

from __future__ import annotations

import pytest

from tests.detectors.telling import finding, findings

PAST = """
people:
  old: {name: Alice Archer, id: null, login: '', email: a@example.org}
  new: {name: Alice Archer, id: null, login: '', email: b@example.org}
past:
  - 2020-01-01: {push: {by: alice}}
  - 2020-01-02: {push: {by: old}}
  - 2024-04-01: {push: {by: bob}}
then:
  - 2024-05-01: {%s}
"""


def test_names_pins_first_and_who_let_them_in() -> None:
    """The reader learns what to read and whom to ask."""
    found = finding("dependencies-touched", PAST % "push: {by: alice, author: eve, paths: [package.json, yarn.lock]}")
    assert found.title == "The first work of @eve here touches yarn.lock"
    assert found.why.endswith("Nothing they did here before is known. @alice let it in.")
    assert [e.value for e in found.evidence if e.kind == "path"] == ["package.json", "yarn.lock"]


def test_a_submodule_is_a_pin() -> None:
    """It names other code by address."""
    assert findings("dependencies-touched", PAST % "push: {by: alice, author: eve, paths: [A .gitmodules]}") != []


def test_a_manifest_alone_is_quiet() -> None:
    """It can be read, and strangers change them all the time."""
    assert findings("dependencies-touched", PAST % "push: {by: alice, author: eve, paths: [go.mod]}") == []
    assert findings("dependencies-touched", PAST % "push: {by: bob, author: eve, paths: [go.mod]}") == []


def test_a_manifest_among_many_files_is_told() -> None:
    """Fourteen files beside it hide one line well; thirteen are read."""
    paths = [f"src/{i}.ts" for i in range(14)]
    found = finding("dependencies-touched", PAST % f"push: {{by: alice, author: eve, paths: {[*paths, 'package.json']}}}")
    assert found.title == "The first work of @eve here touches package.json"
    assert "came with 14 other files: one line among many." in found.why
    assert (
        findings("dependencies-touched", PAST % f"push: {{by: alice, author: eve, paths: {[*paths[1:], 'package.json']}}}")
        == []
    )


@pytest.mark.parametrize(
    "push",
    [
        "{by: alice, author: eve, paths: [tests/fixtures/yarn.lock]}",
        "{by: alice, author: eve, paths: [D yarn.lock]}",
        "{by: alice, author: new, paths: [yarn.lock]}",
        "{by: alice, author: eve, to: try, paths: [yarn.lock]}",
        "{by: alice, author: eve, paths: [src/lock.c]}",
    ],
    ids=["among tests", "deleted", "known name", "other branch", "other file"],
)
def test_the_rest_is_quiet(push: str) -> None:
    """Only pins of the project itself, by somebody whose very name is new."""
    assert findings("dependencies-touched", PAST % f"push: {push}") == []
