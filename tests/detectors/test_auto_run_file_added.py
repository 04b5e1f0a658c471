"""auto-run-file-added: files that nobody has to call."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

OLD = "past: [2020-01-01: {push: {by: alice}}]\nthen:\n  - 2024-05-01: {%s}\n"
HOOKS = [
    "_postinstall.js",
    "scripts/preinstall.sh",
    "native/binding.gyp",
    "lib/sitecustomize.py",
    "x.pth",
    "post-install.mjs",
]
OPENING = [
    ".vscode/tasks.json",
    ".envrc",
    ".husky/pre-commit",
    ".devcontainer/Dockerfile",
    ".claude/settings.json",
    "a/.npmrc",
]


@pytest.mark.parametrize("path", HOOKS)
def test_install_hooks_are_told_whoever_adds_them(path: str) -> None:
    """They run at everybody's place."""
    found = finding("auto-run-file-added", OLD % f"push: {{by: alice, paths: [A {path}]}}")
    assert found.title.startswith(f"@alice added {path}, which by its name runs when somebody installs")
    assert found.severity is Severity.MEDIUM


@pytest.mark.parametrize("path", OPENING)
def test_what_runs_on_opening_is_told_of_newcomers(path: str) -> None:
    """They run at the place of whoever works here."""
    assert findings("auto-run-file-added", OLD % f"push: {{by: alice, paths: [A {path}]}}") == []
    assert finding("auto-run-file-added", OLD % f"push: {{by: eve, paths: [A {path}]}}").severity is Severity.MEDIUM


def test_standing_and_review_decide_how_bad_it_is() -> None:
    """A newcomer's hook is worse, and one that an old hand let in less."""
    hook = "push: {by: %s, author: eve, paths: [A postinstall.js]}"
    assert finding("auto-run-file-added", OLD % hook % "eve").severity is Severity.HIGH
    reviewed = finding("auto-run-file-added", OLD % hook % "alice")
    assert reviewed.severity is Severity.MEDIUM
    assert reviewed.why.endswith("@alice let it in.")
    assert finding("auto-run-file-added", OLD % "push: {by: alice, author: eve, paths: [A .envrc]}").severity is Severity.LOW


@pytest.mark.parametrize(
    "path", ["postinstall.js", "D postinstall.js", "A test/postinstall.js", "A docs/postinstall-guide.md", "A installer.js"]
)
def test_other_files_are_quiet(path: str) -> None:
    """What was there, what goes, what tests use, and what only sounds alike."""
    assert findings("auto-run-file-added", OLD % f"push: {{by: eve, paths: [{path}]}}") == []


def test_an_expected_newcomer_may_set_up_the_project() -> None:
    """A reviewer has said that this person was meant to land work here."""
    past = "past:\n  - 2024-04-01: {push: {by: eve}}\n  - 2024-04-02: {expected: {of: eve, power: committer}}\n"
    then = "then:\n  - 2024-05-01: {push: {by: eve, paths: [A .envrc]}}\n"
    assert findings("auto-run-file-added", past + then) == []
