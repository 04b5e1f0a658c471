"""The web role: granian serves the WSGI application."""

from __future__ import annotations

import logging
import os
from functools import partial

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from github_app import create_app, settings
from workers.serve import logs
from workers.serve.orphan import die_with

CONNECTIONS = 8192
"""Most connections of one process; those that sent half a header cost no thread."""
THREADS = 4096
"""Most requests of one process that may be waiting for their body. A thread is only made when one is needed and goes away
when idle; slow senders stop everybody once they hold all of them, with granian's default after 512."""
STOP_SECONDS = 10
"""How long a process may finish its requests; GitHub itself gives up after 10 seconds."""


def run(host: str, processes: int) -> int:
    """Serve until asked to stop."""
    logging.getLogger("_granian").addFilter(_worth_saying)
    server = Server(
        "github_app.wsgi:app",
        address=host,
        port=settings.load().port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=processes,
        backlog=4096,
        backpressure=CONNECTIONS,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig={
            "formatters": {},
            "handlers": {},
            "loggers": {"_granian": {"handlers": [], "propagate": True}},
        },
    )
    server.serve(target_loader=partial(_application, os.getpid()), wrap_loader=False)
    return 0


def _application(parent: int) -> Flask:
    """Return the application; runs in the process that serves."""
    die_with(parent)
    logs.configure("web")
    return create_app(settings.load())


def _worth_saying(record: logging.LogRecord) -> bool:
    """Drop granian's advice against many threads, which `THREADS` answers."""
    return "Python threads" not in record.getMessage()
