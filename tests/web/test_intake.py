"""Group commit: nobody is released before the disk has it, and one failure does not spread."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from github_app.store import Delivery, Store
from github_app.web import intake as module
from github_app.web.intake import Intake, NotStoredError

AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def delivery(number: int, *, guid: str = "") -> Delivery:
    """Return a delivery."""
    return Delivery(
        guid=guid or f"guid-{number}", event="push", received_at=AT, partition=number % 5, repository_id=number, owner_id=0,
        body=b"{}",
    )  # fmt: skip


def together(intake: Intake, deliveries: Sequence[Delivery]) -> list[Exception | None]:
    """Store deliveries at one time, each from a thread of its own, and return what each raised."""
    barrier = threading.Barrier(len(deliveries))

    def one(delivery: Delivery) -> Exception | None:
        barrier.wait()
        try:
            intake.store(delivery)
        except NotStoredError as error:
            return error
        return None

    with ThreadPoolExecutor(len(deliveries)) as pool:
        return list(pool.map(one, deliveries))


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def test_requests_that_wait_together_are_committed_together(sqlite_store: Store) -> None:
    """While one commit is under way the next group gathers: far fewer commits than deliveries, and all of them stored."""
    groups: list[int] = []

    def slowly(deliveries: Sequence[Delivery]) -> int:
        groups.append(len(deliveries))
        time.sleep(0.05)
        return sqlite_store.inbox.accept(deliveries)

    intake = Intake(slowly, lambda _: None)
    assert together(intake, [delivery(n) for n in range(40)]) == [None] * 40
    intake.close()
    assert sqlite_store.inbox.counts() == {"pending": 40}
    assert len(groups) <= 10


def test_one_guid_at_one_time_is_one_row(sqlite_store: Store) -> None:
    """However many requests bring the same delivery together, it is stored once and everybody is told so."""
    repeated: list[int] = []
    intake = Intake(sqlite_store.inbox.accept, lambda _: None, repeated.append)
    assert together(intake, [delivery(1, guid="same") for _ in range(20)]) == [None] * 20
    intake.close()
    assert (sqlite_store.inbox.counts(), sum(repeated)) == ({"pending": 1}, 19)


def test_nobody_is_released_before_the_commit() -> None:
    """As long as the commit is under way, the request waits."""
    committing, go_on = threading.Event(), threading.Event()

    def accept(deliveries: Sequence[Delivery]) -> int:
        committing.set()
        go_on.wait(10)
        return len(deliveries)

    intake = Intake(accept, lambda _: None)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(intake.store, delivery(1))
        committing.wait(10)
        assert not waiting.done()
        go_on.set()
        waiting.result(10)
    intake.close()


def test_a_delivery_that_sql_refuses_does_not_take_the_others_along(sqlite_store: Store) -> None:
    """The group is tried again one by one, and only the bad one is refused."""

    def picky(deliveries: Sequence[Delivery]) -> int:
        if any(d.guid == "bad" for d in deliveries):
            raise ValueError("refused")
        time.sleep(0.02)
        return sqlite_store.inbox.accept(deliveries)

    intake = Intake(picky, lambda _: None)
    deliveries = [delivery(n) for n in range(20)] + [delivery(99, guid="bad")]
    errors = together(intake, deliveries)
    intake.close()
    assert [d.guid for d, error in zip(deliveries, errors, strict=True) if error] == ["bad"]
    assert sqlite_store.inbox.counts() == {"pending": 20}


def test_when_sql_is_gone_everybody_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request waits longer than GitHub does, also when each attempt takes its time."""
    monkeypatch.setattr(module, "PATIENCE", 0.4)

    def gone(_: Sequence[Delivery]) -> int:
        time.sleep(0.1)
        raise OSError("no database")

    intake = Intake(gone, lambda _: None)
    started = time.monotonic()
    errors = together(intake, [delivery(n) for n in range(30)])
    assert time.monotonic() - started < 2
    assert all(isinstance(error, NotStoredError) for error in errors)
    intake.close()


def test_a_slow_waker_delays_nobody(sqlite_store: Store) -> None:
    """A Redis that hangs is felt by the waking thread alone, and its failure does not end it."""
    go_on = threading.Event()
    woken: set[int] = set()

    def wake(partitions: Iterable[int]) -> None:
        first = not go_on.is_set()
        go_on.wait(10)
        if first:
            raise RuntimeError("an error nobody thought of")
        woken.update(partitions)

    intake = Intake(sqlite_store.inbox.accept, wake)
    started = time.monotonic()
    intake.store(delivery(0))
    assert time.monotonic() - started < 5
    go_on.set()
    intake.store(delivery(1))
    eventually(lambda: 1 in woken)
    intake.close()


def test_what_waits_is_stored_before_the_end(sqlite_store: Store) -> None:
    """Closing commits what was taken, wakes for it, and refuses what comes afterwards."""
    woken: set[int] = set()

    def slowly(deliveries: Sequence[Delivery]) -> int:
        time.sleep(0.05)
        return sqlite_store.inbox.accept(deliveries)

    intake = Intake(slowly, woken.update)
    with ThreadPoolExecutor(10) as pool:
        waiting = [pool.submit(intake.store, delivery(n)) for n in range(10)]
        eventually(lambda: sqlite_store.inbox.counts() != {})
        intake.close()
        results = [future.exception(10) for future in waiting]
    stored = sum(result is None for result in results)
    assert sqlite_store.inbox.counts() == {"pending": stored}
    assert woken
    with pytest.raises(NotStoredError):
        intake.store(delivery(99))


def test_no_thread_runs_before_the_first_delivery() -> None:
    """A server may make the application and fork afterwards."""
    before = threading.active_count()
    Intake(len, lambda _: None)
    assert threading.active_count() == before
