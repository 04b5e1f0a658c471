"""What a push says: who landed which commits where, and what became of a tag."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from github_app.fact import CommitsLanded, Landing, PathChange, TagCreated, TagDeleted, TagMoved
from github_app.happenings import BranchDeleted
from github_app.model import Person, Source
from tests.facts.payloads import BOT, JIA, NEW, OBJECT, OLD, PUSHED, RECEIVED, ZERO, commit, only, push, read, repository
from workers.facts.webhook import Unreadable

WEB_FLOW = {"name": "GitHub", "email": "noreply@github.com", "username": "web-flow"}


def test_a_push_to_the_default_branch_says_who_landed_what() -> None:
    """The actor is the account that pushed, joined with the address GitHub knows it by."""
    fact = only("push", push())
    assert isinstance(fact, CommitsLanded)
    assert (fact.ref, fact.before, fact.after) == ("refs/heads/master", OLD, NEW)
    assert (fact.guarded, fact.forced, fact.via, fact.claimed_pull) == (True, False, Landing.PUSH, None)
    assert fact.actor == Person(id=69423178, login="JiaT75", email="jiat0218@gmail.com")
    assert fact.source is Source.WEBHOOK
    assert fact.delivery == "guid-1"
    assert fact.repository is not None
    assert (fact.repository.full_name, fact.repository.owner_id) == ("tukaani-project/xz", 49617154)


def test_the_time_is_githubs_own() -> None:
    """The date of a commit is the author's choice; this one is five years off."""
    fact = only("push", push())
    assert fact.at == PUSHED
    assert fact.commits[0].authored_at == dt.datetime(2018, 12, 31, 16, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("pushed_at", "at"),
    [
        ("2024-02-23T15:09:59Z", PUSHED),
        ("2024-02-23T23:09:59+08:00", PUSHED),
        (None, RECEIVED),
        ("soon", RECEIVED),
        (10**30, RECEIVED),
    ],
)
def test_the_time_comes_as_number_or_text(pushed_at: Any, at: dt.datetime) -> None:
    """GitHub writes `pushed_at` as epoch in pushes and as text elsewhere; without it the time of receipt counts."""
    assert only("push", push(repository=repository(pushed_at=pushed_at))).at == at


def test_a_commit_carries_its_people_title_and_paths() -> None:
    """The login of an author is there when GitHub knows the address."""
    shown = commit(added=[".github/workflows/ci.yml"], removed=["old.c"])
    (landed,) = only("push", push(commits=[shown])).commits
    assert landed.author == Person(login="JiaT75", name="Jia Tan", email="jiat0218@gmail.com")
    assert landed.title == "Tests: Update two test files."
    assert landed.paths == (
        PathChange(status="A", path=".github/workflows/ci.yml"),
        PathChange(status="M", path="tests/files/bad-3-corrupt_lzma2.xz"),
        PathChange(status="D", path="old.c"),
    )


def test_other_branches_are_not_guarded() -> None:
    """Only the default branch is what others build on."""
    assert only("push", push(ref="refs/heads/feature")).guarded is False
    assert only("push", push(repository=repository(default_branch="main"))).guarded is False


def test_old_payloads_call_the_default_branch_master_branch() -> None:
    """A push always carried `master_branch`, whatever its name."""
    shown = repository(default_branch=None, master_branch="master")
    assert only("push", push(repository=shown)).guarded is True


def test_a_forced_push_is_marked() -> None:
    """Overwriting history is a power of its own."""
    assert only("push", push(forced=True)).forced is True
    assert only("push", push(forced="yes")).forced is False


@pytest.mark.parametrize(
    ("title", "via", "claimed"),
    [
        ("Merge pull request #12 from JiaT75/typo", Landing.MERGE, 12),
        ("Docs: fix a typo (#13)", Landing.MERGE, 13),
        ("Docs: fix a typo (#13) ", Landing.MERGE, 13),
        ("Update README.md", Landing.WEB, None),
        ("Revert (#13) for now", Landing.WEB, None),
        ("Merge pull request #0 from nobody/x", Landing.WEB, None),
    ],
)
def test_what_githubs_own_committer_made_claims_a_way(title: str, via: Landing, claimed: int | None) -> None:
    """A merge and a squash name their pull request in the title; an edit on the website does not."""
    fact = only("push", push(commits=[commit(committer=WEB_FLOW, message=f"{title}\n\n(#99)")]))
    assert (fact.via, fact.claimed_pull, fact.pull) == (via, claimed, None)


def test_a_title_alone_claims_nothing() -> None:
    """Without GitHub's committer it is a push, whatever the text says."""
    fact = only("push", push(commits=[commit(message="Merge pull request #12 from JiaT75/typo")]))
    assert (fact.via, fact.claimed_pull) == (Landing.PUSH, None)


def test_the_head_commit_decides_how_it_landed() -> None:
    """A merge lands the commits of its branch with it."""
    merge = commit(NEW, committer=WEB_FLOW, message="Merge pull request #12 from JiaT75/typo")
    fact = only("push", push(commits=[commit(OBJECT), merge]))
    assert fact.via is Landing.MERGE
    assert [c.sha for c in fact.commits] == [OBJECT, NEW]


def test_a_commit_that_was_elsewhere_before_was_pushed() -> None:
    """Whoever pushes a branch's merge commit to the default branch has pressed no button."""
    merge = commit(committer=WEB_FLOW, message="Merge pull request #12 from JiaT75/typo", distinct=False)
    assert only("push", push(commits=[merge])).via is Landing.PUSH


def test_without_a_sender_the_pusher_is_known_by_name() -> None:
    """Some pushes carry no sender."""
    assert only("push", push(sender=None)).actor == Person(login="JiaT75", email="jiat0218@gmail.com")
    assert only("push", push(sender=None, pusher=None)).actor is None


def test_an_address_is_not_joined_with_another_account() -> None:
    """A deploy key pushes under the name of whoever added it: the address is not the sender's."""
    fact = only("push", push(pusher={"name": "Larhzu", "email": "lasse.collin@tukaani.org"}))
    assert fact.actor == Person(id=69423178, login="JiaT75")


def test_a_bot_is_what_github_calls_one() -> None:
    """The type of the account decides, not its name."""
    assert only("push", push(sender=BOT, pusher={"name": "dependabot[bot]"})).actor.bot is True
    assert only("push", push(sender=JIA | {"login": "helpful[bot]"})).actor.bot is False


@pytest.mark.parametrize(
    ("timestamp", "zone"),
    [
        ("2019-01-01T00:00:00+08:00", 480),
        ("2019-01-01T00:00:00-03:30", -210),
        ("2019-01-01T00:00:00Z", None),
        ("soon", None),
        (3, None),
    ],
)
def test_a_commit_says_what_its_clock_said(timestamp: Any, zone: int | None) -> None:
    """A time in UTC says nothing of a clock: GitHub's own work has it."""
    fact = only("push", push(commits=[commit(timestamp=timestamp)]))
    assert isinstance(fact, CommitsLanded)
    assert fact.commits[0].zone == zone


def test_an_apps_address_is_an_apps() -> None:
    """An author with an app's login or address is shown as an app, and never alerted about for merely being one."""
    deps = {"name": "dependabot[bot]", "email": "49699333+dependabot[bot]@users.noreply.github.com"}
    fact = only(
        "push",
        push(commits=[commit(author={**deps, "username": "dependabot[bot]"}, committer=WEB_FLOW), commit(author=deps)]),
    )
    assert isinstance(fact, CommitsLanded)
    assert [(c.author.bot, c.committer.bot) for c in fact.commits] == [(True, False), (True, False)]


def test_a_deleted_branch_counts_where_it_guards_something() -> None:
    """The default branch and those that releases are made from; finished work goes all day and guards nothing."""
    for name in ("master", "release/5.6", "v5.x", "stable"):
        fact = only("push", push(ref=f"refs/heads/{name}", after=ZERO, commits=[], head_commit=None))
        assert isinstance(fact, BranchDeleted)
        assert (fact.name, fact.guarded, fact.before) == (name, True, OLD)
    for name in ("topic", "releasing", "mainly"):
        fact = only("push", push(ref=f"refs/heads/{name}", after=ZERO, commits=[], head_commit=None))
        assert isinstance(fact, BranchDeleted)
        assert not fact.guarded


def test_a_lightweight_tag_points_to_its_commit() -> None:
    """`after` is the commit itself, so nobody has to look for a tag object."""
    fact = only("push", push(ref="refs/tags/v5.6.0", before=ZERO, after=NEW, commits=[], head_commit=commit(NEW)))
    assert isinstance(fact, TagCreated)
    assert (fact.name, fact.target, fact.tag_object, fact.annotated) == ("v5.6.0", NEW, "", False)


def test_an_annotated_tag_points_to_its_object() -> None:
    """`after` is the tag object, and the head commit is what that one points to."""
    fact = only("push", push(ref="refs/tags/v5.6.0", before=ZERO, after=OBJECT, commits=[], head_commit=commit(NEW)))
    assert (fact.target, fact.tag_object, fact.annotated, fact.tagger) == (NEW, OBJECT, True, None)


def test_a_tag_without_head_commit_is_not_guessed_at() -> None:
    """Nobody has looked yet."""
    fact = only("push", push(ref="refs/tags/v5.6.0", before=ZERO, after=OBJECT, commits=[]))
    assert (fact.target, fact.tag_object, fact.annotated) == (OBJECT, "", None)


def test_a_moved_tag_names_both_objects() -> None:
    """What was released is now something else."""
    fact = only("push", push(ref="refs/tags/v5.6.0", before=OLD, after=NEW))
    assert isinstance(fact, TagMoved)
    assert (fact.name, fact.before, fact.after) == ("v5.6.0", OLD, NEW)


def test_a_deleted_tag_names_what_it_was() -> None:
    """The push says which object is gone."""
    fact = only("push", push(ref="refs/tags/release/1", before=OLD, after=ZERO, commits=[]))
    assert isinstance(fact, TagDeleted)
    assert (fact.name, fact.before) == ("release/1", OLD)


def test_flags_are_derived_where_they_are_missing() -> None:
    """`created` and `deleted` say nothing that the zeros do not."""
    shown = push(ref="refs/tags/v1", before=OLD, after=ZERO, commits=[])
    del shown["created"], shown["deleted"], shown["forced"]
    assert isinstance(only("push", shown), TagDeleted)


def test_a_repository_with_sha256_is_read() -> None:
    """Object names may be 64 digits long."""
    assert only("push", push(before="1" * 64, after="2" * 64)).after == "2" * 64


@pytest.mark.parametrize(
    "broken",
    [
        {"ref": None},
        {"ref": "refs/notes/x"},
        {"after": "HEAD"},
        {"after": 5},
        {"repository": None},
        {"repository": {"id": 1}},
    ],
)
def test_a_push_that_names_nothing_is_unreadable(broken: dict[str, Any]) -> None:
    """One sentence says what is missing."""
    with pytest.raises(Unreadable, match=r"^push: it names no "):
        read("push", push(**broken))


def test_what_cannot_be_stored_is_made_storable() -> None:
    """PostgreSQL refuses NUL characters and UTF-8 has no lone surrogates."""
    fact = only("push", push(commits=[commit(message="a\0b\ud800c", modified=["x\0y"])]))
    assert fact.commits[0].title == "a\N{REPLACEMENT CHARACTER}b?c"
    assert fact.commits[0].paths[0].path == "x\N{REPLACEMENT CHARACTER}y"
