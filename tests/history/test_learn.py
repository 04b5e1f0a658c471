"""On the day of installation nobody is new: the past is learned before anything is judged."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from demo import facts as story
from demo.standin.github import Fault, GitHub
from github_app.model import Person, Power, Repository
from github_app.store import Delivery, Watch
from github_app.wake import partition_of
from tests.history.conftest import INSTALLATION
from tests.history.repos import ANN, BOB, DAY, EVE, START, WEB_FLOW, Builder, git
from workers import learn as baseline
from workers.history import clone
from workers.runtime import Runtime

NOW = dt.datetime.now(dt.UTC)
REPOSITORY = Repository(id=7, full_name=story.REPOSITORY, owner_id=70, default_branch="main")
ANN_, BOB_, EVE_ = (Person(email=f"{name}@example.org") for name in ("ann", "bob", "eve"))


@pytest.fixture
def filled(past: Builder) -> Builder:
    """Return a past: Ann pushes, Bob merges Eve's work, Ann tags."""
    one = past.commit(ANN, "one", at=START)
    side = past.commit(EVE, "side", parents=[one], branch="side", at=START + DAY)
    past.commit(BOB, "Merge pull request #3 from eve/side", committer=WEB_FLOW, parents=[one, side], at=START + 2 * DAY)
    past.tag("v1", one, tagger=ANN, message="v1", at=START + 3 * DAY)
    past.build()
    return past


def _see(runtime: Runtime, repository: Repository = REPOSITORY, installation: int | None = INSTALLATION) -> None:
    with runtime.store.begin() as connection:
        runtime.store.repositories.see(connection, repository, installation, NOW)


def _watch(runtime: Runtime) -> Watch:
    return runtime.store.repositories.get_many([REPOSITORY.id])[REPOSITORY.id]


def _powers(runtime: Runtime) -> dict[str, set[Power]]:
    held: dict[str, set[Power]] = {}
    for holding in runtime.store.ledgers.holdings(f"repo:{REPOSITORY.id}"):
        if holding.power is not Power.CUSTOM:
            held.setdefault(holding.subject, set()).add(holding.power)
    return held


def _deliver(runtime: Runtime, guid: str, event: str, payload: dict[str, Any]) -> None:
    about = {
        "id": REPOSITORY.id,
        "full_name": REPOSITORY.full_name,
        "default_branch": "main",
        "owner": {"id": 70, "login": "x"},
    }
    body = json.dumps({"repository": about, "sender": {"id": 5, "login": "eve"}, **payload}).encode()
    partition = partition_of(REPOSITORY.id, REPOSITORY.owner_id)
    runtime.store.inbox.accept([
        Delivery(
            guid=guid, event=event, received_at=NOW, partition=partition, repository_id=REPOSITORY.id, owner_id=70, body=body
        )
    ])  # fmt: skip


def _push(before: str, after: str, ref: str = "refs/heads/main") -> dict[str, Any]:
    return {"ref": ref, "before": before, "after": after, "commits": [], "head_commit": None}


def test_the_past_is_in_the_ledger_and_the_repository_watched(runtime: Runtime, filled: Builder) -> None:
    """Who pushed, merged, wrote and tagged is known, nothing was alerted, and the ledger verifies."""
    _see(runtime)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert _watch(runtime).state == "watched"
    assert _watch(runtime).settled_at is not None
    assert _powers(runtime) == {
        "mail:ann@example.org": {Power.COMMITTER, Power.AUTHOR, Power.RELEASER},
        "mail:bob@example.org": {Power.MERGER, Power.AUTHOR},
        "mail:eve@example.org": {Power.AUTHOR},
    }
    assert runtime.store.alerts.recent(10) == []
    assert runtime.store.ledgers.verify() == []
    assert runtime.store.problems.open() == []


def test_learning_twice_changes_nothing(runtime: Runtime, filled: Builder) -> None:
    """A second job for the same repository finds the work done."""
    _see(runtime)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    anchor = runtime.store.ledgers.anchor()
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert runtime.store.ledgers.anchor() == anchor


def test_a_second_learning_reads_only_what_came_after(runtime: Runtime, filled: Builder) -> None:
    """A repository that was removed and comes back is read from where it was left, and nothing is counted twice."""
    _see(runtime)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    before = _uses(runtime)
    filled.commit(ANN, "two", at=START + 5 * DAY)
    filled.tag("v2", ":4", tagger=ANN, message="v2", at=START + 6 * DAY)
    filled.build()
    with runtime.store.begin() as connection:
        runtime.store.repositories.set_state(connection, REPOSITORY.id, "new", at=NOW, attempts=0)
    baseline.learn(runtime, REPOSITORY.id, NOW + dt.timedelta(days=1))
    assert _uses(runtime) == {key: uses + (key[0] == "mail:ann@example.org") for key, uses in before.items()}, (
        "one more commit and one more tag by Ann; nobody else did anything"
    )
    assert runtime.store.ledgers.verify() == []


def test_a_rewritten_branch_is_read_as_a_whole(runtime: Runtime, filled: Builder) -> None:
    """What was learned is no part of it any more, so nothing can be left out."""
    _see(runtime)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    git(filled.path, "update-ref", "refs/heads/main", git(filled.path, "rev-parse", "main~1"))
    filled.commit(EVE, "instead", at=START + 5 * DAY)
    filled.build()
    with runtime.store.begin() as connection:
        runtime.store.repositories.set_state(connection, REPOSITORY.id, "new", at=NOW, attempts=0)
    baseline.learn(runtime, REPOSITORY.id, NOW + dt.timedelta(days=1))
    assert Power.COMMITTER in _powers(runtime)["mail:eve@example.org"]


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"tip": "x", "tags": 5}', "\0"])
def test_a_note_that_cannot_be_read_is_no_note(runtime: Runtime, filled: Builder, note: str) -> None:
    """Neither is one beside a ledger that knows nothing: a new database learns everything."""
    path = runtime.settings.data_dir / "repositories" / f"{REPOSITORY.id}.git"
    clone.update(clone.Origin(url=f"file://{filled.path}", name="x"), path)
    (path / "trust-alerts-learned.json").write_text(
        note or json.dumps({"tip": git(filled.path, "rev-parse", "main"), "tags": []})
    )
    _see(runtime)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert Power.MERGER in _powers(runtime)["mail:bob@example.org"]


def _uses(runtime: Runtime) -> dict[tuple[str, Power], int]:
    held = runtime.store.ledgers.holdings(f"repo:{REPOSITORY.id}")
    return {(h.subject, h.power): h.uses for h in held if h.power is not Power.CUSTOM}


def test_what_a_waiting_push_tells_is_not_known_before(runtime: Runtime, filled: Builder) -> None:
    """A push after the installation is in the clone already; whoever made it must still be new when it is judged."""
    before = git(filled.path, "rev-parse", "main")
    filled.commit(EVE, "her first push, dated long ago", at=START + 2 * DAY)
    filled.tag("v2", ":4", tagger=EVE, message="v2", at=START + 4 * DAY)
    filled.build()
    _see(runtime)
    _deliver(runtime, "2", "push", _push(git(filled.path, "rev-parse", "main"), "f" * 40))
    _deliver(runtime, "1", "push", _push(before, git(filled.path, "rev-parse", "main")))
    _deliver(runtime, "3", "create", {"ref": "v2", "ref_type": "tag"})
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert _powers(runtime)["mail:eve@example.org"] == {Power.AUTHOR}
    assert _watch(runtime).state == "watched"


def test_a_waiting_push_whose_beginning_is_gone_does_not_stop_it(runtime: Runtime, filled: Builder) -> None:
    """After a forced push the commit before it may be nowhere; then the branch is learned as it is."""
    _see(runtime)
    _deliver(runtime, "1", "push", _push("e" * 40, git(filled.path, "rev-parse", "main")))
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert Power.MERGER in _powers(runtime)["mail:bob@example.org"]


@pytest.mark.parametrize(("trouble", "words"), [
    ("no app", "no GitHub App is configured"),
    ("no installation", "installation"),
    ("not there", "fetched"),
    ("empty", "no branch with commits"),
    ("new branch", "made after the app was installed"),
    ("bad name", "name"),
])  # fmt: skip
def test_what_no_attempt_can_change_is_watched_without_history(
    runtime: Runtime, filled: Builder, hub: GitHub, trouble: str, words: str
) -> None:
    """The repository is watched at once, newcomers are not told yet, and the blind spot is said in one sentence."""
    about, installation = REPOSITORY, INSTALLATION
    if trouble == "no app":
        runtime = replace(runtime, app=None)
    elif trouble == "not there":
        hub.repo(story.REPOSITORY).git_dir = ""
    elif trouble == "empty":
        shutil.rmtree(filled.path)
        Builder.new(filled.path)
    elif trouble == "bad name":
        about = replace(REPOSITORY, full_name="a b/../../c")
    _see(runtime, about, None if trouble == "no installation" else installation)
    if trouble == "new branch":
        _deliver(runtime, "1", "push", _push("0" * 40, git(filled.path, "rev-parse", "main")))
    baseline.learn(runtime, REPOSITORY.id, NOW)
    watch = _watch(runtime)
    assert (watch.state, watch.settled_at) == ("watched", None)
    (problem,) = runtime.store.problems.open()
    assert words in problem.sentence
    assert "without its history" in problem.sentence
    assert "ghs_" not in problem.sentence


def test_trouble_that_may_pass_is_tried_again_and_given_up_in_the_end(
    runtime: Runtime, filled: Builder, hub: GitHub
) -> None:
    """Each failure waits longer; nothing is learned too early; after about an hour it is watched as it is."""
    _see(runtime)
    now = NOW
    for attempt in range(len(baseline.DELAYS) + 1):
        with _failing(hub):
            baseline.learn(runtime, REPOSITORY.id, now)
        watch = _watch(runtime)
        if attempt < len(baseline.DELAYS):
            assert watch.state == "learning"
            assert watch.blocked_until is not None
            assert watch.blocked_until >= now + baseline.DELAYS[attempt]
            baseline.learn(runtime, REPOSITORY.id, now)  # too early: nothing happens
            assert _watch(runtime).attempts == attempt + 1
            now = watch.blocked_until
    assert _watch(runtime).state == "watched"
    (problem,) = runtime.store.problems.open()
    assert "attempts" in problem.sentence


def test_after_trouble_the_past_is_learned(runtime: Runtime, filled: Builder, hub: GitHub) -> None:
    """When the trouble is over the next attempt learns everything and clears the problem."""
    _see(runtime)
    with _failing(hub):
        baseline.learn(runtime, REPOSITORY.id, NOW)
    assert runtime.store.problems.open() != []
    baseline.learn(runtime, REPOSITORY.id, NOW + dt.timedelta(days=1))
    assert _watch(runtime).settled_at is not None
    assert runtime.store.problems.open() == []


def test_a_damaged_copy_is_fetched_again(runtime: Runtime, filled: Builder) -> None:
    """Objects missing from our own clone cost one attempt, not the repository's past."""
    _see(runtime)
    path = runtime.settings.data_dir / "repositories" / f"{REPOSITORY.id}.git"
    origin = clone.Origin(url=f"file://{filled.path}", name="x")
    clone.update(origin, path)
    for pack in path.glob("objects/pack/*"):
        pack.unlink()
    for attempt in range(3):
        baseline.learn(runtime, REPOSITORY.id, NOW + attempt * dt.timedelta(days=1))
    assert _watch(runtime).settled_at is not None


def test_a_repository_somebody_else_is_learning_is_left_alone(runtime: Runtime, filled: Builder) -> None:
    """Two workers woken for one repository do not both read its history."""
    _see(runtime)
    runtime.store.leases.acquire(f"learn:{REPOSITORY.id}", "another worker", 60, NOW)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert _watch(runtime).state == "new"
    baseline.learn(runtime, REPOSITORY.id, NOW + dt.timedelta(seconds=61))  # the other one died
    assert _watch(runtime).state == "watched"


def test_a_repository_removed_meanwhile_stays_removed(
    runtime: Runtime, filled: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever uninstalls the app while it learns is not overruled by the end of the learning."""
    _see(runtime)
    fetch = clone.update

    def fetch_then_remove(*args: Any, **kwargs: Any) -> Any:
        fetched = fetch(*args, **kwargs)
        with runtime.store.begin() as connection:
            runtime.store.repositories.set_state(connection, REPOSITORY.id, "removed", at=NOW)
        return fetched

    monkeypatch.setattr(clone, "update", fetch_then_remove)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert _watch(runtime).state == "removed"
    assert _powers(runtime) == {}


@contextmanager
def _failing(hub: GitHub) -> Iterator[None]:
    """Let GitHub answer clones with a server error until the block ends."""
    hub.faults.extend(Fault(method="GET", path=r".*/info/refs", status=503, headers={}) for _ in range(8))
    yield
    hub.faults.clear()
