"""While GitHub cannot be asked a delivery waits: it is judged once it can, and trouble is never a change of trust."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from github_app.model import Person, Power
from tests.facts import payloads as p
from tests.facts.conftest import Keys, app, app_keys, github
from tests.facts.payloads import NEW
from tests.road.conftest import NOW, PARTITION, REPOSITORY, XZ, Put
from tests.standin.github import GitHub
from tests.standin.trouble import TROUBLES, soon_tired
from workers.drain import drain
from workers.github import GitHubApp, GitHubReader
from workers.github_files import GitHubFiles
from workers.runtime import Runtime

__all__ = ["Keys", "app", "app_keys", "github"]
MERGED = [{"number": 7, "merged_at": "2024-01-01T00:00:00Z", "merge_commit_sha": NEW, "base": {"ref": "master"}}]


def asking(settled: Runtime, github: GitHub, app: GitHubApp) -> Runtime:
    """Return the runtime with a GitHub, where somebody has merged for years and does so once more, by a rebase."""
    scope = f"repo:{REPOSITORY}"
    jia = Person(id=p.JIA["id"], login=p.JIA["login"])
    ledger = settled.store.ledgers.load([scope], [f"id:{jia.id}", f"login:{jia.login}"])[scope]
    ledger.use(Power.MERGER, jia, NOW - dt.timedelta(days=900))
    with settled.store.begin() as connection:
        settled.store.ledgers.write(connection, {scope: ledger})
    github.put(f"/repos/{XZ.full_name}/commits/{NEW}/pulls", MERGED)
    return replace(settled, app=app, reader=GitHubReader(app), files=GitHubFiles(app))


def test_whatever_trouble_a_delivery_waits_and_is_judged_once(
    settled: Runtime, put: Put, github: GitHub, app: GitHubApp
) -> None:
    """A rebase merge by somebody who merges looks like a first push until GitHub is asked; so nothing else may answer."""
    runtime = asking(settled, github, app)
    guid = put("push", p.push(commits=[p.commit(NEW)]))
    for name, trouble in TROUBLES.items():
        github.fail("GET", f"/repos/{XZ.full_name}/.*", *[trouble] * 8)
        asked, now = len(github.requests), dt.datetime.now(dt.UTC)
        with soon_tired():
            drain(runtime, PARTITION, now)
            drain(runtime, PARTITION, now)  # too early: nobody asks again
        assert 1 <= len(github.requests) - asked <= 5, name
        assert settled.store.alerts.recent(9) == [], name
        assert settled.store.inbox.outcome(guid) in {None, ("pending", "")}, name
        assert runtime.store.inbox.pending(PARTITION, 1, now) == [], name
        github.well()
        with settled.store.begin() as connection:
            settled.store.repositories.block(connection, REPOSITORY, now, "over")
    drain(runtime, PARTITION, dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1))
    assert (settled.store.inbox.outcome(guid) or ("", ""))[0] == "done"
    assert settled.store.alerts.recent(9) == []


def test_an_app_that_is_removed_while_a_delivery_waits_says_nothing_about_it(
    settled: Runtime, put: Put, github: GitHub, app: GitHubApp
) -> None:
    """It waits until the removal is known, and then the repository is watched no longer."""
    runtime, now = asking(settled, github, app), dt.datetime.now(dt.UTC)
    guid = put("push", p.push(commits=[p.commit(NEW)]))
    github.installations.clear()
    drain(runtime, PARTITION, now)
    assert settled.store.alerts.recent(9) == []
    assert settled.store.inbox.outcome(guid) in {None, ("pending", "")}
    with settled.store.begin() as connection:
        settled.store.repositories.set_state(connection, REPOSITORY, "removed", at=now)
    drain(runtime, PARTITION, now + dt.timedelta(hours=1))
    assert settled.store.inbox.outcome(guid) == ("ignored", "the app no longer watches this repository")
    assert settled.store.alerts.recent(9) == []
