"""Who landed what, in which order and when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from github_app.fact import Landing
from tests.history.repos import (
    ANN,
    BOB,
    DAY,
    EVE,
    REPOSITORY,
    START,
    WEB_FLOW,
    Builder,
    empty_tree,
    git,
    landed,
    raw_commit,
    titles,
)
from workers.facts.git_history import History, read


def test_a_merge_lands_its_side_branch(tmp_path: Path) -> None:
    """Commits of a side branch land with the merge, oldest first, as its authors' work and not as their pushes."""
    repo = Builder.new(tmp_path / "r.git")
    base = repo.commit(ANN, "base")
    one = repo.commit(EVE, "side one", parents=[base], branch="side")
    two = repo.commit(EVE, "side two", parents=[one], branch="side")
    main = repo.commit(ANN, "main goes on", parents=[base], at=START + DAY)
    repo.commit(ANN, "Merge branch 'side'", parents=[main, two], at=START + 2 * DAY)
    found = landed(repo.build())
    assert list(titles(found)) == [["base"], ["main goes on"], ["side one", "side two", "Merge branch 'side'"]]
    merge = found[-1]
    assert (merge.via, merge.actor and merge.actor.email) == (Landing.MERGE, "ann@example.org")
    assert [c.author.email for c in merge.commits] == ["eve@example.org", "eve@example.org", "ann@example.org"]
    assert merge.at == dt.datetime.fromtimestamp(START + 2 * DAY, dt.UTC)
    assert merge.before == found[1].after


def test_a_merge_shows_what_it_changed_on_the_branch(tmp_path: Path) -> None:
    """The paths of a merge are those that differ from the branch before, so a change made in the merge itself shows."""
    repo = Builder.new(tmp_path / "r.git")
    base = repo.commit(ANN, "base")
    side = repo.commit(EVE, "side", parents=[base], branch="side", files={"side.c": "1"})
    repo.commit(ANN, "merge", parents=[base, side], files={"side.c": "1", ".github/workflows/x.yml": "on: push"})
    merge = landed(repo.build())[-1].commits[-1]
    assert {p.path for p in merge.paths} == {"side.c", ".github/workflows/x.yml"}


def test_an_octopus_merge_lands_all_its_branches(tmp_path: Path) -> None:
    """Every branch of a merge with many parents lands with it, each commit once."""
    repo = Builder.new(tmp_path / "r.git")
    base = repo.commit(ANN, "base")
    sides = [repo.commit(who, f"side {n}", parents=[base], branch=f"s{n}") for n, who in enumerate((BOB, EVE, BOB))]
    repo.commit(ANN, "octopus", parents=[base, *sides], at=START + 9 * DAY)
    found = landed(repo.build())
    assert sorted(c.title for c in found[-1].commits) == ["octopus", "side 0", "side 1", "side 2"]


def test_a_criss_cross_history_lands_each_commit_once(tmp_path: Path) -> None:
    """Side branches that merged the main branch and each other tell every commit exactly once, parents first."""
    repo = Builder.new(tmp_path / "r.git")
    a = repo.commit(ANN, "a")
    b = repo.commit(EVE, "b", parents=[a], branch="x")
    c = repo.commit(ANN, "c", parents=[a], at=START + DAY)
    d = repo.commit(EVE, "d (merges main)", parents=[b, c], branch="x", at=START + 2 * DAY)
    e = repo.commit(BOB, "e", parents=[b], branch="y", at=START + 3 * DAY)
    f = repo.commit(ANN, "f", parents=[c, d], at=START + 4 * DAY)
    repo.commit(ANN, "g", parents=[f, e], at=START + 5 * DAY)
    assert list(titles(landed(repo.build()))) == [["a"], ["c"], ["b", "d (merges main)", "f"], ["e", "g"]]


def test_a_rebase_is_a_push_of_its_committer(tmp_path: Path) -> None:
    """Commits applied by somebody else are that person's push, and their authors stay authors."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(EVE, "patch one", committer=ANN, at=START)
    repo.commit(BOB, "patch two", committer=ANN, at=START + 60)
    (push,) = landed(repo.build())
    assert (push.via, push.actor and push.actor.name) == (Landing.PUSH, "Ann Able")
    assert [c.author.name for c in push.commits] == ["Eve Early", "Bob Best"]


def test_commits_far_apart_are_not_one_push(tmp_path: Path) -> None:
    """A push is told apart from the next by the time between them and by who made it."""
    repo = Builder.new(tmp_path / "r.git")
    for title, who, at in (("1", ANN, 0), ("2", ANN, 600), ("3", BOB, 700), ("4", ANN, 800), ("5", ANN, DAY)):
        repo.commit(who, title, at=START + at)
    assert list(titles(landed(repo.build()))) == [["1", "2"], ["3"], ["4"], ["5"]]


def test_the_merge_button_names_who_pressed_it(tmp_path: Path) -> None:
    """GitHub commits a merge in its own name and makes whoever pressed the button its author."""
    repo = Builder.new(tmp_path / "r.git")
    base = repo.commit(ANN, "base")
    side = repo.commit(EVE, "side", parents=[base], branch="side")
    repo.commit(BOB, "Merge pull request #12 from eve/side\n\nText", committer=WEB_FLOW, parents=[base, side])
    merge = landed(repo.build())[-1]
    assert (merge.via, merge.actor and merge.actor.name, merge.claimed_pull) == (Landing.MERGE, "Bob Best", 12)
    assert merge.pull is None


def test_a_squash_hides_who_merged_it(tmp_path: Path) -> None:
    """The author of a squash is whoever opened the pull request, so nobody is named as having landed it."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "base")
    repo.commit(EVE, "Add a feature (#34)", committer=WEB_FLOW)
    squash = landed(repo.build())[-1]
    assert (squash.via, squash.actor, squash.claimed_pull) == (Landing.MERGE, None, 34)


def test_an_edit_on_the_website_is_its_authors_landing(tmp_path: Path) -> None:
    """The web editor changes one file and names it in the title; that is taken for an edit by the author."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "base")
    repo.commit(EVE, "Update README.md", committer=WEB_FLOW, files={"docs/README.md": "hi"})
    edit = landed(repo.build())[-1]
    assert (edit.via, edit.actor and edit.actor.name) == (Landing.WEB, "Eve Early")


def test_a_squash_without_its_number_names_nobody_new(tmp_path: Path) -> None:
    """A squash whose title was rewritten looks like an edit; it counts for its author only if they landed things before."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "base")
    repo.commit(EVE, "Rework the parser", committer=WEB_FLOW)
    repo.commit(ANN, "Rework the printer", committer=WEB_FLOW)
    _, unknown, known = landed(repo.build())
    assert (unknown.via, unknown.actor) == (Landing.WEB, None)
    assert known.actor is not None
    assert known.actor.name == "Ann Able"


def test_a_forged_web_flow_committer_gives_no_name_credit(tmp_path: Path) -> None:
    """Anybody can write GitHub as the committer: it never becomes somebody who holds a power."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "base")
    repo.commit(EVE, "Innocent change (#1)", committer="GitHub <NoReply@GitHub.com>")
    repo.commit(EVE, "Another", committer="web-flow <noreply@github.com>")
    actors = {fact.actor.email for fact in landed(repo.build()) if fact.actor}
    assert actors == {"ann@example.org"}


def test_dates_are_made_monotone(tmp_path: Path) -> None:
    """A backdated commit lands no earlier than what it stands on, and one from the future not after what follows it."""
    repo = Builder.new(tmp_path / "r.git")
    times = [START, START + DAY, 1, 253_402_300_799, START + 2 * DAY, START + 3 * DAY]
    for number, at in enumerate(times):
        repo.commit(f"P{number} <p{number}@example.org>", str(number), at=at)
    landings = [int(fact.at.timestamp()) - START for fact in landed(repo.build())]
    assert landings == [0, DAY, DAY, 2 * DAY, 2 * DAY, 3 * DAY]


def test_a_last_commit_from_the_future_lands_now_at_the_latest(tmp_path: Path) -> None:
    """The tip has nothing after it that could correct its date, so the clock does."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(ANN, "base")
    repo.commit(EVE, "from 2090", at=3_800_000_000)
    assert landed(repo.build())[-1].at <= dt.datetime.now(dt.UTC)


def test_since_and_until_cut_by_landing_time(tmp_path: Path) -> None:
    """What is asked for is what landed in the window, its end not included."""
    repo = Builder.new(tmp_path / "r.git")
    for day in range(5):
        repo.commit(ANN, f"day {day}", at=START + day * DAY)
    window = [dt.datetime.fromtimestamp(START + day * DAY, dt.UTC) for day in (1, 3)]
    found = read(repo.build(), repository=REPOSITORY, since=window[0], until=window[1])
    assert [fact.commits[0].title for fact in found] == ["day 1", "day 2"]  # type: ignore[attr-defined]


def test_mailmap_joins_names(tmp_path: Path) -> None:
    """Names are taken as the repository's own .mailmap says, where its contents are there."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit("ann <old@example.org>", "old", at=START)
    repo.commit(ANN, "map", at=START + DAY, files={".mailmap": "Ann Able <ann@example.org> <old@example.org>\n"})
    first = landed(repo.build())[0]
    assert first.actor is not None
    assert (first.actor.name, first.actor.email) == ("Ann Able", "ann@example.org")


def test_what_a_pull_request_adds_was_not_merged_by_anybody(tmp_path: Path) -> None:
    """A button's commit on a pull request is its author's edit on the website; on a branch the same may be a squash."""
    repo = Builder.new(tmp_path / "r.git")
    base = repo.commit(ANN, "base")
    repo.commit(EVE, "tidy the build (#4)", committer=WEB_FLOW, parents=[base], branch="try")
    path = repo.build()
    git(path, "update-ref", "refs/pull/9/head", "refs/heads/try")
    (_, proposed), (_, squashed) = landed(path, "refs/pull/9/head"), landed(path, "refs/heads/try")
    assert (proposed.via, proposed.actor and proposed.actor.email) == (Landing.WEB, "eve@example.org")
    assert (squashed.via, squashed.actor, squashed.claimed_pull) == (Landing.MERGE, None, 4)


def test_a_pull_request_without_a_default_branch_is_a_stated_gap(tmp_path: Path) -> None:
    """Where nothing says what had landed already, what the pull request adds is taken as it is written."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit(EVE, "tidy", committer=WEB_FLOW, branch="try")
    path = repo.build()
    git(path, "update-ref", "refs/pull/9/head", "refs/heads/try")
    history = History.open(path, ref="refs/pull/9/head")
    assert history.gaps == ["there is no default branch here, so what the pull request adds cannot be told from the rest"]
    assert [fact.actor for fact in history.facts(REPOSITORY)] == [None]


def test_a_commit_says_what_its_clock_said(tmp_path: Path) -> None:
    """Offsets are read in minutes; one that no clock on earth shows is none."""
    path = Builder.new(tmp_path / "r.git").path
    tree, parent = empty_tree(path), ""
    for offset in ("+0530", "-0800", "+0000", "+9900"):
        who = f"Ann Able <ann@example.org> {START} {offset}"
        parent = raw_commit(path, f"tree {tree}\n{parent}author {who}\ncommitter {who}\n\nx\n".encode())
        parent = f"parent {parent}\n"
    assert [c.zone for fact in landed(path) for c in fact.commits] == [330, -480, 0, None]
