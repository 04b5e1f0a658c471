"""Fixtures: GitHub and Slack as stand-ins on the loopback interface, the notifiers that talk to them, and a clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.standin.github import GitHub
from demo.standin.github_state import Account, GitHubState, Pull, Repo
from demo.standin.serving import Serving
from demo.standin.slack import Member, Slack
from github_app import create_app
from github_app.model import Alert, Person
from github_app.policy import Policy
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from tests.notify.material import AT, GRANTOR, LASSE, MARY, REPOSITORY, SUBJECT
from tests.notify.trouble import Trouble
from workers import casework, notifiers, routing
from workers.deliver import Delivered, deliver_due
from workers.github import GitHubApp
from workers.notifiers import Notifier

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_PRIVATE = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
_PUBLIC = (
    _KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)
HEAD = "a" * 40
NEXT_HEAD = "b" * 40
PULL = 12
SIGNING_SECRET = "shh"


class Clock:
    """A clock that starts now and moves only when told to, also by whoever sleeps."""

    def __init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(seconds=seconds)


@dataclass
class World:
    """Everything around the app."""

    store: Store
    settings: Settings
    github: GitHub
    slack: Slack
    github_trouble: Trouble
    slack_trouble: Trouble
    clock: Clock
    channels: dict[str, Notifier] = field(default_factory=dict)

    @property
    def repo(self) -> Repo:
        """The repository on GitHub."""
        return self.github.repo(REPOSITORY.full_name)

    @property
    def pull(self) -> Pull:
        """The pull request on GitHub."""
        return self.repo.pulls[PULL]

    def raise_alert(self, alert: Alert, policy: Policy | None = None) -> Alert:
        """Store an alert and put it in the outbox, as a drained batch does."""
        with self.store.begin() as connection:
            number = routing.raise_alert(
                connection, self.store, alert, "delivery", settings=self.settings, policy=policy or Policy()
            )
            assert number is not None
            casework.join(connection, self.store, [replace(alert, id=number)], self.settings, self.clock())
        return replace(alert, id=number)

    def deliver(self, *only: str) -> Delivered:
        """Run the notify job's loop with some channels (all by default)."""
        chosen = [n for name, n in self.channels.items() if not only or name in only]
        return deliver_due(self.store, chosen, self.clock, sleep=self.clock.sleep)

    def deliver_posts(self) -> None:
        """Send to Slack what belongs to an alert, and nothing else."""
        waiting = self.store.notices.due
        try:
            self.store.notices.due = lambda *_: []  # type: ignore[method-assign]
            self.deliver("slack")
        finally:
            self.store.notices.due = waiting  # type: ignore[method-assign]

    def seen(self, channel: str) -> list[str]:
        """Return what a reader sees of us in a channel, a text for each post."""
        repo = self.repo
        if channel == "slack":
            return [m["text"] for m in self.slack.channel.messages.values() if "thread_ts" not in m]
        if channel == "github-comment":
            return [c["body"] for c in repo.comments.values()]
        if channel == "github-check":
            return [f"{c['head_sha'][0]} {c['conclusion']}: {c['output']['title']}" for c in repo.checks.values()]
        return list(repo.pulls[PULL].reviewers)

    def thread(self) -> list[str]:
        """Return what was said in threads on Slack."""
        return [m["text"] for m in self.slack.channel.messages.values() if "thread_ts" in m]


@pytest.fixture
def github() -> Iterator[tuple[GitHub, Trouble]]:
    """Return a GitHub with one repository, one open pull request by the newcomer, and trouble on demand."""
    state = GitHubState(app_id=42, public_key=_PUBLIC)
    state.add_account(Account(login="acme", id=9, kind="Organization"))
    for login, number in (("newcomer", 2), ("granter", 3), ("lasse", 10), ("mary", 11), ("other", 12), ("fourth", 13)):
        state.add_account(Account(login=login, id=number))
    roles = dict.fromkeys(("newcomer", "granter", "lasse", "mary", "other", "fourth"), "write")
    repo = state.add_repo(Repo(id=REPOSITORY.id, full_name=REPOSITORY.full_name, default_branch="main", roles=roles))
    repo.pulls[PULL] = Pull(
        number=PULL, title="A change", author="newcomer", head_ref="change", head_sha=HEAD, created_at=AT
    )
    hub = GitHub(state)
    trouble = Trouble(hub.app.wsgi_app)
    hub.app.wsgi_app = trouble  # type: ignore[method-assign]  # how Flask wants middleware to be put in front
    hub.start()
    yield hub, trouble
    hub.stop()


@pytest.fixture
def slack() -> Iterator[tuple[Slack, Trouble]]:
    """Return a Slack with one channel and trouble on demand."""
    members = [Member(f"U0{name.upper()}", name) for name in ("lasse", "mary", "newcomer", "granter", "visitor")]
    standin = Slack(bot_token="xoxb-test", signing_secret=SIGNING_SECRET, members=members, burst=1_000)
    trouble = Trouble(standin.app.wsgi_app)
    standin.app.wsgi_app = trouble  # type: ignore[method-assign]
    standin.start()
    yield standin, trouble
    standin.stop()


@pytest.fixture
def world(
    sqlite_store: Store, github: tuple[GitHub, Trouble], slack: tuple[Slack, Trouble], tmp_path: Path
) -> Iterator[World]:
    """Return everything, with the repository watched."""
    settings = Settings(
        github_app_id=42,
        github_private_key=_PRIVATE,
        github_api_url=github[0].url,
        github_url="https://github.com",
        slack_bot_token="xoxb-test",
        slack_signing_secret=SIGNING_SECRET,
        slack_channel="trust-alerts",
        slack_api_url=slack[0].api_url,
        public_url="https://trust.example.org",
        data_dir=tmp_path,
    )
    with sqlite_store.begin() as connection:
        sqlite_store.repositories.see(connection, REPOSITORY, 77, AT)
    app = GitHubApp(settings, pause=0, pause_writes=0)
    made = World(sqlite_store, settings, github[0], slack[0], github[1], slack[1], Clock())
    made.channels = {n.channel: n for n in notifiers.configured(settings, app)}
    yield made
    app.close()


@pytest.fixture
def app(world: World) -> Iterator[str]:
    """Serve the app to the Slack stand-in and return its address; four people are linked, the visitor is not."""
    with world.store.begin() as connection:
        for person in (LASSE, MARY, SUBJECT, GRANTOR):
            user = f"U0{person.login.upper()}"
            world.store.accounts.link(connection, user, person, Person(login="operator"), AT)
    serving = Serving(create_app(world.settings, store=world.store, waker=Waker("")))
    serving.start()
    world.slack.clicks.app_url = serving.url
    yield serving.url
    serving.stop()
