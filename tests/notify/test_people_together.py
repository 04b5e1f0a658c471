"""From a delivery to the export, over real HTTP: told, taken in Slack, decided on GitHub, shown everywhere, verified."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from demo.standin.serving import Serving
from github_app import create_app
from github_app.model import Person, Power, State
from github_app.wake import Waker, partition_of
from github_app.web.receiver import PATH
from tests.notify.conftest import HEAD, PULL, World
from tests.notify.incident_material import policy
from tests.notify.material import AT, LASSE, MARY, REPOSITORY, SUBJECT
from tests.notify.slackers import press
from tests.web.sending import SECRET, body_of, headers_of
from tests.web.server import free_port
from tests.web.signing_in import CLIENT_ID, CLIENT_SECRET, GitHubSignIn
from workers import detectors, export, incidents, orders
from workers.drain import drain
from workers.github import GitHubApp, GitHubReader
from workers.github_reports import GitHubReportWriter
from workers.github_writer import GitHubWriter
from workers.runtime import Runtime

MERGED = "c" * 40


@dataclass
class Place:
    """The app with people around it: Slack, GitHub, and a browser each for those who sign in."""

    world: World
    runtime: Runtime
    url: str
    signing_in: GitHubSignIn

    def send(self, event: str, by: Person, **fields: Any) -> None:
        """Send a delivery as GitHub does, and have it judged, carried out, told."""
        payload = {
            "repository": {
                "id": REPOSITORY.id, "full_name": REPOSITORY.full_name, "default_branch": "main", "private": False,
                "owner": {"id": REPOSITORY.owner_id, "login": "acme", "type": "Organization"},
            },
            "installation": {"id": 77}, "sender": account(by), **fields,
        }  # fmt: skip
        body = body_of(payload)
        answer = requests.post(f"{self.url}{PATH}", body, headers=headers_of(body, X_GitHub_Event=event), timeout=10)
        assert answer.status_code == 202
        self.work()

    def work(self) -> None:
        """Do what the jobs do."""
        now = dt.datetime.now(dt.UTC)
        drain(self.runtime, partition_of(REPOSITORY.id, REPOSITORY.owner_id), now)
        orders.carry_out_due(self.runtime.store, self.runtime.writer, self.world.clock)
        for _ in range(2):  # made, then published
            incidents.work(self.runtime, self.world.clock)
        self.world.clock.sleep(2)
        self.world.deliver()

    def comment(self, by: Person, text: str) -> None:
        """Somebody comments on the pull request."""
        number, now = 5_000 + len(self.world.repo.comments), f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        shown = {
            "id": number, "body": text, "user": account(by), "created_at": now, "updated_at": now, "html_url": "",
            "author_association": "MEMBER",
        }  # fmt: skip
        self.world.repo.comments[number] = {**shown, "issue_number": PULL}
        issue = {"number": PULL, "title": "A change", "user": account(SUBJECT), "pull_request": {}}
        self.send("issue_comment", by, action="created", issue=issue, comment=shown)

    def browser(self, who: Person) -> requests.Session:
        """Return a browser in which somebody signed in with GitHub."""
        self.signing_in.person = account(who) | {"name": who.name}
        browser = requests.Session()
        asked = browser.get(f"{self.url}/login", allow_redirects=False, timeout=10).headers["Location"]
        back = browser.get(f"{self.url}/login/callback", params=self.signing_in.say_yes(asked), timeout=10)
        assert back.status_code == 200
        return browser

    def exported(self) -> dict[str, Any]:
        """Return the export for auditors."""
        out = io.StringIO()
        now = dt.datetime.now(dt.UTC)
        export.write(self.runtime.store, out, format="json", repository_id=None, since=None, until=None, now=now)
        found: dict[str, Any] = json.loads(out.getvalue())
        return found


@pytest.fixture
def place(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Return the app, served, with two maintainers who are known and linked, and a newcomer."""
    signing_in = GitHubSignIn(account(MARY), {REPOSITORY.id: {"push": True, "admin": False}}).start()
    port = free_port()
    settings = replace(
        world.settings, github_webhook_secret=SECRET, github_client_id=CLIENT_ID, github_client_secret=CLIENT_SECRET,
        github_url=signing_in.url, github_api_url=signing_in.url, public_url=f"http://127.0.0.1:{port}",
        data_dir=tmp_path_factory.mktemp("web"),
    )  # fmt: skip
    serving = Serving(create_app(settings, store=world.store, waker=Waker("")), port=port)
    serving.start()
    world.slack.clicks.app_url = serving.url
    known(world)
    app = GitHubApp(world.settings, pause=0, pause_writes=0)
    runtime = Runtime(
        settings=world.settings, store=world.store, waker=Waker(""), detectors=detectors.load(), app=app,
        reader=GitHubReader(app), writer=GitHubWriter(app), report_writer=GitHubReportWriter(app),
        notifiers=tuple(world.channels.values()),
    )  # fmt: skip
    yield Place(world, runtime, serving.url, signing_in)
    app.close()
    serving.stop()
    signing_in.serving.stop()


def account(person: Person) -> dict[str, Any]:
    """Return a person as payloads show them."""
    return {"id": person.id, "login": person.login, "type": "User"}


def known(world: World) -> None:
    """Let the repository's past be known, with Lasse and Mary as its maintainers."""
    scope = f"repo:{REPOSITORY.id}"
    ledger = world.store.ledgers.load([scope], ())[scope]
    for person in (LASSE, MARY):
        ledger.link(person, AT - dt.timedelta(days=900))
        ledger.use(Power.MERGER, person, AT - dt.timedelta(days=900))
    ledger.settle(AT, "for a test")
    with world.store.begin() as connection:
        world.store.repositories.set_state(connection, REPOSITORY.id, "watched", at=AT, settled_at=AT)
        world.store.ledgers.write(connection, {scope: ledger})
        for person in (LASSE, MARY):
            world.store.accounts.link(connection, f"U0{person.login.upper()}", person, Person(login="operator"), AT)


def merge(place: Place) -> None:
    """The newcomer merges a pull request, for the first time."""
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    shown = {
        "number": PULL, "title": "A change", "user": account(SUBJECT), "state": "closed", "draft": False,
        "html_url": "https://github.com/acme/tool/pull/12", "created_at": now, "updated_at": now, "closed_at": now,
        "merged_at": now, "merged": True, "merged_by": account(SUBJECT), "merge_commit_sha": MERGED,
        "head": {"ref": "change", "sha": HEAD, "repo": {"id": REPOSITORY.id, "full_name": "acme/tool"}},
        "base": {"ref": "main", "sha": "0" * 40, "repo": {"id": REPOSITORY.id}},
    }  # fmt: skip
    place.world.repo.commits[MERGED] = [PULL]
    place.send("pull_request", SUBJECT, action="closed", number=PULL, pull_request=shown)


def shown(place: Place) -> dict[str, str]:
    """Return what a reader sees of the alert in each place."""
    world, page = place.world, place.browser(MARY).get(f"{place.url}/alerts/1", timeout=10)
    assert page.status_code == 200
    (root,) = world.seen("slack")
    ours = "\n".join(c["body"] for c in world.repo.comments.values() if "performed_via_github_app" in c)
    return {"slack": root, "comment": ours, "check": "\n".join(world.seen("github-check")), "dashboard": page.text}


def test_taken_in_slack_and_decided_on_github(place: Place) -> None:
    """One maintainer takes the alert in Slack, another decides in a comment; every place shows it, and the record holds."""
    merge(place)
    before = shown(place)
    assert "newcomer merged into main for the first time" in before["slack"]
    assert "Open since" in before["slack"]
    assert "Open since" in before["dashboard"]
    assert "for the first time" in before["comment"]
    assert press(place.world, "U0LASSE", "acknowledge") == 200
    place.work()
    assert all("Acknowledged by" in text for where, text in shown(place).items() if where != "check")
    place.comment(MARY, "/trust expected 1 We agreed on it at the last meeting")
    after = shown(place)
    assert "Expected: marked by @mary" in after["slack"]
    assert "Expected: marked by `@mary`" in after["comment"]
    assert "success: The trust changes were reviewed" in after["check"]
    assert "Expected: marked by @mary" in after["dashboard"]
    assert "We agreed on it at the last meeting" in after["dashboard"]
    (alert,) = place.exported()["alerts"]
    assert (alert["state"], alert["verdict"]) == ("resolved", "expected")
    assert [(d["action"], d["by"], d["via"]) for d in alert["decisions"]] == [
        ("acknowledge", "lasse", "slack"), ("expected", "mary", "github")
    ]  # fmt: skip
    assert all(d["chain"] == "repo:7" and d["hash"] for d in alert["decisions"])
    assert place.runtime.store.ledgers.verify(place.exported()["anchor"]) == []
    assert place.world.store.incidents.get(1) is None


def test_a_critical_incident_needs_one_in_slack_and_one_on_github(place: Place) -> None:
    """The first verdict changes nothing yet; the second writes the report, which people who may see it can read."""
    policy(place.world, "detectors: {new-merger: critical}")
    merge(place)
    place.comment(SUBJECT, "/trust harmless 1 it is only me")
    assert press(place.world, "U0LASSE", "incident", "Nobody knows of it") == 200
    place.work()
    assert "Needs a second person: @lasse says incident" in shown(place)["slack"]
    assert place.browser(MARY).get(f"{place.url}/reports/1", timeout=10).status_code == 404
    place.comment(MARY, "/trust incident 1 I did not agree to it either")
    place.work()
    after = shown(place)
    found = place.world.store.alerts.get(1)
    assert found is not None
    assert (found.state, found.decided_by) == (State.RESOLVED, ("lasse", "mary"))
    assert "Incident: marked by @lasse and @mary" in after["slack"]
    assert "This was marked an incident" in after["comment"]
    assert "failure: A trust change was marked an incident" in after["check"]
    assert 'href="/reports/1"' in after["dashboard"]
    page = place.browser(MARY).get(f"{place.url}/reports/1", timeout=10).text
    assert "What @newcomer touched since" in page
    assert "pull request 12" in page
    assert any("The report is there: what @newcomer touched" in text for text in place.world.thread())
    (alert,) = place.exported()["alerts"]
    assert [(d["by"], d["verdict"], d["via"]) for d in alert["decisions"]] == [
        ("lasse", "incident", "slack"), ("mary", "incident", "github")
    ]  # fmt: skip
    assert place.runtime.store.ledgers.verify(place.exported()["anchor"]) == []
