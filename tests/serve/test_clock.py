"""The clock: one of many ticks, another takes over, and no outage stops it."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError

from github_app.store import Store
from tests.serve.running import eventually
from workers.serve.clock import LEASE_SECONDS, Clock, tick_until

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


class Hands:
    """A time that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        """Return the time."""
        return self.now

    def forward(self, **delta: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**delta)


def nothing() -> None:
    """Do nothing."""


def test_only_one_of_two_clocks_sweeps(store: Store) -> None:
    """The second waits while the first renews, and takes over when the first is silent for the time of the lease."""
    hands, swept = Hands(), list[str]()
    one, two = (Clock(store, partial(swept.append, name), hands, nothing) for name in "ab")
    for _ in range(5):
        assert one.tick()
        assert not two.tick()
        hands.forward(seconds=LEASE_SECONDS / 2)
    assert swept == ["a"] * 5
    hands.forward(seconds=LEASE_SECONDS)
    assert two.tick()
    assert not one.tick()
    assert swept == [*("a" * 5), "b"]


def test_a_clock_that_stops_hands_over_at_once(store: Store) -> None:
    """A restart costs no tick."""
    hands = Hands()
    one, two = Clock(store, nothing, hands, nothing), Clock(store, nothing, hands, nothing)
    assert one.tick()
    one.stop()
    assert two.tick()


def test_daily_work_is_done_once_a_day_by_who_ticks(sqlite_store: Store) -> None:
    """At the start, then after a day and not before; a clock without the lease does nothing."""
    hands, done = Hands(), list[str]()
    one, two = (Clock(sqlite_store, nothing, hands, partial(done.append, name)) for name in "ab")
    for pause in ({"hours": 0}, {"hours": 23, "minutes": 59}, {"minutes": 1}, {"hours": 1}):
        hands.forward(**pause)
        assert one.tick()
        assert not two.tick()
    assert done == ["a", "a"]


def test_daily_work_that_fails_is_tried_again(sqlite_store: Store) -> None:
    """A day is not lost because SQL was away for a moment."""
    attempts = 0

    def daily() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise OperationalError("DELETE", {}, OSError("away"))

    clock = Clock(sqlite_store, nothing, Hands(), daily)
    with pytest.raises(OperationalError):
        clock.tick()
    clock.tick()
    clock.tick()
    assert attempts == 2


def test_it_ticks_through_an_outage_and_says_so_once(sqlite_store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """With SQL or Redis away it keeps trying; the log has one line at the beginning and one at the end."""
    attempts = 0

    def sweep() -> None:
        nonlocal attempts
        attempts += 1
        if 2 <= attempts <= 4:
            raise OperationalError("SELECT 1", {}, OSError("away"))

    stopping = threading.Event()
    caplog.set_level(logging.INFO)
    clock = Clock(sqlite_store, sweep, lambda: dt.datetime.now(dt.UTC), nothing)
    thread = threading.Thread(target=tick_until, args=(clock, stopping, 0.02))
    thread.start()
    eventually(lambda: attempts >= 6, "it ticks on")
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()
    said = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert said == ["the clock cannot tick and keeps trying", "the clock ticks again"]
