"""What a Slack channel gets: not at night, not too many at once, and small things together; each alert once all the same."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

import pytest

from demo.standin.slack_limits import problems
from github_app import decisions
from github_app.model import Person, Repository, Severity
from github_app.policy.model import Budget, Digest, Policy
from github_app.review import Action
from tests.notify.conftest import World
from tests.notify.crowds import answers, flood, named, roots
from tests.notify.material import LASSE, MARY, alert
from workers import messages
from workers.deliver import CLAIM
from workers.notifiers import Partly

FEW = Policy(budget=Budget(per_minute=5, per_hour=30))
WEEKLY = Policy(digest=Digest(every="week", day="mon", at=dt.time(9), time_zone="Europe/Berlin"))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every repository have a budget of five in a minute."""
    monkeypatch.setattr("workers.policies.InForce.of", lambda *_: FEW)


def test_fifty_alerts_in_a_minute_are_few_messages(world: World) -> None:
    """Five come by themselves, forty-five share one with a thread; nobody is missing, nobody comes twice."""
    flood(world, 50)
    world.deliver("slack")
    (*own, group) = roots(world)
    assert len(own) == FEW.budget.per_minute
    assert "45 more trust changes in a short time" in group["blocks"][0]["text"]["text"]
    assert named(world) == sorted(str(n) for n in range(1, 51))
    assert [m["thread_ts"] for m in answers(world)] == [group["ts"]] * 4
    assert all(len(m["text"].splitlines()) <= 12 and len(m["text"]) <= 3_000 for m in answers(world))
    assert not any(m["broadcast"] for m in answers(world))
    buttons = [b["block_id"] for b in group["blocks"] if b["type"] == "actions"]
    assert buttons == ["actions:6:1", "actions:7:1", "actions:8:1"]


def test_the_message_of_many_is_edited_as_more_come(world: World) -> None:
    """Further alerts join it; a worse one is said to the channel; a critical one has a message of its own."""
    flood(world, 12, severity=Severity.MEDIUM)
    world.deliver("slack")
    flood(world, 1, start=20, severity=Severity.MEDIUM)
    flood(world, 1, start=21, severity=Severity.HIGH)
    flood(world, 1, start=22, severity=Severity.CRITICAL)
    world.deliver("slack")
    group = next(m for m in roots(world) if "short time" in m["blocks"][0]["text"]["text"])
    assert "9 alerts: 1 high, 8 medium" in group["text"]
    assert len(roots(world)) == 5 + 1 + 1
    assert [m["broadcast"] for m in answers(world)] == [False, True]
    assert "Change 21" in answers(world)[1]["text"].splitlines()[0]
    assert len(named(world)) == 15


def test_after_a_minute_there_is_room_again(world: World) -> None:
    """The budget is a minute's and an hour's: later alerts come by themselves until the hour is spent."""
    flood(world, 7)
    world.deliver("slack")
    for start in range(10, 50, 5):
        world.clock.sleep(70)
        flood(world, 5, start=start)
        world.deliver("slack")
    assert len(roots(world)) == FEW.budget.per_hour
    assert len([m for m in roots(world) if "post" in m["metadata"]["event_payload"]]) == 1
    assert len(named(world)) == 47


def test_a_channel_gets_a_message_a_second(world: World) -> None:
    """Answers in threads count too (docs.slack.dev/apis/web-api/rate-limits): between two posts lies the pause."""
    times: list[dt.datetime] = []
    post = world.slack._post

    def noted(given: dict[str, Any]) -> dict[str, Any]:
        times.append(world.clock())
        return post(given)

    world.slack._post = noted  # type: ignore[method-assign]
    flood(world, 50)
    world.deliver("slack")
    assert len(times) == 10
    assert min((b - a).total_seconds() for a, b in itertools.pairwise(times)) >= 1


def test_decisions_about_one_of_many(world: World, app: str) -> None:
    """A button under the message decides about its alert; thread and message say so, once, and count anew."""
    flood(world, 8)
    world.deliver("slack")
    group = roots(world)[-1]
    with world.store.begin() as connection:
        world.store.accounts.link(connection, "U0MARY", MARY, Person(login="operator"), world.clock())
    assert world.slack.clicks.press("U0MARY", group["ts"], "actions:6:1", "trust:acknowledge") == 200
    world.deliver("slack")
    decisions.apply(world.store, 7, Action.HARMLESS, LASSE, "a new team", world.clock(), via="web")
    world.deliver("slack")
    world.deliver("slack")
    assert "Now 1 acknowledged, 1 harmless, 1 open" in roots(world)[-1]["text"]
    said = [m["text"] for m in answers(world)]
    assert sum("Alert 6: @mary is looking into it" in text for text in said) == 1
    assert sum("Alert 7: @lasse says it is harmless" in text for text in said) == 1


@pytest.mark.parametrize("nth", range(1, 11))
@pytest.mark.parametrize("after", [True, False], ids=["after it was written", "before it was written"])
def test_killed_or_refused_anywhere_nobody_is_named_twice(world: World, nth: int, after: bool) -> None:
    """Whichever post fails or is not recorded, a reader sees one message of many and each alert once."""
    flood(world, 50)
    count = [0]
    post = world.slack._post

    def failing(given: dict[str, Any]) -> dict[str, Any]:
        count[0] += 1
        if count[0] == nth:
            if after:
                post(given)
            raise RuntimeError("the connection is cut, as asked for")
        return post(given)

    world.slack._post = failing  # type: ignore[method-assign]
    for _ in range(4):
        world.deliver("slack")
        world.clock.sleep(20)
    assert named(world) == sorted(str(n) for n in range(1, 51))
    assert len([m for m in roots(world) if "post" in m["metadata"]["event_payload"]]) == 1


def test_killed_between_a_part_and_its_record(world: World) -> None:
    """A worker that dies after each single post leaves nothing behind that is said again."""
    flood(world, 30)
    channel = world.channels["slack"]
    for _ in range(60):
        due = world.store.outbox.due(world.clock(), 50)
        if not due:
            break
        post = due[0]
        if messages.by_itself(world.store, post, world.clock()):
            work = world.store.outbox.claim("slack", post.target, "somebody", world.clock(), CLAIM)
            assert work is not None
            shown = messages.of(world.store, work, world.clock())
            assert shown is not None
            with contextlib.suppress(Partly):
                channel.send(shown, work.external_id, work.uncertain)
            world.clock.sleep(CLAIM.total_seconds() + 1)
            world.deliver("slack")
    assert named(world) == sorted(str(n) for n in range(1, 31))


def test_a_deleted_message_of_many_comes_back(world: World) -> None:
    """With its thread, when one of its alerts changes."""
    flood(world, 8)
    world.deliver("slack")
    group = roots(world)[-1]
    for ts in [group["ts"], *(m["ts"] for m in answers(world))]:
        del world.slack.channel.messages[ts]
    decisions.apply(world.store, 7, Action.HARMLESS, LASSE, "a new team", world.clock(), via="web")
    world.deliver("slack")
    assert "3 more trust changes in a short time" in roots(world)[-1]["blocks"][0]["text"]["text"]
    assert len(named(world)) == 8


def test_limits_of_slack_hold_for_many_long_texts(world: World) -> None:
    """Fifty blocks and 3,000 characters hold by construction, also with titles without end and markup in them."""
    long = "<!channel> *bold* `code` \u202e" + "x" * 5_000
    flood(world, 60, why=long, before=long, after=long)
    for number in range(60, 100):
        made = alert(fingerprint=f"{number}", title=long, severity=Severity.LOW, raised_at=world.clock())
        world.raise_alert(replace(made, repository=Repository(id=number, full_name=f"acme/{'r' * 90}{number}")), WEEKLY)
    world.deliver("slack")
    world.clock.sleep(8 * 86_400)
    world.deliver("slack")
    assert len(roots(world)) == 5 + 1 + 1
    for message in world.slack.channel.messages.values():
        assert problems(message["blocks"]) == []
        assert len(message["text"]) <= 3_000
        assert "<!" not in message["text"]
        assert all(len(str(b)) < 12_000 for b in message["blocks"])
