"""Whose turn it is: a courtesy lock in Redis that saves two workers from doing the same work at the same time.

Nothing depends on it. Lost or expired, the transaction in `workers.batch` and the claims of the outbox still let only
one of them win.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import LockError, RedisError

log = logging.getLogger(__name__)

SECONDS = 15


@contextmanager
def turn(redis: Redis, what: str) -> Iterator[bool]:
    """Take a piece of work, like `drain:7`, for at most `SECONDS`; yields False when another worker has it.

    Redis out of reach counts as our turn: the work is safe without the lock.
    """
    lock = redis.lock(f"trust:turn:{what}", timeout=SECONDS, blocking=False)
    held = True
    try:
        held = bool(lock.acquire())
    except RedisError as error:
        log.warning("no turn lock: %s", type(error).__name__)
        lock = None
    try:
        yield held
    finally:
        if held and lock is not None:
            try:
                lock.release()
            except (LockError, RedisError) as error:
                log.info("turn lock was gone before release: %s", type(error).__name__)
