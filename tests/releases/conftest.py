"""A repository with releases in a stand-in for GitHub, and a worker that looks into them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from github_app.fact import ReleaseChanged
from github_app.model import Alert, Person, Repository, Source
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from tests.facts.conftest import APP_ID, GRANTED, INSTALLATION, Keys, app_keys
from tests.standin.github import Answer, GitHub, Installation, Request, serving
from tests.tarball.archives import TAGGED, blob, release
from workers import detectors, release_queue, releases
from workers.github import GitHubApp, GitHubReader
from workers.runtime import Runtime

__all__ = ["app_keys"]
NOW = dt.datetime.now(dt.UTC)  # when GitHub may be asked again is told in real time
REPO = Repository(id=7, full_name="acme/widget", owner_id=70, default_branch="main")
JIA = {"id": 2, "login": "jia", "type": "User"}


@dataclass
class World:
    """The repository as GitHub shows it, and the worker; `now` moves only when it is told to."""

    github: GitHub
    runtime: Runtime
    now: dt.datetime = NOW
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)
    bundles: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    data: dict[int, bytes] = field(default_factory=dict)

    def publish(self, number: int, tag: str, files: Mapping[str, bytes], *, tagged: Mapping[str, bytes] = TAGGED) -> None:
        """Make a tag with these contents and a release with these files."""
        commit = hashlib.sha1(tag.encode(), usedforsecurity=False).hexdigest()
        base = f"/repos/{REPO.full_name}"
        self.github.put(
            f"{base}/git/ref/tags/{tag}", {"ref": f"refs/tags/{tag}", "object": {"type": "commit", "sha": commit}}
        )
        tree = [{"path": p, "mode": "100644", "type": "blob", "sha": blob(d)} for p, d in tagged.items()]
        self.github.put(f"{base}/git/trees/{commit}", {"sha": commit, "tree": tree, "truncated": False})
        assets = []
        for name, data in files.items():
            asset = 1000 * number + len(assets)
            self.data[asset] = data
            assets.append({
                "id": asset, "name": name, "size": len(data), "state": "uploaded", "uploader": JIA,
                "digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "updated_at": self.now.isoformat(),
            })  # fmt: skip
        self.shown[number] = {
            "id": number, "tag_name": tag, "draft": False, "prerelease": False, "author": JIA, "assets": assets,
            "published_at": (self.now - dt.timedelta(days=100 - number)).isoformat(), "html_url": "https://github.com/x",
        }  # fmt: skip
        self.github.put(f"{base}/releases/{number}", self.shown[number])
        self.github.put(f"{base}/releases", [self.shown[n] for n in sorted(self.shown, reverse=True)])

    def archive(self, number: int, tag: str, changes: Mapping[str, bytes] | None = None, **more: bytes) -> None:
        """Publish a release with a source archive that differs from its tag in this."""
        version = tag.removeprefix("v")
        self.publish(number, tag, {f"widget-{version}.tar.gz": release(changes, top=f"widget-{version}"), **more})

    def look(self, number: int) -> list[Alert]:
        """Let an event about a release come, look into what waits, and return the alerts there are."""
        shown = self.shown[number]
        fact = ReleaseChanged(
            at=dt.datetime.fromisoformat(shown["published_at"]), source=Source.WEBHOOK, repository=REPO, action="published",
            tag=shown["tag_name"], author=Person(id=2, login="jia"), release_id=number,
        )  # fmt: skip
        with self.runtime.store.begin() as connection:
            release_queue.attach(connection, self.runtime.store, release_queue.concerning([fact]), self.now)
        return self.work()

    def work(self, **later: float) -> list[Alert]:
        """Let time pass and look into what waits."""
        self.now += dt.timedelta(**(later or {"minutes": 2}))
        releases.examine(self.runtime, REPO.id, self.now)
        return self.alerts()

    def alerts(self) -> list[Alert]:
        """Return all alerts."""
        found = (self.runtime.store.alerts.get(number) for number in range(1, 20))
        return [alert for alert in found if alert is not None]

    def notes(self) -> list[str]:
        """Return what was noted about each release that was looked into."""
        return [looked.note for looked in self.runtime.store.releases.earlier(REPO.id, 0)]


@pytest.fixture
def world(store: Store, app_keys: Keys) -> Iterator[World]:
    """Serve a GitHub with one watched repository; once on SQLite and once on PostgreSQL."""
    github = GitHub(app_id=APP_ID, public_key=app_keys.public)
    github.installations[INSTALLATION] = Installation(permissions={**GRANTED, "attestations": "read"})
    with serving(github):
        settings = Settings(
            github_app_id=APP_ID, github_private_key=app_keys.private, github_api_url=github.url, github_url=github.url
        )
        app = GitHubApp(settings, pause=0, pause_writes=0)
        runtime = Runtime(
            settings=settings, store=store, waker=Waker(""), detectors=detectors.load(), app=app, reader=GitHubReader(app),
            notifiers=(),
        )  # fmt: skip
        made = World(github, runtime)
        ledger = store.ledgers.load([f"repo:{REPO.id}"], ())[f"repo:{REPO.id}"]
        ledger.settle(NOW, "learned for a test")
        with store.begin() as connection:
            store.repositories.see(connection, REPO, INSTALLATION, NOW)
            store.repositories.set_state(connection, REPO.id, "watched", at=NOW, settled_at=NOW)
            store.ledgers.write(connection, {f"repo:{REPO.id}": ledger})
        _files(made)
        yield replace(made)
        app.close()


def _files(world: World) -> None:
    """Serve files as GitHub does: the API sends on to a storage that takes no token."""

    def sent_on(request: Request) -> Answer:
        wants = request.headers.get("accept") == "application/octet-stream"
        place = f"{world.github.url}/storage/{request.found[0]}"
        return Answer(status=302, body={}, headers={"Location": place}) if wants else Answer(status=406, body={})

    world.github.route("GET", r"/repos/acme/widget/releases/assets/(\d+)", sent_on)
    world.github.route("GET", r"/storage/(\d+)", lambda r: Answer(raw=world.data[int(r.found[0])]))
    world.github.route(
        "GET",
        r"/repos/acme/widget/attestations/(.+)",
        lambda r: Answer(body={"attestations": [{"bundle": b} for b in world.bundles.get(r.found[0], [])]}),
    )
