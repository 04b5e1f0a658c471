"""Whose accounts the addresses of a past are, and who merged what git does not tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest

from demo import facts as story
from github_app.fact import CommitsLanded, Fact, Landing, PullMerged
from github_app.ledger import Ledger
from github_app.model import Person, Power, Repository, Source
from tests.history.conftest import INSTALLATION
from tests.history.graphql import GraphQl
from tests.history.repos import ANN, BOB, DAY, EVE, START, WEB_FLOW, Builder
from tests.standin.graph_nodes import Refused
from tests.standin.graphql import TROUBLE
from workers import learn as baseline
from workers.judge import judge
from workers.runtime import Runtime

NOW = dt.datetime.now(dt.UTC)
REPOSITORY = Repository(id=7, full_name=story.REPOSITORY, owner_id=70, default_branch="main")


@pytest.fixture
def squashed(past: Builder, graphql: GraphQl) -> GraphQl:
    """Return a past of squashes, one push of Ann's and one merge of Bob's: git does not name the other mergers."""
    base = past.commit(ANN, "base", at=START)
    side = past.commit(EVE, "side", parents=[base], branch="side", at=START + DAY)
    past.commit(BOB, "Merge pull request #3 from eve/side", committer=WEB_FLOW, parents=[base, side], at=START + 2 * DAY)
    past.commit(EVE, "Feature (#4)", committer=WEB_FLOW, at=START + 3 * DAY)
    past.build()
    graphql.accounts = {"ann@example.org": (1, "ann"), "bob@example.org": (2, "bob"), "eve@example.org": (3, "eve")}
    graphql.merged(4, (9, "carol"), (3, "eve"), "2020-09-16T12:26:40Z")
    return graphql


def _learned(runtime: Runtime, *people: Person) -> Ledger:
    with runtime.store.begin() as connection:
        runtime.store.repositories.see(connection, REPOSITORY, INSTALLATION, NOW)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    keys = [f"id:{p.id}" for p in people] + [f"login:{p.login}" for p in people]
    return runtime.store.ledgers.load([f"repo:{REPOSITORY.id}"], keys)[f"repo:{REPOSITORY.id}"]


def _merged(who: Person) -> list[Fact]:
    return [
        PullMerged(
            at=NOW, source=Source.WEBHOOK, repository=REPOSITORY, actor=who, number=8, title="t", author=Person(id=3),
            merge_sha="b" * 40, head_sha="c" * 40, base_ref="main", guarded=True,
        )
    ]  # fmt: skip


def _pushed(who: Person) -> list[Fact]:
    return [
        CommitsLanded(
            at=NOW, source=Source.WEBHOOK, repository=REPOSITORY, actor=who, ref="refs/heads/main", before="a" * 40,
            after="b" * 40, guarded=True, via=Landing.PUSH,
        )
    ]  # fmt: skip


def _detectors(runtime: Runtime, facts: Sequence[Fact], ledger: Ledger) -> set[str]:
    return {alert.finding.detector for alert in judge(facts, ledger, runtime.detectors).alerts}


@pytest.mark.parametrize(("number", "login", "told"), [
    (1, "ann", _pushed), (2, "bob", _merged), (9, "carol", _merged),
])  # fmt: skip
def test_whoever_landed_before_is_not_new_by_account(
    runtime: Runtime, squashed: GraphQl, number: int, login: str, told: Callable[[Person], list[Fact]]
) -> None:
    """Webhooks name accounts and git names addresses: a pusher, a merger and a squasher of the past are all known."""
    who = Person(id=number, login=login)
    ledger = _learned(runtime, who)
    assert not _detectors(runtime, told(who), ledger) & {"new-committer", "new-merger"}


def test_an_author_of_squashes_is_still_new_as_a_merger(runtime: Runtime, squashed: GraphQl) -> None:
    """Work that others merged gives no power, under whatever name."""
    eve = Person(id=3, login="eve")
    assert "new-merger" in _detectors(runtime, _merged(eve), _learned(runtime, eve))


def test_the_ledger_with_accounts_verifies(runtime: Runtime, squashed: GraphQl) -> None:
    """Names joined while learning are in the chain like everything else."""
    _learned(runtime)
    assert runtime.store.ledgers.verify() == []
    held = {h.subject: h.person for h in runtime.store.ledgers.holdings("repo:7") if h.power is Power.MERGER}
    assert set(held) == {"id:2", "id:9"}


def test_an_apps_login_is_the_one_webhooks_use(runtime: Runtime, squashed: GraphQl) -> None:
    """A merge queue's account has the suffix that GraphQL leaves out, and is known as an app."""
    squashed.merged(5, (118344674, "merge-queue"), (3, "eve"), "2020-09-18T00:00:00Z", kind="Bot")
    ledger = _learned(runtime, Person(id=118344674))
    held = ledger.holding(Power.MERGER, Person(id=118344674))
    assert held is not None
    assert (held.person.login, held.person.bot) == ("merge-queue[bot]", True)


def test_a_merge_that_is_still_to_be_judged_is_not_learned(runtime: Runtime, squashed: GraphQl) -> None:
    """What was merged after the installation comes by webhook; its merger must be new then."""
    just_now = dt.datetime.now(dt.UTC)  # not when the file was read: in a long run that is some time ago
    squashed.merged(6, (10, "dave"), (3, "eve"), just_now.isoformat())
    dave = Person(id=10, login="dave")
    assert "new-merger" in _detectors(runtime, _merged(dave), _learned(runtime, dave))


def test_more_than_one_page_of_merges_is_read(runtime: Runtime, squashed: GraphQl) -> None:
    """The latest five hundred merges are read, page by page."""
    for number in range(100, 240):
        squashed.merged(number, (11, "frequent"), (3, "eve"), "2021-01-01T00:00:00Z")
    held = _learned(runtime, Person(id=9)).holding(Power.MERGER, Person(id=9))
    assert held is not None  # carol's merge is on the second page


def test_a_github_that_does_not_tell_leaves_a_stated_gap(runtime: Runtime, squashed: GraphQl) -> None:
    """The history is learned all the same, and the entry that settles the ledger says what is missing."""
    squashed.errors = [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]
    _learned(runtime)
    (settled,) = [e for e in runtime.store.ledgers.entries("repo:7", 1000) if e.kind == "settled"]
    assert "accounts" in settled.detail["how"]


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_a_rate_limit_is_waited_for(runtime: Runtime, squashed: GraphQl, kind: str) -> None:
    """Half an answer would make maintainers new for ever, so learning waits for the limit to pass."""
    squashed.errors = [{"type": kind, "message": "API rate limit exceeded"}]
    _learned(runtime)
    watch = runtime.store.repositories.get_many([7])[7]
    assert watch.state == "learning"
    assert watch.blocked_until is not None
    assert watch.blocked_until > NOW + dt.timedelta(minutes=5)


@pytest.mark.parametrize("broken", ["Repository.object", "Repository.pullRequests", "GitActor.user"])
def test_what_github_could_not_find_out_this_time_is_asked_again(runtime: Runtime, squashed: GraphQl, broken: str) -> None:
    """A part that timed out may be there all the same: nothing is learned from the rest, and the question comes back."""
    squashed.broken[broken] = Refused(TROUBLE, "")
    _learned(runtime)
    assert runtime.store.repositories.get_many([7])[7].state == "learning"
    squashed.broken.clear()
    baseline.learn(runtime, REPOSITORY.id, NOW + dt.timedelta(minutes=5))
    assert runtime.store.repositories.get_many([7])[7].state == "watched"
