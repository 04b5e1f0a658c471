"""An organisation in a stand-in for GitHub, and a worker that compares with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from github_app.model import Repository
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from tests.facts.conftest import APP_ID, Keys, app_keys
from tests.standin.estate import Estate, Repo
from tests.standin.github import GitHub, serving
from workers import detectors
from workers.github import GitHubApp, GitHubReader
from workers.github_branches import GitHubBranches
from workers.reconcile.loop import Result, reconcile
from workers.runtime import Runtime

__all__ = ["app_keys"]
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(minutes=21)
# GitHub's waits are told in real time; after the first round trip through the interval, the test's time is the real one.
INSTALLATION = 99


class World:
    """The stand-in, the worker, and a clock that only moves when it is told to."""

    def __init__(self, estate: Estate, runtime: Runtime) -> None:
        self.estate, self.runtime = estate, runtime
        # Not when the file was read: in a long run that is minutes ago, and GitHub's limit is told in real time.
        self.began = self.now = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(minutes=21)
        self.app_repo = self.repo("app")

    @property
    def store(self) -> Store:
        """The worker's database."""
        return self.runtime.store

    def repo(self, name: str) -> Repo:
        """Make a repository that is watched and whose past is known."""
        made = self.estate.repo(name)
        owner = self.estate.owner["id"]
        known = Repository(id=made.id, full_name=made.full_name, owner_id=owner, default_branch="main")
        ledger = self.store.ledgers.load([f"repo:{made.id}"], ())[f"repo:{made.id}"]
        ledger.settle(self.now, "learned for a test")
        with self.store.begin() as connection:
            self.store.repositories.see(connection, known, INSTALLATION, self.now)
            self.store.repositories.set_state(connection, made.id, "watched", at=self.now, settled_at=self.now)
            self.store.ledgers.write(connection, {f"repo:{made.id}": ledger})
        return made

    def run(self, **options: Any) -> Result:
        """Compare what is due now."""
        return reconcile(self.runtime, INSTALLATION, lambda: self.now, **{"seconds": 60, **options})

    def later(self, minutes: float = 10.5) -> Result:
        """Let time pass and compare again."""
        # What is due is spread over the interval, so the whole of it has to pass for everything to be due.
        self.now += dt.timedelta(minutes=2 * minutes)
        return self.run()

    def settled(self) -> World:
        """Compare for the first time."""
        first = self.run()
        assert first.alerts == [], first.alerts
        assert first.stopped == ""
        return self

    def titles(self) -> list[str]:
        """Return the titles of all alerts there are, without the hashes of addresses; what is only noted is left out."""
        told = [alert.finding for alert in self.store.alerts.recent(1_000) if alert.finding.detector != "noted"]
        return sorted(re.sub(r" \([0-9a-f]{8}\)", "", finding.title) for finding in told)

    def problems(self) -> dict[str, str]:
        """Return what cannot be seen."""
        return {p.key: p.sentence for p in self.store.problems.open()}

    def crash(self) -> None:
        """Let the worker's process die: what it held is released when the lease ends."""
        self.now += dt.timedelta(minutes=2)


@pytest.fixture
def github(app_keys: Keys) -> Iterator[GitHub]:
    """Serve a GitHub."""
    with serving(GitHub(app_id=APP_ID, public_key=app_keys.public)) as standin:
        yield standin


@pytest.fixture
def runtime(sqlite_store: Store, github: GitHub, app_keys: Keys) -> Iterator[Runtime]:
    """Return a worker that talks to it."""
    settings = Settings(
        github_app_id=APP_ID, github_private_key=app_keys.private, github_api_url=github.url, reconcile_requests=1_000
    )
    app = GitHubApp(settings, pause=0, pause_writes=0)
    yield Runtime(
        settings=settings, store=sqlite_store, waker=Waker(""), detectors=detectors.load(), app=app,
        reader=GitHubReader(app), notifiers=(), branches=GitHubBranches(app),
    )  # fmt: skip
    app.close()


@pytest.fixture
def world(github: GitHub, runtime: Runtime) -> World:
    """Return an organisation with one repository, all of which was compared once."""
    return World(Estate(github), runtime)


@pytest.fixture
def postgres_world(github: GitHub, runtime: Runtime, postgres_store: Store) -> World:
    """Return the same over PostgreSQL."""
    return World(Estate(github), replace(runtime, store=postgres_store))
