"""guard-removed: what was in the way is gone."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

PAST = "past:\n  - 2020-01-01: {push: {by: alice}}\n  - 2024-04-01: {push: {by: eve}}\nthen:\n  - 2024-05-01: {push: {%s}}\n"


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        (".github/CODEOWNERS", "It said whose review a change needs."),
        ("SECURITY.md", "It said how to report a weakness."),
        (".github/workflows/codeql-analysis.yml", "It looked for weaknesses by itself."),
        (".clusterfuzzlite/build.sh", "It looked for weaknesses by itself."),
        (
            "Cargo.lock",
            "It pinned the code that is pulled in; without it the next build takes whatever is published by then.",
        ),
    ],
)
def test_says_what_the_guard_was_good_for(path: str, meaning: str) -> None:
    """The reader learns what is missing now."""
    found = finding("guard-removed", PAST % f"by: eve, paths: [D {path}]")
    assert found.title == f"@eve removed {path}, with nothing in its place"
    assert meaning in found.why
    assert found.severity is Severity.MEDIUM


def test_somebody_of_long_standing_who_let_it_in_makes_it_less() -> None:
    """They knew what they took away."""
    found = finding("guard-removed", PAST % "by: alice, author: eve, paths: [D CODEOWNERS]")
    assert found.severity is Severity.LOW
    assert found.why.endswith("@alice let it in.")


@pytest.mark.parametrize(
    "act",
    [
        "by: alice, paths: [D CODEOWNERS]",
        "by: eve, paths: [CODEOWNERS, A SECURITY.md]",
        "by: eve, paths: [D CODEOWNERS, A .github/CODEOWNERS]",
        "by: eve, paths: [D yarn.lock, A pnpm-lock.yaml]",
        "by: eve, paths: [D examples/demo/yarn.lock]",
        "by: eve, paths: [D src/security/__init__.py]",
        "by: eve, to: try, paths: [D CODEOWNERS]",
    ],
    ids=["old hand", "changed", "moved", "exchanged", "an example's", "sounds alike", "other branch"],
)
def test_other_changes_are_quiet(act: str) -> None:
    """A guard that has a successor still guards."""
    assert findings("guard-removed", PAST % act) == []
