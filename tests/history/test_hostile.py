"""Repositories made to break, mislead or take over whoever reads them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from github_app.fact import CommitsLanded
from github_app.identity import keys
from github_app.model import Person
from tests.history.repos import ANN, EVE, START, Builder, empty_tree, facts, git, landed, raw_commit
from workers.history import clean


def _harmless(text: str, most: int) -> bool:
    bad = {"Cc", "Cs", "Zl", "Zp"}
    return len(text) <= most and not any(unicodedata.category(c) in bad for c in text) and text.encode("utf-8") is not None


def _commit(tree: str, author: bytes, committer: bytes, message: bytes) -> bytes:
    return (
        b"tree %s\nauthor %s %d +0000\n" % (tree.encode(), author, START)
        + b"committer %s %d +0000\n\n" % (committer, START)
        + message
    )


_TEXT = st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b"").replace(b"<", b"").replace(b">", b""))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=_TEXT, email=_TEXT, message=st.binary(max_size=300))
def test_any_bytes_in_a_commit_become_harmless_text(
    tmp_path_factory: pytest.TempPathFactory, name: bytes, email: bytes, message: bytes
) -> None:
    """Whatever bytes stand in a commit, it is read, and its texts are bounded, printable and valid."""
    repo = Builder.new(tmp_path_factory.mktemp("hostile") / "r.git")
    raw = _commit(empty_tree(repo.path), name + b" <" + email + b">", ANN.encode(), message)
    sha = raw_commit(repo.path, raw)
    (fact,) = landed(repo.path)
    (commit,) = fact.commits
    assert commit.sha == sha
    assert commit.committer.name in {"Ann Able", ""}  # a NUL before it hides it from git itself
    assert _harmless(commit.author.name, clean.MOST_NAME)
    assert _harmless(commit.author.email, clean.MOST_EMAIL)
    assert " " not in commit.author.email
    assert _harmless(commit.title, clean.MOST_TITLE)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_a_cleaned_line_is_stable_and_bounded(text: str) -> None:
    """Cleaning never makes text longer, leaves nothing dangerous, and changes nothing the second time."""
    once = clean.line(text, 50)
    assert _harmless(once, 50)
    assert clean.line(once, 50) == once


def test_a_megabyte_of_author_is_cut(tmp_path: Path) -> None:
    """A line of a million bytes costs no more than its beginning, and the commits around it are read."""
    repo = Builder.new(tmp_path / "r.git")
    tree = empty_tree(repo.path)
    huge = b"A" * 1_000_000
    sha = raw_commit(repo.path, _commit(tree, huge + b" <e" + huge + b"@x.org>", EVE.encode(), b"big\n"))
    repo.commit(ANN, "after", parents=[sha])
    first, second = landed(repo.build())
    author = first.commits[0].author
    assert (len(author.name), len(author.email)) == (clean.MOST_NAME, clean.MOST_EMAIL)
    assert first.actor == Person(name="Eve Early", email="eve@example.org")
    assert second.commits[0].title == "after"


def test_names_cannot_drive_a_terminal_or_hide_text(tmp_path: Path) -> None:
    """Escapes, carriage returns and direction marks are gone; what is left reads as written."""
    repo = Builder.new(tmp_path / "r.git")
    name = "Lasse\x1b[2J\rCollin\u202e\u200b\x07".encode()
    raw_commit(repo.path, _commit(empty_tree(repo.path), name + b" <a@x.org>", name + b" <a@x.org>", b"t\x1b]0;x\x07\n"))
    (fact,) = landed(repo.path)
    assert fact.actor is not None
    assert fact.actor.name == "Lasse [2J Collin"
    assert fact.commits[0].title == "t ]0;x"


def test_paths_with_odd_characters_stay_whole(tmp_path: Path) -> None:
    """A path with newlines, quotes and colons is one path, and what follows it is not mistaken for another commit."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "odd", files={'"\\n:100644 x\\001y.c"': "1", "z.c": "2"})
    repo.commit(ANN, "next", files={".github/workflows/ci.yml": "on: push"})
    (push,) = landed(repo.build())
    assert [c.title for c in push.commits] == ["odd", "next"]
    assert {p.path for p in push.commits[0].paths} == {" :100644 x y.c", "z.c"}
    assert [p.path for p in push.commits[1].paths] == [".github/workflows/ci.yml"]


def test_a_thousand_people_with_no_name_are_nobody(tmp_path: Path) -> None:
    """A committer without name and address holds no power: there is nothing to know them by again."""
    repo = Builder.new(tmp_path / "r.git")
    raw_commit(repo.path, _commit(empty_tree(repo.path), b" <>", b" <>", b"x\n"))
    (fact,) = landed(repo.path)
    assert fact.actor is None
    assert keys(fact.commits[0].author) == ()


def test_a_repository_cannot_run_anything(tmp_path: Path) -> None:
    """Hooks, pagers, filters, monitors and helpers that a repository configures are never started."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "base")
    repo.tag("v1", ":1", tagger=ANN, message="x")
    path = repo.build()
    trap, mark = tmp_path / "trap.sh", tmp_path / "ran"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    trap.chmod(0o755)
    for setting in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "gpg.program", "diff.external",
        "core.gitProxy", "core.alternateRefsCommand", "pager.log", "credential.helper", "gpg.ssh.program",
    ):  # fmt: skip
        git(path, "config", setting, str(trap))
    git(path, "config", "log.showSignature", "true")
    git(path, "config", "core.hooksPath", str(tmp_path))
    git(path, "config", "remote.origin.url", f"ext::{trap}")
    git(path, "config", "remote.origin.promisor", "true")
    git(path, "config", "core.repositoryFormatVersion", "1")
    git(path, "config", "extensions.partialClone", "origin")
    missing = "0123456789012345678901234567890123456789"
    (path / "refs/tags/gone").write_text(missing + "\n", encoding="ascii")
    told = facts(path)
    assert [getattr(x, "name", type(x).__name__) for x in told] == ["CommitsLanded", "gone", "v1"]
    assert not mark.exists()


def test_replace_refs_and_grafts_do_not_rewrite_the_past(tmp_path: Path) -> None:
    """What git would show instead of the real objects is ignored."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(EVE, "the real one")
    path = repo.build()
    real = git(path, "rev-parse", "main")
    fake = raw_commit(path, git_show(path, real).replace(b"Eve Early", b"Ann Able!"), "refs/heads/fake")
    git(path, "update-ref", f"refs/replace/{real}", fake)
    (fact,) = landed(path)
    assert fact.actor is not None
    assert fact.actor.name == "Eve Early"


def git_show(path: Path, sha: str) -> bytes:
    """Return the bytes of a commit."""
    return git(path, "cat-file", "commit", sha).encode() + b"\n"


def test_the_environment_of_this_process_stays_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that point git elsewhere or make it run things do not reach it."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "base")
    path = repo.build()
    for name, value in (
        ("GIT_DIR", "/nonexistent"),
        ("GIT_EXTERNAL_DIFF", "false"),
        ("GIT_OBJECT_DIRECTORY", "/nonexistent"),
    ):
        monkeypatch.setenv(name, value)
    assert isinstance(facts(path)[0], CommitsLanded)
    assert os.environ["GIT_DIR"] == "/nonexistent"
