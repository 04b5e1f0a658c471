"""Several threads and processes on one database: who is first wins, the others are told, nothing is lost."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing.pool import Pool
from typing import TypeVar

import pytest

from github_app.ledger import Entry
from github_app.model import Person, Power, Verdict
from github_app.store import ConflictError, Outcome, Store
from tests.store.samples import ANNA, MINUTE, NOW, alert, decided, delivery, raised

T = TypeVar("T")


def at_once(work: Callable[[int], T], times: int) -> list[T]:
    """Run work in threads that start together."""
    barrier = threading.Barrier(times)

    def run(number: int) -> T:
        barrier.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.fixture(scope="module")
def processes() -> Iterator[Pool]:
    """Return four processes that share nothing with this one; a forked one would inherit our connections."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        yield pool


def url_of(store: Store) -> str:
    """Return the URL with which another process opens the same database."""
    return store.engine.url.render_as_string(hide_password=False)


def accept_many(url: str, worker: int) -> int:
    """Accept deliveries, half of them the same in every worker."""
    with closing(Store.open(url)) as store:
        batches = [[delivery(f"{worker}-{n}"), delivery(f"same-{n}")] for n in range(40)]
        return sum(store.inbox.accept(batch) for batch in batches)


def migrate_it(url: str) -> str:
    """Migrate and use the database."""
    with closing(Store.open(url)) as store:
        store.migrate()
        store.inbox.accept([delivery("the same")])
        return ",".join(store.inbox.counts())


def drain(url: str, rounds: int) -> int:
    """Take what is pending and use a power for each delivery, in one transaction; count what was ours."""
    done = 0
    with closing(Store.open(url)) as store:
        for _ in range(rounds):
            try:
                done += drain_once(store)
            except ConflictError:
                continue
    return done


def drain_once(store: Store) -> int:
    """Judge one batch; nothing when somebody else was faster."""
    rows = store.inbox.pending(3, 10, NOW)
    ledger = store.ledgers.load(["repo:1"], [])["repo:1"]
    for row in rows:
        ledger.use(Power.COMMITTER, Person(id=row.seq), NOW)
    with store.begin() as connection:
        if not store.inbox.finish(connection, [Outcome(seq=row.seq, state="done") for row in rows]):
            connection.rollback()
            return 0
        store.ledgers.write(connection, {"repo:1": ledger})
    return len(rows)


def test_processes_that_start_together_all_migrate(processes: Pool, database_url: str) -> None:
    """Four processes meet an empty database: one makes the tables, none fails."""
    assert processes.map(migrate_it, [database_url] * 4, chunksize=1) == ["pending"] * 4


def test_processes_accept_at_once_without_loss(processes: Pool, store: Store) -> None:
    """Every delivery is stored once, whichever process brings it, and each is counted as new by one of them."""
    counted = processes.starmap(accept_many, [(url_of(store), worker) for worker in range(4)], chunksize=1)
    assert sum(counted) == 4 * 40 + 40
    assert store.inbox.counts() == {"pending": 200}
    assert all(p.body == delivery("x").body for p in store.inbox.pending(3, 1000, NOW))


def test_the_same_deliveries_in_two_orders_do_not_wait_in_a_ring(store: Store) -> None:
    """GitHub's repeats can arrive beside the first try; each is stored once and nobody is refused."""
    batch = [delivery(str(n)) for n in range(50)]
    counted = at_once(lambda n: store.inbox.accept(batch if n % 2 else batch[::-1]), 8)
    assert sorted(counted) == [0] * 7 + [50]


def test_processes_that_drain_the_same_rows_judge_each_once(processes: Pool, store: Store) -> None:
    """Four workers on one partition: every delivery is judged by exactly one, and the chain stays whole."""
    store.inbox.accept([delivery(str(n)) for n in range(60)])
    done = processes.starmap(drain, [(url_of(store), 12)] * 4, chunksize=1)
    while left := drain_once(store):
        done.append(left)
    assert sum(done) == 60
    assert store.inbox.counts() == {"done": 60}
    assert len(store.ledgers.entries("repo:1", 1000)) == 60
    assert store.ledgers.verify() == []


def test_two_drains_over_the_same_rows_commit_once(store: Store) -> None:
    """Both judge, then both write: the second finds its rows finished and rolls back."""
    store.inbox.accept([delivery("a")])
    (row,) = store.inbox.pending(3, 10, NOW)

    def finish(number: int) -> bool:
        with store.begin() as connection:
            won = store.inbox.finish(connection, [Outcome(seq=row.seq, state="done", note=str(number))])
            if not won:
                connection.rollback()
            return won

    assert sorted(at_once(finish, 2)) == [False, True]


def test_of_twenty_decisions_at_once_one_wins(store: Store) -> None:
    """Whoever decides on the version everybody saw wins; the others leave no record."""
    old = raised(store)

    def decide(number: int) -> bool:
        with store.begin() as connection:
            return store.alerts.save(connection, *decided(old, Verdict.HARMLESS, f"because {number}"))

    assert sorted(at_once(decide, 20)) == [False] * 19 + [True]
    (decision,) = store.alerts.decisions(old.id)
    found = store.alerts.get(old.id)
    assert found is not None
    assert found.reason == decision.reason
    assert store.ledgers.verify() == []


def test_the_same_finding_at_once_is_one_alert(store: Store) -> None:
    """Ten transactions raise the same fingerprint; one gets an id."""

    def raise_it(number: int) -> int | None:
        with store.begin() as connection:
            return store.alerts.raise_(connection, alert("same"), str(number))

    assert sum(number is not None for number in at_once(raise_it, 10)) == 1


def test_a_post_is_claimed_once(store: Store) -> None:
    """Ten notifiers reach for one message; one gets it."""
    shown = raised(store)
    with store.begin() as connection:
        store.outbox.add(connection, shown.id, "slack", "alert:1")
    claims = at_once(lambda n: store.outbox.claim("slack", "alert:1", f"w{n}", NOW, MINUTE), 10)
    assert sum(claim is not None for claim in claims) == 1


def test_one_process_at_a_time_holds_a_lease(store: Store) -> None:
    """Ten reach for a free lease, and again when it has run out."""
    for now in (NOW, NOW + MINUTE):
        taken = at_once(lambda n, now=now: store.leases.acquire("clock", f"{now}-{n}", 60, now), 10)  # type: ignore[misc]
        assert sum(taken) == 1


def test_writers_of_one_chain_queue_or_are_told(store: Store) -> None:
    """Eight threads add to one chain, also to one that none has begun: each entry is there or refused, none torn."""

    def add(number: int) -> bool:
        try:
            ledger = store.ledgers.load(["repo:1"], [])["repo:1"]
            ledger.use(Power.COMMITTER, Person(id=number), NOW)
            with store.begin() as connection:
                store.ledgers.write(connection, {"repo:1": ledger})
        except ConflictError:
            return False
        return True

    won = at_once(add, 8)
    assert any(won)
    assert len(store.ledgers.entries("repo:1")) == sum(won)
    assert store.ledgers.verify() == []


def test_appending_waits_instead_of_failing(store: Store) -> None:
    """Entries that depend on nothing loaded are all written, one after the other, in many chains at once."""
    with store.begin() as connection:
        for scope in ("repo:1", "repo:2"):
            store.ledgers.append(connection, scope, [Entry(at=NOW, kind="settled", subject="")])

    def add(number: int) -> None:
        order = ("repo:1", "repo:2") if number % 2 else ("repo:2", "repo:1")
        for scope in order:
            with store.begin() as connection:
                store.ledgers.append(connection, scope, [Entry(at=NOW, kind="decision", subject="id:1", by=ANNA)])

    at_once(add, 8)
    assert [len(store.ledgers.entries(scope)) for scope in ("repo:1", "repo:2")] == [9, 9]
    assert store.ledgers.verify() == []


def test_readers_do_not_wait_for_a_writer(store: Store) -> None:
    """While a transaction writes, others see the state before it, at once."""
    store.inbox.accept([delivery("a")])
    (row,) = store.inbox.pending(3, 10, NOW)
    with store.begin() as connection:
        store.inbox.finish(connection, [Outcome(seq=row.seq, state="done")])
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(store.inbox.counts).result(timeout=5) == {"pending": 1}
    assert store.inbox.counts() == {"done": 1}


def test_an_error_rolls_everything_back(store: Store) -> None:
    """A transaction whose block raises leaves nothing, and the next one works."""

    def break_in_the_middle() -> None:
        with store.begin() as connection:
            store.problems.report(connection, "k", "s", NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_in_the_middle()
    assert store.problems.open() == []
    with store.begin() as connection:
        store.problems.report(connection, "k", "s", NOW)
    assert [p.key for p in store.problems.open()] == ["k"]


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(sqlite_store: Store) -> None:
    """A programming error shows at once, and the thread can write again afterwards."""
    with sqlite_store.begin(), pytest.raises(RuntimeError, match="a write transaction is open in this thread"):
        sqlite_store.inbox.accept([delivery("a")])
    assert sqlite_store.inbox.accept([delivery("a")]) == 1
