"""What one worker process keeps open between jobs: settings, SQL, GitHub, Slack, the waker and the detectors.

Built on first use in the process that runs jobs, never at import, because sockets do not survive a fork.
"""

from __future__ import annotations

import atexit
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from github_app import settings as environment
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from workers import detectors, notifiers
from workers.detectors import Detector
from workers.github import GitHubApp, GitHubReader, Reader
from workers.github_branches import Branches, GitHubBranches
from workers.github_files import Files, GitHubFiles
from workers.github_policy import GitHubPolicyReader, PolicyReader
from workers.github_reports import GitHubReportWriter, ReportWriter
from workers.github_writer import GitHubWriter, Writer
from workers.notifiers import Notifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The collaborators of a job. Those that talk to GitHub are None while no GitHub App is configured."""

    settings: Settings
    store: Store
    waker: Waker
    detectors: Sequence[Detector]
    app: GitHubApp | None
    reader: Reader | None
    writer: Writer | None = None
    notifiers: Sequence[Notifier]
    policy_reader: PolicyReader | None = None
    files: Files | None = None
    report_writer: ReportWriter | None = None
    branches: Branches | None = None


def utcnow() -> dt.datetime:
    """Return the time now, timezone-aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def build(settings: Settings) -> Runtime:
    """Open everything a job needs; the caller closes `store` and `app`."""
    store = Store.open(settings.sql_url)
    app = GitHubApp(settings) if settings.has_github_app else None
    return Runtime(
        settings=settings,
        store=store,
        waker=Waker(settings.redis_url),
        detectors=detectors.load(),
        app=app,
        reader=GitHubReader(app) if app else None,
        writer=GitHubWriter(app) if app else None,
        notifiers=notifiers.configured(settings, app),
        policy_reader=GitHubPolicyReader(app) if app else None,
        files=GitHubFiles(app) if app else None,
        report_writer=GitHubReportWriter(app) if app else None,
        branches=GitHubBranches(app) if app else None,
    )


@cache
def current() -> Runtime:
    """Return this process's runtime, opened once and closed when the process ends."""
    runtime = build(environment.load())
    atexit.register(runtime.store.close)
    if runtime.app is not None:
        atexit.register(runtime.app.close)
    return runtime
