"""The worker role: runs jobs, one at a time, in this very process.

RQ's default forks for each job, which costs five times as much, and connections do not survive a fork. A crash takes
the worker along; the supervisor starts another, and whatever was not committed is still pending in SQL.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from github_app import settings
from github_app.wake import DRAIN, NOTIFY, POLICIES, QUEUES, RECONCILE, REPORTS

log = logging.getLogger(__name__)

MOST_JOBS = 2000
"""A worker retires after this many, so that no slow leak matters."""
TTL_SECONDS = 30
"""How long RQ believes in a silent worker. With its default of 420 s a killed worker's jobs lie for a quarter of an hour."""


def queues_of(number: int) -> tuple[str, ...]:
    """Return the queues of the worker with this number (from 1), most urgent first.

    Learning a history and looking into releases take long, so with two workers one always remains for deliveries and
    messages; and each of those two comes first somewhere. Comparing with GitHub takes short turns, last in line, and reports
    about incidents are rare; neither can wait for histories, so both do them.
    """
    return QUEUES if number % 2 else (DRAIN, NOTIFY, POLICIES, REPORTS, RECONCILE)


def run(number: int) -> int:
    """Work until asked to stop, or until it is time to retire; a running job is finished first."""
    # RQ waits in Redis for jobs and sets the timeouts of this connection itself.
    connection = Redis.from_url(settings.load().redis_url)
    worker = SimpleWorker(
        [Queue(name, connection=connection, serializer=JSONSerializer) for name in queues_of(number)],
        connection=connection,
        serializer=JSONSerializer,
        name=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}",
        worker_ttl=TTL_SECONDS,
        job_monitoring_interval=5,
        maintenance_interval=10,
        log_job_description=False,
    )
    worker.work(max_jobs=MOST_JOBS, logging_level="WARNING")
    return 0
