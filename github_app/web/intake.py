"""Group commit: requests that arrive together share one transaction, and each waits until it is on the disk.

A commit that survives a power cut costs an fsync. One thread takes whatever is waiting, commits all of it at once and
releases the requests; while the disk works the next group gathers. Wake-ups follow on a second thread, so that a Redis
that is slow or gone delays nobody. Both threads start with the first delivery, in the process that serves.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.util import Finalize
from queue import Empty, SimpleQueue
from time import monotonic

from github_app.store.inbox import Delivery

log = logging.getLogger(__name__)

GROUP = 512
GROUP_BYTES = 32 * 1024 * 1024
PATIENCE = 8.0
"""Seconds a request waits for its commit; GitHub gives up after 10
(https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks)."""
GATHER = 0.02
"""Seconds between two rounds of wake-ups, so that a burst costs Redis little."""


class NotStoredError(Exception):
    """The delivery is not known to be on the disk; the sender has to try again."""


class _Ticket:
    """A delivery and the lock on which its request waits."""

    __slots__ = ("delivery", "error", "settled")

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.error: Exception | None = None
        self.settled = threading.Lock()
        self.settled.acquire()


class Intake:
    """Stores deliveries in groups.

    Args:
        accept: stores deliveries durably and returns how many were new; `store.inbox.accept`.
        wake: has partitions looked at; `Waker.partitions`.
        repeated: is told how many deliveries of a group were known already.
    """

    def __init__(
        self,
        accept: Callable[[Sequence[Delivery]], int],
        wake: Callable[[Iterable[int]], None],
        repeated: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._accept = accept
        self._wake = wake
        self._repeated = repeated
        self._tickets: SimpleQueue[_Ticket | None] = SimpleQueue()
        self._partitions: SimpleQueue[frozenset[int] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        self._closed = threading.Event()

    def store(self, delivery: Delivery) -> None:
        """Return once the delivery is committed.

        Raises:
            NotStoredError: it could not be stored, or not in time.
        """
        if not self._threads:
            self._start()
        if self._closed.is_set():
            raise NotStoredError("the server is stopping")
        ticket = _Ticket(delivery)
        self._tickets.put(ticket)
        if not ticket.settled.acquire(timeout=PATIENCE):
            raise NotStoredError(f"not committed within {PATIENCE:g} seconds")
        if ticket.error is not None:
            raise NotStoredError(type(ticket.error).__name__) from ticket.error

    def close(self) -> None:
        """Commit what waits, send the last wake-ups and end the threads; nothing is accepted afterwards."""
        with self._starting:
            if self._closed.is_set():
                return
            self._closed.set()
        self._tickets.put(None)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _start(self) -> None:
        with self._starting:
            if self._threads or self._closed.is_set():
                return
            # Not at import and not in the constructor: threads do not survive the fork of a server's workers.
            threads = [
                threading.Thread(target=self._write, name="inbox-writer", daemon=True),
                threading.Thread(target=self._wake_up, name="inbox-waker", daemon=True),
            ]
            for thread in threads:
                thread.start()
            self._threads = threads
            # Unlike atexit it also runs at the end of a process that multiprocessing made, as granian's workers are.
            Finalize(None, self.close, exitpriority=100)

    def _write(self) -> None:
        while True:
            first = self._tickets.get()
            group, is_last = self._gather(first)
            if group:
                self._commit(group)
            if is_last:
                self._partitions.put(None)
                return

    def _gather(self, first: _Ticket | None) -> tuple[list[_Ticket], bool]:
        """Take what waits, up to a limit that keeps transactions short; the second value says that the end was reached."""
        group: list[_Ticket] = []
        size = 0
        ticket = first
        while ticket is not None:
            group.append(ticket)
            size += len(ticket.delivery.body)
            if len(group) >= GROUP or size >= GROUP_BYTES:
                return group, False
            try:
                ticket = self._tickets.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _commit(self, group: Sequence[_Ticket]) -> None:
        try:
            self._accept_all(group)
        except Exception as error:
            log.error("a group of %d deliveries was not stored: %s", len(group), type(error).__name__)
            if len(group) == 1:
                group[0].error = error
            else:
                self._one_by_one(group, error)
        finally:
            for ticket in group:
                ticket.settled.release()

    def _one_by_one(self, group: Sequence[_Ticket], error: Exception) -> None:
        """Do not let one delivery that SQL refuses take the others with it; with SQL gone, give all of them up in time."""
        end = monotonic() + PATIENCE / 2
        for ticket in group:
            if monotonic() > end:
                ticket.error = error
                continue
            try:
                self._accept_all([ticket])
            except Exception as its_own:  # whatever the driver raises: the request is told and answers 503
                ticket.error = its_own

    def _accept_all(self, group: Sequence[_Ticket]) -> None:
        new = self._accept([ticket.delivery for ticket in group])
        if new < len(group):
            self._repeated(len(group) - new)
        if new:
            self._partitions.put(frozenset(ticket.delivery.partition for ticket in group))

    def _wake_up(self) -> None:
        going_on = True
        while going_on:
            found = self._partitions.get()
            partitions: set[int] = set()
            while found is not None:
                partitions |= found
                try:
                    found = self._partitions.get_nowait()
                except Empty:
                    break
            going_on = found is not None
            try:
                self._wake(partitions)
            except Exception:
                # The sweep wakes what we did not; a dead thread would leave every later wake-up to it.
                log.exception("wake-ups failed")
            self._closed.wait(GATHER)
