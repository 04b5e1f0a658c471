"""What tests of reports about incidents share: a newcomer's acts in two repositories, the policy, and the jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from demo.standin.github_state import ALL_PERMISSIONS, Repo
from github_app import decisions
from github_app.acts import Act, Deed
from github_app.model import Alert, Person, Power, Repository
from github_app.review import Action
from github_app.store import IncidentReport
from github_app.wake import Waker
from tests.notify.conftest import PULL, World
from tests.notify.material import AT, MARY, REPOSITORY, SUBJECT, alert
from tests.notify.test_contract import later
from workers import detectors, incidents
from workers.github import GitHubApp
from workers.github_reports import GitHubReportWriter
from workers.runtime import Runtime

SECRET = Repository(id=8, full_name="acme/secret", owner_id=9, default_branch="main")
ADVISORY = "incident_report: {to: advisory}"
ISSUE = "incident_report: {to: issue, repository: acme/security}"


@pytest.fixture
def runtime(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """Return the workers' side, with what the newcomer did in two repositories, one of which few people know."""
    monkeypatch.setitem(ALL_PERMISSIONS, "repository_advisories", "write")
    app = GitHubApp(world.settings, pause=0, pause_writes=0)
    store = world.store
    with store.begin() as connection:
        for repo in (REPOSITORY, SECRET):
            store.repositories.see(connection, repo, 77, AT)
            store.repositories.set_state(connection, repo.id, "watched", at=AT, settled_at=AT)
            scope = f"repo:{repo.id}"
            ledger = store.ledgers.load([scope], (), connection)[scope]
            ledger.link(SUBJECT, AT)
            ledger.use(Power.MERGER, SUBJECT, AT)
            merged = Act(
                deed=Deed.MERGED, at=AT, person=SUBJECT, repository=repo, value="1" * 40, about="main", count=3, pull=12
            )
            store.acts.add(connection, [(scope, ledger.resolve(SUBJECT), merged)])
            store.ledgers.write(connection, {scope: ledger})
    yield Runtime(
        settings=world.settings, store=store, waker=Waker(""), detectors=detectors.load(), app=app, reader=None,
        notifiers=tuple(world.channels.values()), report_writer=GitHubReportWriter(app),
    )  # fmt: skip
    app.close()


def policy(world: World, text: str) -> None:
    """Put a policy into force in the repository."""
    with world.store.begin() as connection:
        world.store.policies.expect(connection, [("repo:7", "acme/tool", 77)], AT)
    stored = world.store.policies.get_many(["repo:7"])["repo:7"]
    with world.store.begin() as connection:
        assert world.store.policies.save(connection, replace(stored, text=text, version="v"), stored)


def security(world: World, *, private: bool) -> Repo:
    """Let there be a repository for reports, and return it."""
    made = world.github.state.add_repo(Repo(id=99, full_name="acme/security", default_branch="main", private=private))
    with world.store.begin() as connection:
        world.store.repositories.see(connection, Repository(id=99, full_name="acme/security", owner_id=9), 77, AT)
    return made


def incident(world: World, number: int = 1, by: Person = MARY) -> None:
    """Decide that an alert is an incident."""
    done = decisions.apply(world.store, number, Action.INCIDENT, by, "Nobody knows why", world.clock(), via="web")
    assert isinstance(done, decisions.Decided)


def raised(world: World, **changes: Any) -> Alert:
    """Raise an alert and have it shown in Slack."""
    found = world.raise_alert(alert(pull=PULL, **changes))
    world.deliver()
    return found


def work(world: World, runtime: Runtime, *, times: int = 3) -> None:
    """Do what the jobs do, some times over, as much later as their pauses are long."""
    for _ in range(times):
        incidents.work(runtime, world.clock)
        world.deliver()
        later(world)
        world.clock.sleep(incidents.REFUSED_RETRY.total_seconds())


def report(world: World, number: int = 1) -> IncidentReport:
    """Return a report as stored."""
    found = world.store.incidents.get(number)
    assert found is not None
    return found


def told(world: World) -> list[dict[str, Any]]:
    """Return what was said in threads about reports."""
    return [m for m in world.slack.channel.messages.values() if "thread_ts" in m and "report is" in m["text"].lower()]
