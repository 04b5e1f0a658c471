"""Wake-ups: jobs that say "look into the inbox", never what is in it.

A flag is set before a job is enqueued and cleared before the job reads. While the flag stands a job is on its way, so ten
thousand deliveries cost a few dozen jobs; whatever comes after the clearing sets the flag anew, so no wake-up is lost.
Redis is the alarm clock and nothing more: when it is away nothing here raises, and the sweep finds what waits in SQL.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

PARTITIONS = 64
DRAIN, NOTIFY, LEARN, POLICIES = "drain", "notify", "learn", "policies"
RECONCILE, REDELIVER, EXAMINE, REPORTS = "reconcile", "redeliver", "examine", "reports"
QUEUES = (NOTIFY, DRAIN, POLICIES, REPORTS, REDELIVER, RECONCILE, LEARN, EXAMINE)
"""The queues in the order in which workers look: messages are few and people wait for them, histories can wait."""

FLAG_SECONDS = 60
"""A flag whose job got lost (a worker killed between taking the job and clearing the flag) stands in the way this long."""
JOB_SECONDS = {
    DRAIN: 600, NOTIFY: 300, LEARN: 3600, POLICIES: 300, RECONCILE: 300, REDELIVER: 600, EXAMINE: 1800, REPORTS: 1800,
}  # fmt: skip
FAILED_SECONDS = 24 * 3600
"""How long a failed job can be looked at; RQ's default is a year."""
REDIS_SECONDS = 1.0
"""How long Redis may take. The defaults of redis-py 8 wait 59 seconds for a Redis that hangs and send commands twice."""

_GOLDEN = 0x9E3779B97F4A7C15  # 2**64 divided by the golden ratio: spreads neighbouring ids (Knuth, TAOCP 3, 6.4)


def partition_of(repository_id: int, owner_id: int) -> int:
    """Return the partition of a delivery: by repository, or by owner for an event that concerns no repository (id 0).

    It depends on the id alone, so all deliveries of one repository are in one partition, for ever.
    """
    return ((repository_id or owner_id) * _GOLDEN & 0xFFFF_FFFF_FFFF_FFFF) * PARTITIONS >> 64


class Waker:
    """Enqueues wake-ups; safe to share between threads. An empty URL stands for a Redis that is never there."""

    def __init__(self, redis_url: str) -> None:
        self.redis = Redis.from_url(
            redis_url or f"unix://{os.devnull}",
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),  # a command that is sent again after a timeout would be done twice
        )
        self._in_trouble = False

    def partitions(self, ids: Iterable[int]) -> None:
        """Have the deliveries that wait in these partitions judged."""
        self._wake(DRAIN, sorted(set(ids)))

    def notify(self) -> None:
        """Have what is due in the outbox sent."""
        self._wake(NOTIFY, [None])

    def learn(self, repository_id: int) -> None:
        """Have the history of a repository learned."""
        self._wake(LEARN, [repository_id])

    def policies(self) -> None:
        """Have policy files looked at that are due."""
        self._wake(POLICIES, [None])

    def reports(self) -> None:
        """Have reports about incidents made that are due."""
        self._wake(REPORTS, [None])

    def clear_reports(self) -> None:
        """Say that reports are being made now; to be called before reading."""
        self._clear(_flag(REPORTS, None))

    def clear_policies(self) -> None:
        """Say that policy files are being looked at now; to be called before reading."""
        self._clear(_flag(POLICIES, None))

    def reconcile(self, installation_id: int) -> None:
        """Have what is due for an installation compared with GitHub."""
        self._wake(RECONCILE, [installation_id])

    def redeliver(self) -> None:
        """Have deliveries that failed sent again."""
        self._wake(REDELIVER, [None])

    def clear_reconcile(self, installation_id: int) -> None:
        """Say that comparing is over; to be called at its end, or every sweep would send another worker."""
        self._clear(_flag(RECONCILE, installation_id))

    def clear_redeliver(self) -> None:
        """The same for deliveries."""
        self._clear(_flag(REDELIVER, None))

    def examine(self, repository_id: int) -> None:
        """Have the waiting releases of a repository looked into."""
        self._wake(EXAMINE, [repository_id])

    def clear_examine(self, repository_id: int) -> None:
        """Say that a repository's releases were looked into; to be called at the end, like that of comparing."""
        self._clear(_flag(EXAMINE, repository_id))

    def clear_partition(self, partition: int) -> None:
        """Say that a partition is being looked at now; to be called before reading."""
        self._clear(_flag(DRAIN, partition))

    def clear_notify(self) -> None:
        """Say that the outbox is being looked at now; to be called before reading."""
        self._clear(_flag(NOTIFY, None))

    def clear_learn(self, repository_id: int) -> None:
        """Say that a history is being learned now; to be called before reading."""
        self._clear(_flag(LEARN, repository_id))

    def is_there(self) -> bool:
        """Say whether Redis answers."""
        try:
            return bool(self.redis.ping())
        except RedisError:
            return False

    def _wake(self, name: str, ids: Sequence[int | None]) -> None:
        if not ids:
            return
        flags = [_flag(name, id_) for id_ in ids]
        try:
            pipeline = self.redis.pipeline(transaction=False)
            for flag in flags:
                pipeline.set(flag, "1", nx=True, ex=FLAG_SECONDS)
            fresh = [id_ for id_, new in zip(ids, pipeline.execute(), strict=True) if new]
            if fresh:
                self._enqueue(name, fresh)
        except RedisError as error:
            self._report(error)
            # The flag may stand without a job behind it. If Redis hears this, the sweep is not held up until it expires.
            self._clear(*flags)
        else:
            self._in_trouble = False

    def _enqueue(self, name: str, ids: Sequence[int | None]) -> None:
        queue = Queue(name, connection=self.redis, serializer=JSONSerializer)
        queue.enqueue_many([
            Queue.prepare_data(
                f"workers.jobs.{_JOBS[name]}",
                args=() if id_ is None else (id_,),
                timeout=JOB_SECONDS[name],
                result_ttl=0,
                failure_ttl=FAILED_SECONDS,
            )
            for id_ in ids
        ])  # fmt: skip

    def _clear(self, *flags: str) -> None:
        try:
            self.redis.delete(*flags)
        except RedisError as error:
            self._report(error)

    def _report(self, error: RedisError) -> None:
        """Say it once, not for each delivery of an outage."""
        if not self._in_trouble:
            log.warning("Redis does not answer (%s); deliveries are stored and judged when it is back", type(error).__name__)
        self._in_trouble = True


_JOBS = {name: name for name in QUEUES}


def _flag(name: str, id_: int | None) -> str:
    return f"trust:wake:{name}" if id_ is None else f"trust:wake:{name}:{id_}"
