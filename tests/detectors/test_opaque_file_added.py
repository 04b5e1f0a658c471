"""opaque-file-added: what nobody can read in a review."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

PAST = """
past:
  - 2010-01-01: {push: {by: alice}}
  - 2010-02-01: {tag: {by: alice, name: v1}}
  - 2022-12-30: {push: {by: bob}}
  - 2023-03-18: {tag: {by: bob, name: v2}}
  - 2023-04-01: {push: {by: carol}}
then:
  - %s: {push: {%s}}
"""


def test_says_how_it_fits_together() -> None:
    """The join is the alert: promoted, releases, opaque, and nobody else looked."""
    found = finding("opaque-file-added", PAST % ("2024-02-23", "by: bob, paths: [A tests/a.xz, tests/b.lzma, tests/c.py]"))
    assert found.title == "@bob landed tests/a.xz and 1 more, which nobody can read in a review"
    assert "2 of 2 lie among tests and examples." in found.why
    assert "They have landed work since 2022-12-30 and make releases. Nobody else let this in." in found.why
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    "act",
    [
        "by: alice, paths: [A tests/a.xz]",
        "by: carol, paths: [A tests/a.xz]",
        "by: alice, author: bob, paths: [A tests/a.xz]",
        "by: bob, paths: [D tests/a.xz]",
        "by: bob, paths: [A tests/a.xz.md]",
        "by: bob, to: try, paths: [A tests/a.xz]",
    ],
    ids=["old hand", "does not release", "somebody else let it in", "deleted", "readable", "other branch"],
)
def test_a_part_of_the_pattern_is_quiet(act: str) -> None:
    """Each part alone is what healthy projects do every week."""
    assert findings("opaque-file-added", PAST % ("2024-02-23", act)) == []


def test_after_two_years_nobody_is_recent() -> None:
    """Trust that has lasted is not questioned for ever."""
    assert findings("opaque-file-added", PAST % ("2025-01-01", "by: bob, paths: [A tests/a.xz]")) == []


def test_founders_were_not_promoted() -> None:
    """Whoever was there in the first year was given nothing by others."""
    past = "past:\n  - 2023-01-01: {push: {by: alice}}\n  - 2023-02-01: {tag: {by: alice, name: v1}}\n"
    assert findings("opaque-file-added", past + "then:\n  - 2024-01-01: {push: {by: alice, paths: [A tests/a.xz]}}\n") == []


@pytest.mark.parametrize("path", ["gradle/wrapper/gradle-wrapper.jar", "lib/x.so.1", "bin/tool.exe", "assets/model.BIN"])
def test_a_newcomers_program_is_told_whoever_lets_it_in(path: str) -> None:
    """A maintainer who merges it could not read it either."""
    found = finding("opaque-file-added", PAST % ("2024-02-23", f"by: alice, author: eve, paths: [A {path}]"))
    assert found.severity is Severity.MEDIUM
    assert "They came a short while ago." in found.why
