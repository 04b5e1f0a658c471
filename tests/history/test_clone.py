"""Clones without contents, with a token nobody else gets to see."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.history.repos import ANN, BOB, Builder, git, landed
from tests.history.server import GitServer, serving
from workers.history import clone

TOKEN = "ghs_SecretTokenOfThisTest"


@pytest.fixture
def repo(tmp_path: Path) -> Builder:
    """Return a repository on the server with two commits and a tag."""
    builder = Builder.new(tmp_path / "server.git")
    builder.commit(ANN, "one", files={"a.txt": "contents nobody asks for"})
    builder.commit(BOB, "two")
    builder.tag("v1", ":2", tagger=BOB, message="x")
    builder.build()
    return builder


@pytest.fixture
def server(repo: Builder) -> Iterator[GitServer]:
    """Return a running server of the repository."""
    with serving(repo.path) as state:
        yield state


def _origin(server: GitServer) -> clone.Origin:
    return clone.Origin(url=server.url, name="acme/widget", user="x-access-token", secret=TOKEN)


def _blobs(path: Path) -> int:
    return git(path, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split().count("blob")


def test_a_clone_has_history_and_no_contents(server: GitServer, tmp_path: Path) -> None:
    """Commits, trees and tags come over; contents do not; HEAD is the server's default branch."""
    target = tmp_path / "clone.git"
    clone.update(_origin(server), target)
    assert _blobs(target) == 0
    assert git(target, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(target, "tag") == "v1"
    assert [fact.actor and fact.actor.name for fact in landed(target)] == ["Ann Able", "Bob Best"]


def test_a_server_without_filters_is_cloned_all_the_same(server: GitServer, tmp_path: Path) -> None:
    """Contents that a server insists on sending are kept and not needed."""
    server.filters = False
    target = tmp_path / "clone.git"
    clone.update(_origin(server), target)
    assert _blobs(target) == 2
    assert len(landed(target)) == 2


def test_a_later_call_brings_what_is_new_and_drops_what_is_gone(server: GitServer, repo: Builder, tmp_path: Path) -> None:
    """The second call fetches the new commit, follows a forced push and forgets a deleted tag."""
    target = tmp_path / "clone.git"
    clone.update(_origin(server), target, branch="main")
    git(repo.path, "update-ref", "-d", "refs/tags/v1")
    repo.commit(ANN, "rewritten", parents=[git(repo.path, "rev-parse", "main~1")])
    repo.build()
    clone.update(_origin(server), target, branch="main")
    assert [fact.commits[-1].title for fact in landed(target)] == ["one", "rewritten"]
    assert git(target, "tag") == ""


@pytest.mark.parametrize("damage", ["lock", "temporary", "config", "objects", "not a repository"])
def test_what_a_killed_fetch_left_does_not_matter(server: GitServer, tmp_path: Path, damage: str) -> None:
    """After a kill at any point the next call goes on, or starts afresh."""
    target = tmp_path / "clone.git"
    clone.update(_origin(server), target)
    if damage == "lock":
        for name in ("config.lock", "packed-refs.lock", "HEAD.lock"):
            (target / name).touch()
    elif damage == "temporary":
        (target / "objects/pack/tmp_pack_x1").write_bytes(b"half")
    elif damage == "config":
        (target / "config").write_text("[core", encoding="ascii")
    elif damage == "objects":
        shutil.rmtree(target / "objects")
    else:
        shutil.rmtree(target)
        target.mkdir()
    clone.update(_origin(server), target)
    assert len(landed(target)) == 2
    assert not list(target.glob("objects/pack/tmp_*"))


def test_the_token_goes_to_the_server_and_nowhere_else(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No process of the fetch has the token in its arguments, and no file of the clone holds it."""
    real = shutil.which("git")
    assert real
    programs, record = tmp_path / "bin", tmp_path / "arguments"
    programs.mkdir()
    wrapper = (
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> {record}\ntr "\\0" " " < /proc/$PPID/cmdline >> {record}\nexec {real} "$@"\n'
    )
    (programs / "git").write_text(wrapper, encoding="ascii")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    spoken: list[str] = []
    clone.update(_origin(server), tmp_path / "clone.git", progress=spoken.append)
    basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
    assert f"Basic {basic}" in server.authorizations
    arguments = record.read_text(encoding="utf-8", errors="replace")
    assert "fetch" in arguments
    everything = arguments + " ".join(spoken) + caplog.text
    for path in (tmp_path / "clone.git").rglob("*"):
        everything += path.read_bytes().decode("latin-1") if path.is_file() else ""
    assert TOKEN not in everything
    assert basic not in everything
    assert TOKEN not in repr(_origin(server))


def test_credentials_in_a_typed_url_are_taken_out(server: GitServer, tmp_path: Path) -> None:
    """A URL with a password works, and neither the clone's configuration nor its name keeps the password."""
    origin = clone.Origin.parse(server.url.replace("//", "//me:pa%20ss@"))
    clone.update(origin, tmp_path / "clone.git")
    assert server.authorizations[-1] == "Basic " + base64.b64encode(b"me:pa ss").decode()
    assert git(tmp_path / "clone.git", "config", "remote.origin.url") == server.url
    assert "pa" not in origin.name.replace("path", "")


@pytest.mark.parametrize(("status", "kind"), [
    (404, clone.CloneRefusedError), (403, clone.CloneRefusedError), (401, clone.CloneRefusedError),
    (500, clone.CloneUnavailableError), (503, clone.CloneUnavailableError), (429, clone.CloneUnavailableError),
])  # fmt: skip
def test_errors_are_for_good_or_for_now(server: GitServer, tmp_path: Path, status: int, kind: type[Exception]) -> None:
    """What no later attempt can change is refused; the rest may be tried again. The sentence holds no secret."""
    server.status = status
    with pytest.raises(kind) as raised:
        clone.update(_origin(server), tmp_path / "clone.git")
    assert "acme/widget" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert TOKEN not in str(raised.value)


def test_a_server_that_is_away_is_tried_again_later(tmp_path: Path, server: GitServer) -> None:
    """A refused connection may pass."""
    away = clone.Origin(url="http://127.0.0.1:9/acme/widget.git", name="acme/widget")
    with pytest.raises(clone.CloneUnavailableError):
        clone.update(away, tmp_path / "clone.git")


def test_two_processes_do_not_fetch_the_same_clone(server: GitServer, tmp_path: Path) -> None:
    """Whoever comes second is told to come back."""
    target = tmp_path / "clone.git"
    with clone.alone(target), pytest.raises(clone.CloneUnavailableError, match="another process"):
        clone.update(_origin(server), target)
    clone.update(_origin(server), target)


@pytest.mark.parametrize("url", ["ext::sh -c touch% /tmp/x", "-u x@y:z", "--upload-pack=x://y", "fd::3", "javascript://x\n"])
def test_urls_that_run_things_are_refused(url: str, tmp_path: Path) -> None:
    """Only protocols that fetch are spoken."""
    with pytest.raises(clone.CloneRefusedError):
        clone.update(clone.Origin.parse(url), tmp_path / "clone.git")


def test_a_git_that_outlives_its_worker_keeps_the_clone(tmp_path: Path) -> None:
    """A killed worker leaves its git running; until that ends nobody touches the clone under its feet."""
    target = tmp_path / "clone.git"
    with clone.alone(target) as lock:
        left = subprocess.Popen(["sleep", "60"], pass_fds=(lock,))  # noqa: S607
    try:
        with pytest.raises(clone.CloneUnavailableError, match="another process"), clone.alone(target):
            pass
    finally:
        left.kill()
        left.wait()
    with clone.alone(target):
        pass
