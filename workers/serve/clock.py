"""The clock role: every few seconds, wake what waits although nobody was told; once a day, forget what nobody needs.

Any number of clocks may run; a lease in SQL makes one of them tick and lets another take over when it stops renewing.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType

from github_app.store import Store

log = logging.getLogger(__name__)

TICK_SECONDS = 2.0
LEASE_SECONDS = 15.0
LONGEST_PAUSE = 30.0
DAY = dt.timedelta(days=1)


class Clock:
    """Ticks while it holds the lease.

    Args:
        store: where the lease is.
        sweep: wakes what waits.
        now: the time, in UTC.
        daily: what is to be done once a day.
    """

    def __init__(
        self, store: Store, sweep: Callable[[], None], now: Callable[[], dt.datetime], daily: Callable[[], None]
    ) -> None:
        self._store = store
        self._sweep = sweep
        self._now = now
        self._daily = daily
        self._owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._daily_at: dt.datetime | None = None

    def tick(self) -> bool:
        """Sweep if we hold the lease; says whether we do."""
        now = self._now()
        if not self._store.leases.acquire("clock", self._owner, LEASE_SECONDS, now):
            return False
        self._sweep()
        if self._daily_at is None or now - self._daily_at >= DAY:
            self._daily()
            self._daily_at = now
        return True

    def stop(self) -> None:
        """Let another clock take over at once."""
        self._store.leases.release("clock", self._owner)


def tick_until(clock: Clock, stopping: threading.Event, tick_seconds: float = TICK_SECONDS) -> None:
    """Tick until `stopping` is set, through any outage of SQL or Redis; says when trouble begins and when it is over."""
    pause, in_trouble = tick_seconds, False
    while not stopping.is_set():
        started = time.monotonic()
        try:
            clock.tick()
        except Exception:
            # Whatever it was, the next tick may work, and without a clock lost wake-ups stay lost.
            if not in_trouble:
                log.exception("the clock cannot tick and keeps trying")
            in_trouble, pause = True, min(pause * 2, LONGEST_PAUSE)
        else:
            if in_trouble:
                log.warning("the clock ticks again")
            in_trouble, pause = False, tick_seconds
        stopping.wait(max(pause - (time.monotonic() - started), 0.1))


def run() -> int:
    """Tick until asked to stop."""
    from workers.jobs import daily, sweep  # noqa: PLC0415 (open what they need when they are called)
    from workers.runtime import current, utcnow  # noqa: PLC0415

    stopping = threading.Event()

    def stop(*_: int | FrameType | None) -> None:
        # Not set here: the main thread may hold the event's own lock while it handles a signal.
        threading.Thread(target=stopping.set).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    clock = Clock(current().store, sweep, utcnow, daily)
    tick_until(clock, stopping)
    clock.stop()
    return 0
