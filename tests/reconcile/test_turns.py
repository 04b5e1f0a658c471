"""Comparing takes short turns on a worker that is there for deliveries, and goes on until nothing is due."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from github_app.wake import Waker
from tests.reconcile.conftest import INSTALLATION, World
from tests.standin.github import Answer, Request
from tests.web.valkey import running_valkey
from workers import jobs
from workers.runtime import utcnow
from workers.serve.worker import queues_of

TURN = 0.05


@pytest.fixture
def redis_url() -> Iterator[str]:
    """Run a Valkey."""
    with running_valkey() as url:
        yield url


def test_a_delivery_waits_for_a_turn_and_not_for_the_round(
    world: World, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second worker compares, however long the first learns a history, and looks after deliveries in between."""
    for number in range(5):
        world.repo(f"r{number}")
    waker, redis = Waker(redis_url), Redis.from_url(redis_url)
    runtime, answer = replace(world.runtime, waker=waker), world.estate.github.answer
    asked: list[str] = []
    drained_after: list[int] = []

    def asking(request: Request) -> Answer:
        asked.append(request.path)
        if len(asked) in {5, 40}:
            waker.partitions([7])  # a delivery comes in the middle of a turn
        return answer(request)

    def drain(partition: int) -> None:
        waker.clear_partition(partition)
        drained_after.append(len(asked))

    monkeypatch.setattr(world.estate.github, "answer", asking)
    monkeypatch.setattr(jobs, "COMPARE_SECONDS", TURN)
    monkeypatch.setattr(jobs, "current", lambda: runtime)
    monkeypatch.setattr(jobs, "drain", drain)
    queues = [Queue(name, connection=redis, serializer=JSONSerializer) for name in queues_of(2)]
    waker.reconcile(INSTALLATION)
    until = time.monotonic() + 30
    while world.store.checks.unseen(INSTALLATION) or not asked:
        assert time.monotonic() < until, "comparing came to no end"
        SimpleWorker(queues, connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="CRITICAL")
    waker.redis.close()
    redis.close()
    allowance = world.store.allowances.get(INSTALLATION)
    assert allowance is not None
    assert allowance.next_at > utcnow()
    assert len(drained_after) == 2
    assert max(drained_after) < len(asked), "both deliveries were judged before the round was over"
