"""Orders given on GitHub: who may give them, what they change, how they are answered, and that each is carried out once."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from dataclasses import replace
from typing import Any

import pytest

from github_app.model import Person, Power, State
from github_app.store import Delivery
from github_app.wake import Waker, partition_of
from tests.notify.conftest import PULL, World
from tests.notify.material import AT, GRANTOR, LASSE, MARY, REPOSITORY, SUBJECT, alert
from tests.notify.slackers import press
from tests.notify.trouble import Fault
from workers import detectors, orders
from workers.drain import drain
from workers.github import GitHubApp, GitHubReader
from workers.github_writer import GitHubWriter
from workers.runtime import Runtime

PARTITION = partition_of(REPOSITORY.id, REPOSITORY.owner_id)
STRANGER = Person(id=99, login="stranger")


@pytest.fixture
def runtime(world: World) -> Runtime:
    """Return the workers' side of the world, with the repository's past known."""
    app = GitHubApp(world.settings, pause=0, pause_writes=0)
    scope = f"repo:{REPOSITORY.id}"
    ledger = world.store.ledgers.load([scope], ())[scope]
    for person in (LASSE, MARY):
        ledger.link(person, AT)
        ledger.use(Power.MERGER, person, AT)
    ledger.settle(AT, "for a test")
    with world.store.begin() as connection:
        world.store.repositories.set_state(connection, REPOSITORY.id, "watched", at=AT, settled_at=AT)
        world.store.ledgers.write(connection, {scope: ledger})
    return Runtime(
        settings=world.settings,
        store=world.store,
        waker=Waker(""),
        detectors=detectors.load(),
        app=app,
        reader=GitHubReader(app),
        writer=GitHubWriter(app),
        notifiers=tuple(world.channels.values()),
    )


def deliver(runtime: Runtime, event: str, by: Person, **fields: Any) -> None:
    """Put a delivery into the inbox and judge it."""
    repository = {
        "id": REPOSITORY.id, "full_name": REPOSITORY.full_name, "default_branch": "main",
        "owner": {"id": REPOSITORY.owner_id, "login": "acme"},
    }  # fmt: skip
    payload = {"repository": repository, "installation": {"id": 77}, "sender": account(by), **fields}
    now = dt.datetime.now(dt.UTC)
    put = Delivery(
        guid=str(uuid.uuid4()), event=event, received_at=now, partition=PARTITION, repository_id=REPOSITORY.id,
        owner_id=REPOSITORY.owner_id, body=json.dumps(payload).encode(),
    )  # fmt: skip
    runtime.store.inbox.accept([put])
    drain(runtime, PARTITION, now)


def account(person: Person) -> dict[str, Any]:
    """Return a person as payloads show them."""
    return {"id": person.id, "login": person.login, "type": "User"}


def comment(world: World, runtime: Runtime, by: Person, text: str, *, action: str = "created", number: int = 0) -> int:
    """Somebody comments on the pull request; return the comment's number."""
    number = number or 5_000 + len(world.repo.comments)
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    shown = {"id": number, "body": text, "user": account(by), "created_at": now, "updated_at": now, "html_url": ""}
    world.repo.comments.setdefault(number, {**shown, "issue_number": PULL})
    issue = {"number": PULL, "user": account(SUBJECT), "pull_request": {}}
    deliver(runtime, "issue_comment", by, action=action, issue=issue, comment=shown)
    return number


def work(world: World, runtime: Runtime) -> None:
    """Do what the notify job does."""
    orders.carry_out_due(runtime.store, runtime.writer, world.clock)
    world.deliver()


def reacted(world: World, number: int) -> list[str]:
    """Return the app's reactions to a comment."""
    return list(world.repo.comments[number].get("reacted", []))


def ours(world: World) -> list[str]:
    """Return the app's own comments."""
    return [c["body"] for n, c in world.repo.comments.items() if n < 5_000 or "performed_via_github_app" in c]


def outside_code(body: str) -> str:
    """Return a comment without its code spans, in which GitHub mentions nobody."""
    return re.sub(r"`[^`\n]*`", "", body)


def test_acknowledged_in_slack_and_decided_on_github(world: World, runtime: Runtime, app: str) -> None:
    """One takes it in Slack, another decides in a comment; both places show both, and the chain holds."""
    world.raise_alert(alert(pull=PULL))
    world.deliver()
    press(world, "U0LASSE", "acknowledge")
    number = comment(world, runtime, MARY, "/trust expected 1 We agreed on it\nlast week")
    work(world, runtime)
    found = world.store.alerts.get(1)
    assert found is not None
    assert (found.state, found.reason, found.decided_by) == (State.RESOLVED, "We agreed on it last week", ("mary",))
    assert [d.via for d in world.store.alerts.decisions(1)] == ["slack", "github"]
    assert reacted(world, number) == ["+1"]
    assert "Expected: marked by @mary" in world.seen("slack")[0]
    assert ["Expected: marked by `@mary`" in body for body in ours(world)] == [True]
    assert world.seen("github-check") == ["a success: The trust changes were reviewed"]
    assert world.store.ledgers.verify() == []


def test_what_is_refused_is_answered_in_one_comment_that_is_edited(world: World, runtime: Runtime) -> None:
    """The subject, the grantor and a slip of the keyboard each read why, without a second comment."""
    world.raise_alert(alert(pull=PULL))
    world.deliver()
    world.repo.roles.update(newcomer="write", granter="admin")
    numbers = [
        comment(world, runtime, SUBJECT, "/trust harmless 1 it is fine <!channel> @acme/team"),
        comment(world, runtime, GRANTOR, "/trust expected 1 I gave it"),
        comment(world, runtime, MARY, "/trust expect 1 yes"),
    ]
    for _ in numbers:
        work(world, runtime)
    assert [reacted(world, n) for n in numbers] == [["eyes"]] * 3
    (answer,) = [body for body in ours(world) if "Answers to /trust" in body]
    assert "this alert is about you" in answer
    assert "you granted the power" in answer
    assert "did you mean expected" in answer
    assert "@" not in outside_code(answer)
    found = world.store.alerts.get(1)
    assert found is not None
    assert found.version == 1


def test_who_may_not_write_is_not_talked_to(world: World, runtime: Runtime) -> None:
    """A stranger's order changes nothing and makes the app write nothing; a reaction says that it was seen."""
    world.raise_alert(alert(pull=PULL))
    world.deliver()
    before = ours(world)
    number = comment(world, runtime, STRANGER, "/trust harmless 1 trust me")
    work(world, runtime)
    assert reacted(world, number) == ["confused"]
    assert ours(world) == before
    assert world.store.alerts.decisions(1) == []


@pytest.mark.parametrize(
    "text", ["please /trust expected 1 x", "> /trust expected 1 x", "/trusty expected 1", "trust expected 1"]
)
def test_only_the_first_word_is_an_order(world: World, runtime: Runtime, text: str) -> None:
    """Quoting or mentioning a command gives none."""
    world.raise_alert(alert(pull=PULL))
    comment(world, runtime, MARY, text)
    assert world.store.orders.due(world.clock(), 9) == []


def test_an_edited_comment_gives_no_order(world: World, runtime: Runtime) -> None:
    """Whoever can edit comments must not be able to decide in somebody else's name."""
    comment(world, runtime, MARY, "/trust expected 1 x", action="edited", number=5_000)
    assert world.store.orders.due(world.clock(), 9) == []


def test_an_order_is_carried_out_once_however_often_the_app_dies(world: World, runtime: Runtime) -> None:
    """GitHub fails after the decision: the answer is tried again, the decision is not."""
    world.raise_alert(alert(pull=PULL))
    number = comment(world, runtime, MARY, "/trust harmless 1 a test")
    path = f"/repos/acme/tool/issues/comments/{number}/reactions"
    world.github_trouble.faults += [Fault(method="POST", path=path, status=502, after=True, body=b"{}")]
    work(world, runtime)
    assert len(world.store.alerts.decisions(1)) == 1
    world.clock.sleep(3_600)
    work(world, runtime)
    assert len(world.store.alerts.decisions(1)) == 1
    assert reacted(world, number) == ["+1"]
    assert world.store.orders.due(world.clock(), 9) == []


def test_a_buttons_press_acknowledges_all_that_is_shown(world: World, runtime: Runtime) -> None:
    """The check's button stands for every alert on the pull request; another app's button for none."""
    world.raise_alert(alert(pull=PULL))
    world.raise_alert(alert(pull=PULL, fingerprint="2"))
    world.deliver()
    (check,) = world.repo.checks.values()
    assert [a["identifier"] for a in check["actions"]] == ["acknowledge", "snooze"]
    action = {"identifier": "acknowledge"}
    other = {**check, "external_id": "somebody else's"}
    deliver(runtime, "check_run", MARY, action="requested_action", check_run=other, requested_action=action)
    deliver(runtime, "check_run", MARY, action="requested_action", check_run=check, requested_action=action)
    work(world, runtime)
    work(world, runtime)
    assert world.store.alerts.counts() == {"acknowledged": 2}
    assert world.store.alerts.decisions(2)[0].reason == "Acknowledge pressed on the check of pull request 12"
    (check,) = world.repo.checks.values()
    assert check["actions"] == []


def test_a_handover_can_be_announced_in_a_comment(world: World, runtime: Runtime) -> None:
    """The answer says who has to confirm, and the second maintainer confirms below."""
    comment(world, runtime, LASSE, "/trust handover @jia until 2099-12-31 too far")
    until = f"{dt.datetime.now(dt.UTC) + dt.timedelta(days=60):%Y-%m-%d}"
    comment(world, runtime, LASSE, f"/trust handover @jia until {until} I retire")
    work(world, runtime)
    comment(world, runtime, MARY, "/trust handover confirm 1")
    work(world, runtime)
    (answer,) = [body for body in ours(world) if "Answers to /trust" in body]
    assert "within 366 days" in answer
    assert "is announced and counts once" in answer
    assert "Hand-over 1 counts from now on" in answer
    assert "@" not in outside_code(answer)
    assert world.store.ledgers.verify() == []


def test_a_removed_repository_is_not_answered(world: World, runtime: Runtime) -> None:
    """What was ordered before the app was removed is forgotten."""
    comment(world, runtime, MARY, "/trust status")
    with world.store.begin() as connection:
        world.store.repositories.set_state(connection, REPOSITORY.id, "removed", at=AT)
    assert orders.carry_out_due(world.store, runtime.writer, world.clock) == 1
    assert world.store.orders.due(world.clock(), 9) == []


def test_without_github_nothing_is_allowed(world: World, runtime: Runtime) -> None:
    """When nobody can say what somebody may do, the order is refused and nothing is changed."""
    world.raise_alert(alert(pull=PULL))
    comment(world, replace(runtime, reader=None), MARY, "/trust expected 1 x")
    orders.carry_out_due(world.store, None, world.clock)
    assert world.store.alerts.decisions(1) == []
