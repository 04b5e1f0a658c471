"""build-touched: who changes what builds."""

from __future__ import annotations

import pytest

from github_app.fact import Commit, PathChange
from github_app.model import Person, Severity
from tests.detectors.telling import finding, findings, fingerprints
from workers.detectors import _paths

PAST = """
past:
  - 2020-01-01: {push: {by: alice}}
  - 2024-04-01: {push: {by: bob}}
then:
  - 2024-05-01: {%s}
"""


def test_says_since_when_they_land_and_that_nobody_looked() -> None:
    """The reader learns the join: promoted, then the build."""
    found = finding("build-touched", PAST % "push: {by: bob, paths: [src/a.c, m4/host.m4, configure.ac]}")
    assert found.title == "@bob changed m4/host.m4 and 1 more, which decides what is built, tested or released"
    assert "They have landed work here since 2024-04-01, and nobody else let this in." in found.why
    assert found.severity is Severity.MEDIUM


def test_comes_once_for_a_promoted_person() -> None:
    """Whoever looks after the build is told of once."""
    story = PAST % "push: {by: bob, paths: [configure.ac]}" + "  - 2024-06-01: {push: {by: bob, paths: [Makefile.am]}}\n"
    assert len(set(fingerprints("build-touched", story))) == 1


def test_their_first_landing_is_told_by_others() -> None:
    """One landing is told once."""
    assert findings("build-touched", PAST % "push: {by: eve, paths: [configure.ac]}") == []


def test_a_newcomer_lets_a_stranger_in() -> None:
    """It is about the one who used a power; who wrote it is named. Once: the next stranger is no news."""
    story = PAST % "push: {by: bob, author: mallory, paths: [.github/workflows/release.yml]}"
    found = finding("build-touched", story)
    assert found.title == "@bob let in the first work of @mallory here, which changes .github/workflows/release.yml"
    assert found.subject.person.login == "bob"
    assert "They have landed work here since 2024-04-01; nothing @mallory did here before is known." in found.why
    again = story + "  - 2024-06-01: {push: {by: bob, author: carol, paths: [tox.ini]}}\n"
    assert len(set(fingerprints("build-touched", again))) == 1


@pytest.mark.parametrize(
    "act",
    [
        "{by: bob, paths: [tests/Makefile.am, src/make.c]}",
        "{by: bob, to: try, paths: [configure.ac]}",
        "{by: alice, paths: [configure.ac]}",
        "{by: bob, author: alice, paths: [configure.ac]}",
        "{by: bob, paths: [.github/workflows/ci.yml]}",
    ],
    ids=["among tests", "other branch", "old hand", "an old hand's work", "told by new-workflow-editor"],
)
def test_the_rest_is_quiet(act: str) -> None:
    """Only what builds, by somebody promoted, of their own."""
    assert findings("build-touched", PAST % f"push: {act}") == []


BUILD = "configure.ac m4/build-to-host.m4 src/Makefile.am a/CMakeLists.txt setup.py build.rs mvnw docker/Dockerfile.arm64"
RELEASE = "scripts/release.sh tools/publish-npm.mjs .goreleaser.yml action.yml debian/rules"
NEITHER = "makefile.c docs/release.md src/builder.rs published.py docs/build.md"


@pytest.mark.parametrize(("names", "kind"), [(BUILD, {"BUILD"}), (RELEASE, {"RELEASE"}), (NEITHER, set())])
def test_which_files_build_and_release(names: str, kind: set[str]) -> None:
    """Files are told by their tool's name, and sources with similar names are not taken for them."""
    for path in names.split():
        assert {name for name in ("BUILD", "RELEASE") if getattr(_paths, name).fullmatch(path)} == kind, path


def test_the_short_cut_finds_the_same_kinds() -> None:
    """Asking about all kinds at once misses none of them."""
    for path in (
        *BUILD.split(),
        *RELEASE.split(),
        "gradle/wrapper/x.jar",
        ".husky/pre-commit",
        "docs/SECURITY.md",
        "a/B.XZ",
    ):
        commit = Commit(sha="c", author=Person(), committer=Person(), paths=(PathChange(status="A", path=path),))
        kinds = [
            getattr(_paths, n) for n in ("INSTALL", "OPENING", "MANIFEST", "LOCK", "BUILD", "RELEASE", "OPAQUE", "GUARD")
        ]
        for kind in kinds:
            assert bool(_paths.touched(commit, kind)) is bool(kind.fullmatch(path)), path
