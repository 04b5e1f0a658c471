"""Wake-ups over a real Valkey: none lost, few made, and no harm when it is away."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from github_app.wake import DRAIN, FAILED_SECONDS, LEARN, NOTIFY, PARTITIONS, POLICIES, REPORTS, Waker, partition_of
from tests.web.valkey import running_valkey


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Run one Valkey for this file."""
    with running_valkey() as url:
        yield url


@pytest.fixture
def redis(server: str) -> Iterator[Redis]:
    """Return a client of an empty server."""
    client = Redis.from_url(server)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def waker(server: str, redis: Redis) -> Iterator[Waker]:
    """Return a waker on an empty server."""
    waker = Waker(server)
    yield waker
    waker.redis.close()


def jobs(redis: Redis, name: str) -> list[tuple[str, tuple[object, ...]]]:
    """Return what a queue holds: names and arguments."""
    queue = Queue(name, connection=redis, serializer=JSONSerializer)
    return [(str(job.func_name), tuple(job.args)) for job in queue.jobs]


def test_a_job_is_a_name_and_a_number(waker: Waker, redis: Redis) -> None:
    """What is enqueued is found by dotted name and holds no payload and no pickle."""
    waker.partitions([3])
    waker.notify()
    waker.learn(4711)
    waker.policies()
    waker.reports()
    assert jobs(redis, REPORTS) == [("workers.jobs.reports", ())]
    assert jobs(redis, POLICIES) == [("workers.jobs.policies", ())]
    assert jobs(redis, DRAIN) == [("workers.jobs.drain", (3,))]
    assert jobs(redis, NOTIFY) == [("workers.jobs.notify", ())]
    assert jobs(redis, LEARN) == [("workers.jobs.learn", (4711,))]
    [key] = Queue(DRAIN, connection=redis).job_ids
    data = redis.hget(f"rq:job:{key}", "data")
    assert isinstance(data, bytes)
    assert b'"workers.jobs.drain"' in zlib.decompress(data)


def test_a_burst_makes_few_jobs(waker: Waker, redis: Redis) -> None:
    """Ten thousand deliveries of two hundred repositories end in one job for each partition."""
    for first in range(0, 10_000, 20):
        waker.partitions(partition_of(repository % 200 + 1, 0) for repository in range(first, first + 20))
    partitions = [args for _, args in jobs(redis, DRAIN)]
    assert len(partitions) == len(set(partitions)) <= PARTITIONS


def test_after_clearing_a_wake_up_counts_again(waker: Waker, redis: Redis) -> None:
    """A delivery that arrives while a job works leads to another job."""
    waker.partitions([3, 4])
    waker.partitions([3])
    waker.clear_partition(3)
    waker.partitions([3, 4])
    assert jobs(redis, DRAIN) == [("workers.jobs.drain", (n,)) for n in (3, 4, 3)]
    for wake, clear, name in (
        (waker.notify, waker.clear_notify, NOTIFY),
        (lambda: waker.learn(1), lambda: waker.clear_learn(1), LEARN),
    ):
        wake()
        wake()
        clear()
        wake()
        assert len(jobs(redis, name)) == 2


def test_no_wake_up_is_lost_between_threads(server: str, redis: Redis) -> None:
    """Whatever was put in before its wake-up has been seen when the queue is empty again."""
    written, seen = 0, 0
    lock, done = threading.Lock(), threading.Event()

    def produce() -> None:
        nonlocal written
        waker = Waker(server)
        for _ in range(200):
            with lock:
                written += 1
            waker.partitions([7])
        waker.redis.close()

    producers = [threading.Thread(target=produce) for _ in range(3)]
    for producer in producers:
        producer.start()
    consumer = Waker(server)
    queue = Queue(DRAIN, connection=redis, serializer=JSONSerializer)
    while not done.is_set():
        finished = all(not producer.is_alive() for producer in producers)
        job = queue.jobs[0] if queue.count else None
        if job is None:
            if finished:
                done.set()
            continue
        queue.remove(job)
        consumer.clear_partition(7)
        with lock:
            seen = written
    consumer.redis.close()
    assert seen == written == 600


def test_a_flag_without_a_job_stands_for_a_minute_at_most(waker: Waker, redis: Redis) -> None:
    """A worker killed before it cleared the flag does not silence a partition for good."""
    waker.partitions([3])
    assert 0 < redis.ttl("trust:wake:drain:3") <= 60


def test_jobs_leave_nothing_behind(waker: Waker, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that is done disappears; one that failed goes away by itself, long before RQ's year."""
    monkeypatch.setattr("workers.jobs.drain", lambda partition: 1 // partition)
    waker.partitions([0, 1])
    names = (DRAIN, NOTIFY, LEARN)
    queues = [Queue(name, connection=redis, serializer=JSONSerializer) for name in names]
    SimpleWorker(queues, connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="CRITICAL")
    [left] = redis.keys("rq:job:*")
    assert redis.hget(left, "description") == b"workers.jobs.drain(0)"
    assert 0 < redis.ttl(left) <= FAILED_SECONDS


@pytest.mark.parametrize("url", ["", "unix:///nowhere/at/all.sock", "redis://127.0.0.1:1"])
def test_without_redis_nothing_breaks_and_it_is_said_once(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Deliveries go on being stored; the log is not filled with the same sentence."""
    waker = Waker(url)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            waker.partitions([1])
            waker.notify()
            waker.learn(1)
            waker.clear_partition(1)
    assert not waker.is_there()
    assert len(caplog.records) == 1


def test_a_redis_that_hangs_costs_a_second(server: str, redis: Redis) -> None:
    """A Redis that takes commands and never answers is given up soon, without sending anything twice."""
    waker = Waker(server)
    waker.redis.ping()
    redis.client_pause(1500)
    started = time.monotonic()
    waker.notify()
    assert time.monotonic() - started < 2.5
    deadline = time.monotonic() + 10
    while not waker.is_there():
        assert time.monotonic() < deadline
    waker.redis.close()
    assert len(jobs(redis, NOTIFY)) <= 1


def test_partitions_are_stable_and_even() -> None:
    """A repository stays in its partition for ever; neighbours spread; odd numbers do no harm."""
    assert [partition_of(n, 0) for n in (1, 2, 3, 4711)] == [39, 15, 54, partition_of(4711, 99)]
    spread = [sum(partition_of(n, 0) == p for n in range(1, 6401)) for p in range(PARTITIONS)]
    assert min(spread) > 80
    assert partition_of(0, 7) == partition_of(7, 0)
    assert all(0 <= partition_of(n, 0) < PARTITIONS for n in (0, -1, 2**63, 10**40))
