"""A push of more commits than GitHub lists: the others come from our own copy, or the fact says that they are missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from demo import facts as story
from demo.standin.github import Fault, GitHub
from github_app.fact import Commit, CommitsLanded
from github_app.model import Person, Repository, Source
from github_app.store import Watch
from tests.history.conftest import INSTALLATION
from tests.history.repos import ANN, DAY, EVE, START, Builder, git
from workers import clones
from workers.github import Unavailable
from workers.runtime import Runtime

NOW = dt.datetime.now(dt.UTC)
REPOSITORY = Repository(id=7, full_name=story.REPOSITORY, owner_id=70, default_branch="main")


@pytest.fixture
def watch(runtime: Runtime) -> Watch:
    """Return the repository as it is watched."""
    with runtime.store.begin() as connection:
        runtime.store.repositories.see(connection, REPOSITORY, INSTALLATION, NOW)
    return runtime.store.repositories.get_many([REPOSITORY.id])[REPOSITORY.id]


@pytest.fixture
def push(past: Builder) -> CommitsLanded:
    """Return a push of a merge and what it merged, of which GitHub listed one commit, with its account."""
    base = past.commit(ANN, "base", at=START)
    side = past.commit(EVE, "side", parents=[base], branch="side", files={"a.c": "x"}, at=START + DAY)
    past.commit(ANN, "main", files={"b.c": "x"}, at=START + 2 * DAY)
    past.commit(ANN, "merge", parents=[":3", side], files={"a.c": "x"}, at=START + 3 * DAY)
    past.build()
    named = {name: git(past.path, "rev-parse", name) for name in ("main", "main^", "main~2", "side")}
    eve = Person(login="eve", email="eve@example.org")
    return CommitsLanded(
        at=NOW,
        source=Source.WEBHOOK,
        repository=REPOSITORY,
        ref="refs/heads/main",
        before=named["main~2"],
        after=named["main"],
        guarded=True,
        commits=(Commit(sha=named["side"], author=eve, committer=eve, title="side"),),
    )


def test_a_cut_push_is_completed_from_the_copy(runtime: Runtime, watch: Watch, push: CommitsLanded) -> None:
    """All commits are there, with their paths and in order; what GitHub listed keeps the account it named."""
    assert clones.is_cut(push)
    whole = clones.completed(runtime, watch, push)
    assert sorted(c.title for c in whole.commits) == ["main", "merge", "side"]
    assert whole.commits[-1].title == "merge"
    assert [p.path for p in whole.commits[-1].paths] == ["a.c"]
    assert next(c for c in whole.commits if c.title == "side").author.login == "eve"
    assert whole.gap == ""
    assert not clones.is_cut(whole)


def test_what_cannot_be_fetched_is_a_gap(runtime: Runtime, watch: Watch, push: CommitsLanded) -> None:
    """The listed commits are judged, and the fact says that there were more."""
    alone = clones.completed(replace(runtime, app=None), watch, push)
    assert alone.commits == push.commits
    assert "lists only 1 commits of this push" in alone.gap


def test_trouble_lets_the_push_wait(
    runtime: Runtime, watch: Watch, push: CommitsLanded, hub: GitHub, tmp_path: Path
) -> None:
    """A server that does not answer now may do so in a minute."""
    hub.faults.extend(Fault(method="GET", path=r".*/info/refs", status=503, headers={}) for _ in range(8))
    with pytest.raises(Unavailable):
        clones.completed(runtime, watch, push)
    hub.faults.clear()


def test_a_whole_push_is_left_alone(runtime: Runtime, watch: Watch, push: CommitsLanded) -> None:
    """Nothing is fetched for it, nor for a branch that nobody guards."""
    last = replace(push, commits=(Commit(sha=push.after, author=Person(), committer=Person()),))
    for fact in (last, replace(push, guarded=False), replace(push, commits=())):
        assert clones.completed(runtime, watch, fact) is fact
    assert not clones.path_of(runtime, watch).exists()


def test_a_full_list_is_a_cut_one(push: CommitsLanded) -> None:
    """GitHub lists 2,048 commits at most, and does not say when there were more."""
    many = [Commit(sha=f"{n:040x}", author=Person(), committer=Person()) for n in range(clones.MOST_IN_A_PUSH)]
    assert clones.is_cut(replace(push, commits=(*many[:-1], replace(many[-1], sha=push.after))))
    assert not clones.is_cut(replace(push, commits=(*many[:-2], replace(many[-1], sha=push.after))))
