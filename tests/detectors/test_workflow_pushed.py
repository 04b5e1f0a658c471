"""workflow-pushed: workflows that nobody saw before they ran."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

PAST = """
past:
  - 2020-01-01: {push: {by: alice, paths: [.github/workflows/ci.yml]}}
  - 2023-05-01: {merge_push: {by: bob, pull: 7, paths: [.github/workflows/ci.yml]}}
  - 2024-04-01: {merge_push: {by: bob, pull: 8}}
then:
  - %s: {%s}
"""
NEW = "paths: [A .github/workflows/x.yml]"


def test_says_how_it_came_and_how_long_they_were_away() -> None:
    """The reader learns what is unlike before."""
    found = finding("workflow-pushed", PAST % ("2024-12-01", f"push: {{by: bob, {NEW}}}"))
    assert found.title == "@bob pushed the new workflow x.yml straight to the branch"
    assert "They had only merged before; what they landed last came on 2024-04-01, 244 days earlier." in found.why
    assert found.severity is Severity.HIGH


def test_one_oddity_is_less_than_two() -> None:
    """Having only merged, or having been away, each happens to honest people."""
    assert finding("workflow-pushed", PAST % ("2024-05-01", f"push: {{by: bob, {NEW}}}")).severity is Severity.MEDIUM
    assert finding("workflow-pushed", PAST % ("2024-05-01", f"web_edit: {{by: alice, {NEW}}}")).severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "act",
    [
        f"merge_push: {{by: bob, pull: 9, {NEW}}}",
        "push: {by: bob, paths: [.github/workflows/ci.yml]}",
        "push: {by: bob, paths: [D .github/workflows/ci.yml]}",
        f"push: {{by: eve, {NEW}}}",
        f"push: {{by: bob, to: try, {NEW}}}",
    ],
    ids=["through a pull request", "changed", "deleted", "newcomer", "other branch"],
)
def test_the_usual_is_quiet(act: str) -> None:
    """Only a new workflow past review, by somebody known."""
    assert findings("workflow-pushed", PAST % ("2024-12-01", act)) == []


def test_every_push_after_a_landing_is_routine() -> None:
    """Once they push, they push."""
    story = (
        PAST % ("2024-12-01", f"push: {{by: bob, {NEW}}}")
        + "  - 2024-12-02: {push: {by: bob, paths: [A .github/workflows/y.yml]}}\n"
    )
    assert findings("workflow-pushed", story) == []


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        ("[A .github/workflows/x.yml]", True),
        ("[A .github/workflows/x.yml, README.md]", False),
        ("[A .github/workflows/x.yml, D .github/workflows/old.yml]", False),
    ],
    ids=["alone", "with work", "in place of another"],
)
def test_a_workflow_and_nothing_else_is_told_of_everybody(paths: str, told: bool) -> None:
    """Also of who pushes every week, since that is all a stolen token is used for."""
    story = """
    past:
      - 2020-01-01: {push: {by: alice, paths: [.github/workflows/ci.yml]}}
      - 2024-11-20: {push: {by: alice}}
    then:
      - 2024-12-01: {push: {by: alice, paths: %s}}
    """
    found = findings("workflow-pushed", story % paths)
    assert bool(found) is told
    assert all("Nothing else came with it." in f.why and f.severity is Severity.MEDIUM for f in found)
