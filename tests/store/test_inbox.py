"""The inbox on both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from github_app.model import Repository
from github_app.store import Outcome, Store
from tests.store.samples import MINUTE, NOW, delivery


def guids(store: Store, partition: int = 3, limit: int = 100, now: dt.datetime = NOW) -> list[str]:
    """Return the GUIDs of what is pending."""
    return [p.guid for p in store.inbox.pending(partition, limit, now)]


def test_a_delivery_comes_back_as_it_was_received(store: Store) -> None:
    """What was accepted is pending, byte for byte, with its zone."""
    sent = delivery("a")
    assert store.inbox.accept([sent]) == 1
    (got,) = store.inbox.pending(3, 10, NOW)
    assert (got.guid, got.event, got.received_at, got.body) == ("a", "push", NOW, sent.body)
    assert got.received_at.tzinfo is not None
    assert (got.partition, got.repository_id, got.owner_id, got.attempts) == (3, 1, 9, 0)


def test_the_same_delivery_twice_is_stored_once(store: Store) -> None:
    """GitHub may send a delivery again, in the same batch or a later one."""
    assert store.inbox.accept([delivery("a"), delivery("b"), delivery("a")]) == 2
    assert store.inbox.accept([delivery("b"), delivery("c")]) == 1
    assert guids(store) == ["a", "b", "c"]


def test_a_large_group_is_stored_as_one_by_one(store: Store) -> None:
    """More deliveries than one statement takes, out of order and some of them twice, each keep their own body."""
    sent = [f"{number:04}" for number in range(1200, 0, -1)]
    group = [replace(delivery(guid), body=guid.encode()) for guid in [*sent, *sent[::100]]]
    assert store.inbox.accept(group) == len(sent)
    assert {p.guid: p.body for p in store.inbox.pending(3, 2000, NOW)} == {guid: guid.encode() for guid in sent}


def test_pending_comes_in_order_and_up_to_the_limit(store: Store) -> None:
    """Deliveries of several repositories of one partition come in the order in which they arrived."""
    store.inbox.accept([delivery(str(n), repository_id=n % 3) for n in range(9)])
    assert guids(store, limit=5) == ["0", "1", "2", "3", "4"]
    assert guids(store, partition=4) == []


def test_repositories_that_are_not_ready_wait(store: Store) -> None:
    """Unknown, watched and removed repositories are judged; new, learning and blocked ones wait."""
    states = {1: "new", 2: "learning", 3: "watched", 4: "removed", 5: "watched"}
    with store.begin() as connection:
        store.repositories.see_all(connection, [(Repository(id=i, full_name=f"o/{i}"), None) for i in states], NOW)
        for number, state in states.items():
            store.repositories.set_state(connection, number, state, at=NOW)
        store.repositories.block(connection, 5, NOW + MINUTE, "asked to wait")
    store.inbox.accept([delivery(str(i), repository_id=i) for i in range(7)])
    assert guids(store) == ["0", "3", "4", "6"]
    assert guids(store, now=NOW + MINUTE) == ["0", "3", "4", "5", "6"]


def test_finished_deliveries_are_not_pending_and_finish_once(store: Store) -> None:
    """A delivery is finished by one transaction only; the second is told so."""
    store.inbox.accept([delivery("a"), delivery("b")])
    a, b = store.inbox.pending(3, 10, NOW)
    with store.begin() as connection:
        assert store.inbox.finish(connection, [Outcome(seq=a.seq, state="ignored", note="nothing about trust")])
    assert guids(store) == ["b"]
    assert store.inbox.outcome("a") == ("ignored", "nothing about trust")
    with store.begin() as connection:
        assert not store.inbox.finish(connection, [Outcome(seq=b.seq, state="done"), Outcome(seq=a.seq, state="done")])
        connection.rollback()
    assert guids(store) == ["b"]
    assert store.inbox.outcome("never seen") is None


def test_a_failed_attempt_is_counted_and_keeps_waiting(store: Store) -> None:
    """A retry keeps the delivery, counts, and says why."""
    store.inbox.accept([delivery("a")])
    for times in (1, 2):
        with store.begin() as connection:
            store.inbox.retry(connection, [store.inbox.pending(3, 1, NOW)[0].seq], "GitHub is down")
        assert store.inbox.pending(3, 1, NOW)[0].attempts == times
    assert store.inbox.outcome("a") == ("pending", "GitHub is down")


def test_stale_partitions_are_those_with_old_work_that_could_be_done(store: Store) -> None:
    """Fresh deliveries and those of repositories that are not ready wake nobody."""
    with store.begin() as connection:
        store.repositories.see(connection, Repository(id=7, full_name="o/seven"), None, NOW)
    store.inbox.accept(
        [
            delivery("old", partition=1),
            delivery("fresh", partition=2, at=NOW + MINUTE),
            delivery("unready", partition=3, repository_id=7),
            delivery("old too", partition=63, repository_id=0),
        ]
    )
    assert store.inbox.stale_partitions(NOW + MINUTE, NOW + MINUTE) == [1, 63]


def test_pruning_drops_bodies_of_finished_deliveries_only(store: Store) -> None:
    """Bodies go first and rows much later, so that a repeated delivery is still recognised; waiting ones stay whole."""
    store.inbox.accept([delivery("a"), delivery("b")])
    with store.begin() as connection:
        store.inbox.finish(connection, [Outcome(seq=store.inbox.pending(3, 1, NOW)[0].seq, state="done")])
    future = dt.datetime.now(dt.UTC) + MINUTE
    assert store.inbox.prune(future) == 1
    assert store.inbox.prune(future) == 0
    assert store.inbox.accept([delivery("a")]) == 0
    assert store.inbox.pending(3, 1, NOW)[0].body == delivery("b").body
    store.inbox.prune(future, forget_before=future)
    assert store.inbox.outcome("a") is None
    assert guids(store) == ["b"]


def test_people_can_look_at_the_inbox(store: Store) -> None:
    """Counts and the latest deliveries are there without their bodies."""
    store.inbox.accept([delivery("a"), delivery("b")])
    with store.begin() as connection:
        store.inbox.finish(connection, [Outcome(seq=store.inbox.pending(3, 1, NOW)[0].seq, state="failed", note="x" * 9000)])
    assert store.inbox.counts() == {"pending": 1, "failed": 1}
    latest = store.inbox.recent(1)[0]
    assert (latest.guid, latest.state, latest.received_at) == ("b", "pending", NOW)
