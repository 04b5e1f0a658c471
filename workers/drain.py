"""Drain one partition of the inbox, batch by batch, so that one bad delivery cannot hold the others."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError, OperationalError

from github_app.store.engine import ConflictError
from github_app.store.inbox import Outcome, Pending
from workers.batch import Batch, OvertakenError
from workers.runtime import Runtime

log = logging.getLogger(__name__)

BATCH = 200
MOST_ATTEMPTS = 5
MOST_CONFLICTS = 10


def drain(runtime: Runtime, partition: int, now: dt.datetime) -> int:
    """Judge what waits in a partition until nothing is left that can be judged now; return how many deliveries.

    Raises:
        OvertakenError, ConflictError: other workers were faster again and again; what is left stays pending.
        sqlalchemy.exc.OperationalError: SQL is out of reach; everything not committed stays pending.
    """
    done = conflicts = 0
    while rows := runtime.store.inbox.pending(partition, BATCH, now):
        try:
            finished = _carefully(runtime, rows, now)
        except (OvertakenError, ConflictError):
            conflicts += 1
            if conflicts > MOST_CONFLICTS:
                raise
            continue
        done += finished
        if finished == 0:
            break
    return done


def drain_batch(runtime: Runtime, rows: Sequence[Pending], now: dt.datetime) -> int:
    """Judge these rows, commit everything they lead to or nothing, and return how many were dealt with.

    Raises:
        OvertakenError, ConflictError: another worker was faster; nothing was written.
    """
    batch = Batch(runtime, rows, now)
    batch.prepare()
    batch.write()
    batch.wake()
    return batch.progress


def _carefully(runtime: Runtime, rows: Sequence[Pending], now: dt.datetime) -> int:
    """Take a batch at once; if something in it breaks, one by one."""
    try:
        return drain_batch(runtime, rows, now)
    except (OvertakenError, ConflictError, OperationalError):
        raise
    except Exception:
        log.exception("batch failed, taking its deliveries one by one", extra={"deliveries": len(rows)})
    done = 0
    stopped: set[int] = set()
    for row in rows:
        if row.repository_id in stopped:
            continue
        try:
            done += drain_batch(runtime, [row], now)
        except (OvertakenError, ConflictError, OperationalError):
            raise
        except Exception as error:
            done += _set_aside(runtime, row, error, now)
            stopped.add(row.repository_id)
    return done


def _set_aside(runtime: Runtime, row: Pending, error: Exception, now: dt.datetime) -> int:
    """Try a delivery that breaks again later, and give it up with a stated reason after `MOST_ATTEMPTS`."""
    note = (
        f"{type(error).__name__} while judging"
        if isinstance(error, DBAPIError)
        else f"{type(error).__name__}: {error}"[:300]
    )
    log.error("delivery failed", exc_info=error, extra={"delivery": row.guid, "attempt": row.attempts + 1})
    store = runtime.store
    with store.begin() as conn:
        if row.attempts + 1 < MOST_ATTEMPTS:
            store.inbox.retry(conn, [row.seq], note)
            if row.repository_id:
                store.repositories.block(conn, row.repository_id, now + dt.timedelta(seconds=5 * 4**row.attempts), note)
            return 0
        store.inbox.finish(conn, [Outcome(seq=row.seq, state="failed", note=note)])
        sentence = f"Delivery {row.guid} ({row.event}) could not be judged and was set aside: {note}"
        store.problems.report(conn, f"delivery:{row.guid}", sentence, now)
    return 1
