"""What comparing with GitHub costs: requests that GitHub counts, for a first round and for an idle organisation.

Questions to GraphQL are counted as requests and in points, which have a limit of their own.

A stand-in for GitHub (`tests.standin.estate`) counts as GitHub does: a 304 is free, and an ETag is good for one token,
which lives for an hour. Time is simulated: the worker runs whenever it says it wants to, and the clock jumps in between.
The second run lets ETags outlive tokens, to show what that property of GitHub's costs.

    python -m bench.reconcile [--repositories 1000] [--hours 3]
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import event

from github_app.model import Repository
from github_app.settings import Settings
from github_app.store import Store
from github_app.store.checks import REPOSITORY
from github_app.wake import Waker
from tests.standin.estate import Estate, account
from tests.standin.github import GitHub, serving
from workers import detectors
from workers.github import GitHubApp, GitHubReader
from workers.reconcile.loop import reconcile
from workers.runtime import Runtime

APP, INSTALLATION, LIMIT = 4711, 99, 5000
HOUR = dt.timedelta(hours=1)
GITHUBS_ROLES = 8
"""How many roles that hold in the whole organisation GitHub brings itself; each is two addresses."""


@dataclass
class Simulation:
    """A worker, a stand-in and a clock that jumps to when something is due."""

    estate: Estate
    runtime: Runtime
    start: dt.datetime
    now: dt.datetime
    counted: Counter[int] = field(default_factory=Counter)
    requests: Counter[int] = field(default_factory=Counter)
    glances: Counter[int] = field(default_factory=Counter)
    points: int = 0
    """The most points of GraphQL that an hour took."""

    def go(self, until: dt.datetime) -> None:
        """Let time pass; every hour GitHub's limit begins anew and the token ends."""
        while self.now < until:
            hour = (self.now - self.start) // HOUR
            self.estate.counted = self.counted[hour]
            asked, glances = sum(self.estate.asked.values()), self.estate.graphql_requests
            reconcile(self.runtime, INSTALLATION, lambda: self.now, seconds=3600)
            self.counted[hour] = self.estate.counted
            self.glances[hour] += self.estate.graphql_requests - glances
            self.requests[hour] += sum(self.estate.asked.values()) - asked
            allowance = self.runtime.store.allowances.get(INSTALLATION)
            wanted = allowance.next_at if allowance else until
            before, self.now = self.now, max(wanted, self.now + dt.timedelta(seconds=2))
            if (before - self.start) // HOUR != (self.now - self.start) // HOUR:
                self.estate.github.end_tokens()
                self.points = max(self.points, self.estate.graph.points)
                self.estate.graph.points = 0
                if self.runtime.app is not None:
                    self.runtime.app.forget_token(INSTALLATION)


def simulate(repositories: int, hours: int, *, etags_outlive_tokens: bool, only_idle: bool) -> None:
    """Print what one organisation costs."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(GitHub(app_id=APP, public_key=public.decode())) as github,
        closing(Store.open(f"sqlite:///{Path(folder) / 'trust.db'}")) as store,
    ):
        event.listen(store.engine, "connect", _no_power_cut)  # requests are counted here, not the time of this disk
        store.migrate()
        estate = Estate(github)
        estate.etags_outlive_tokens = etags_outlive_tokens
        estate.limit = LIMIT
        estate.graph.limit = min(LIMIT + 50 * max(repositories - 20, 0), 12_500)
        estate.rules.roles = [{"id": n, "name": f"role {n}", "permissions": []} for n in range(GITHUBS_ROLES)]
        now = dt.datetime.now(dt.UTC)
        for n in range(repositories):
            made = estate.repo(f"r{n}")
            if only_idle:  # nothing is there, so that there is nothing to have been read before
                continue
            made.collaborators.append({**account(1, "olivia"), "role_name": "admin"})
            made.protected["main"] = {}
            made.tags = {f"v{t}": "a" * 40 for t in range(5)}
        with store.begin() as connection:
            known = [(Repository(id=r.id, full_name=r.full_name, owner_id=70), INSTALLATION) for r in estate.repos.values()]
            store.repositories.see_all(connection, known, now)
        settings = Settings(github_app_id=APP, github_private_key=private, github_api_url=github.url)
        app = GitHubApp(settings, pause=0, pause_writes=0)
        runtime = Runtime(
            settings=settings, store=store, waker=Waker(""), detectors=detectors.load(), app=app, reader=GitHubReader(app),
            notifiers=(),
        )  # fmt: skip
        world = Simulation(estate, runtime, now, now)
        began = time.monotonic()
        if only_idle:
            _as_read_before(runtime, now)
        while store.checks.unseen(INSTALLATION) or not store.checks.of(INSTALLATION):
            world.go(world.now + dt.timedelta(minutes=10))
        first = world.now - now
        most = max(world.counted.values(), default=0)
        total = sum(world.counted.values())
        if not only_idle:
            print(f"  first round: {total} counted requests in {first / HOUR:.1f} h, {most} in the worst hour", flush=True)
        settled = (world.now - now) // HOUR + 2  # the hour after the first round still has its burst
        world.go(now + HOUR * (settled + hours))
        steady = [world.counted[settled + h] for h in range(hours)]
        asked = [world.requests[settled + h] for h in range(hours)]
        glances = [world.glances[settled + h] for h in range(hours)]
        print(f"  idle: {steady} counted requests an hour of {asked} made, and {glances} questions to GraphQL")
        print(f"  GraphQL: at most {world.points} points in an hour, of {estate.graph.limit}")
        oldest = store.checks.oldest(INSTALLATION, REPOSITORY)
        age = f"{(world.now - oldest) / HOUR:.1f} h" if oldest else "not known"
        print(f"  the repository that was read longest ago: {age}; measured in {time.monotonic() - began:.0f} s")
        app.close()


def _as_read_before(runtime: Runtime, now: dt.datetime) -> None:
    """Leave the first round out: everything was read, a repository's own at some time within the last days."""
    reconcile(runtime, INSTALLATION, lambda: now, seconds=0)
    with runtime.store.begin() as connection:
        for n, check in enumerate(runtime.store.checks.of(INSTALLATION).values()):
            if not check.blind:
                read = now - dt.timedelta(seconds=n)
                runtime.store.checks.done(connection, check, due_at=read, priority=check.priority, checked_at=read)


def _no_power_cut(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def main() -> None:
    """Measure both ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repositories", type=int, default=1000)
    parser.add_argument("--hours", type=int, default=3)
    parser.add_argument("--only-real", action="store_true", help="only as GitHub is, with ETags that end with the token")
    parser.add_argument(
        "--only-idle", action="store_true", help="leave out the first round, which takes a while to simulate"
    )
    options = parser.parse_args()
    for outlive in (False,) if options.only_real else (False, True):
        print(f"{options.repositories} repositories; ETags {'outlive' if outlive else 'end with'} the token:")
        simulate(options.repositories, options.hours, etags_outlive_tokens=outlive, only_idle=options.only_idle)


if __name__ == "__main__":
    main()
