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
from github_app.model import Alert, Evidence, Person, Repository, Severity, Subject
from github_app.policy.model import Digest, Policy, QuietHours
from github_app.review import Action
from tests.notify.conftest import World
from tests.notify.material import LASSE, MARY, alert
from tests.notify.trouble import Fault
from workers import messages, time_passes
from workers.deliver import CLAIM
from workers.notifiers import Partly

POST = r"/api/chat\.postMessage"
NIGHT = Policy(quiet_hours=QuietHours(time_zone="Europe/Berlin", start=dt.time(22), end=dt.time(7)))
WEEKLY = Policy(digest=Digest(every="week", day="mon", at=dt.time(9), time_zone="Europe/Berlin"))


def at(world: World, text: str) -> None:
    """Set the clock, in UTC."""
    world.clock.now = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def about(world: World, number: int, **changes: Any) -> Alert:
    """Return an alert of its own, about somebody else in one of five repositories, so that no case joins it."""
    place, key = number % 5, f"id:{1_000 + number}"
    who = Subject(person=Person(id=1_000 + number, login=f"p{number}"))
    where = Repository(id=100 + place, full_name=f"acme/r{place}", owner_id=100 + place)
    fresh = {"fingerprint": f"about {number}", "title": f"Change {number}", "raised_at": world.clock(), "subject": who}
    commit = (Evidence(kind="commit", value=f"{number:040d}"),)
    made = alert(**{**fresh, "grantor": None, "evidence": commit, **changes})
    return replace(made, repository=where, subject_keys=(key,), grantor_keys=())


def flood(world: World, count: int, *, start: int = 0, **changes: Any) -> None:
    """Raise many alerts at once."""
    for number in range(start, start + count):
        world.raise_alert(about(world, number, **changes))


def roots(world: World) -> list[dict[str, Any]]:
    """Return the messages of the channel, oldest first."""
    return [m for m in world.slack.channel.messages.values() if "thread_ts" not in m]


def answers(world: World) -> list[dict[str, Any]]:
    """Return what was said in threads, oldest first."""
    return [m for m in world.slack.channel.messages.values() if "thread_ts" in m]


def named(world: World) -> list[str]:
    """Return how often each alert is named: by its own message, or by a line of a thread."""
    own = [m["metadata"]["event_payload"]["alert"] for m in roots(world) if "alert" in m["metadata"]["event_payload"]]
    lines = [line for m in answers(world) for line in m["text"].splitlines() if " \u00b7 " in line]
    return sorted([f"{n}" for n in own] + [line.partition("|Alert ")[2].partition(">")[0] for line in lines])


def test_at_night_alerts_wait_for_the_morning(world: World) -> None:
    """What is raised at night comes when quiet ends, once, also after the programs were started anew; critical comes now."""
    at(world, "2026-01-14 23:00")
    world.raise_alert(about(world, 1), NIGHT)
    world.raise_alert(about(world, 2, severity=Severity.CRITICAL), NIGHT)
    world.deliver("slack")
    assert len(roots(world)) == 1
    assert "Critical" in roots(world)[0]["text"]
    at(world, "2026-01-15 05:59")
    assert world.deliver("slack").sent["slack"] == 0
    at(world, "2026-01-15 06:00")
    world.deliver("slack")
    world.deliver("slack")
    assert len(roots(world)) == 2


def test_what_is_decided_at_night_is_said_at_night(world: World) -> None:
    """A thread about a decision somebody just made does not wait; a message that waits does, and shows the decision."""
    at(world, "2026-01-14 20:00")
    early = world.raise_alert(about(world, 1), NIGHT)
    world.deliver("slack")
    at(world, "2026-01-14 23:00")
    late = world.raise_alert(about(world, 2), NIGHT)
    for found in (early, late):
        decisions.apply(world.store, found.id, Action.EXPECTED, MARY, "we talked", world.clock(), via="web")
    world.deliver("slack")
    assert len(roots(world)) == 1
    assert "says it was expected" in answers(world)[0]["text"]
    at(world, "2026-01-15 06:00")
    world.deliver("slack")
    assert "Expected" in roots(world)[1]["text"]


def test_a_reminder_waits_for_the_morning(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the app says by itself about an acknowledgement is nobody's answer, so quiet hours hold it back."""
    at(world, "2026-01-12 23:30")
    found = world.raise_alert(alert(raised_at=world.clock()))
    world.deliver("slack")
    decisions.apply(world.store, found.id, Action.ACKNOWLEDGE, MARY, "I look", world.clock(), via="slack")
    world.deliver("slack")
    monkeypatch.setattr("workers.policies.InForce.of", lambda *_: NIGHT)
    at(world, "2026-01-14 23:31")
    assert time_passes.sweep(world.store, world.clock()) == 1
    world.deliver("slack")
    assert len(answers(world)) == 1
    at(world, "2026-01-15 06:00")
    world.deliver("slack")
    assert "Reminder" in answers(world)[1]["text"]


def test_fifty_alerts_in_a_minute_are_few_messages(world: World) -> None:
    """Five come by themselves, forty-five share one with a thread; nobody is missing, nobody comes twice."""
    flood(world, 50)
    world.deliver("slack")
    (*own, group) = roots(world)
    assert len(own) == Policy().budget.per_minute
    assert "45 trust changes in a short time" in group["blocks"][0]["text"]["text"]
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
    assert len(roots(world)) == Policy().budget.per_hour
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
    assert "2 open, 1 acknowledged" not in roots(world)[-1]["text"]
    assert "Now " in roots(world)[-1]["text"]
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
            shown = messages.of(world.store, work)
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
    assert "3 trust changes in a short time" in roots(world)[-1]["blocks"][0]["text"]["text"]
    assert len(named(world)) == 8


def test_small_things_come_together_when_they_are_due(world: World) -> None:
    """Low and info wait for Monday at nine in Berlin; one message by repository, none without news, the rest counted."""
    at(world, "2026-03-24 12:00")
    for number in range(30):
        world.raise_alert(about(world, number, severity=Severity.LOW), WEEKLY)
    world.deliver("slack")
    assert roots(world) == []
    at(world, "2026-03-30 06:59")
    world.deliver("slack")
    assert roots(world) == []
    at(world, "2026-03-30 07:00")
    world.deliver("slack")
    world.deliver("slack")
    (digest,) = roots(world)
    assert digest["blocks"][0]["text"]["text"].endswith("30 small trust changes in 5 repositories")
    text = str(digest["blocks"])
    assert text.count("Change ") == 8
    assert "and 22 more" in text
    assert "https://trust.example.org/" in text
    at(world, "2026-04-06 07:00")
    assert world.deliver("slack").sent["slack"] == 0
    assert len(roots(world)) == 1


@pytest.mark.parametrize("after", [True, False], ids=["after it was written", "before it was written"])
def test_one_digest_a_period_whatever_happens(world: World, after: bool) -> None:
    """A 502 at the wrong moment, and a finding that comes when it was just sent, make no second one."""
    at(world, "2026-03-24 12:00")
    made = alert(fingerprint="a", severity=Severity.INFO, raised_at=world.clock())
    world.raise_alert(made, WEEKLY)
    at(world, "2026-03-30 07:00")
    world.slack_trouble.faults.append(Fault(method="POST", path=POST, status=502, after=after))
    world.deliver("slack")
    world.clock.sleep(3600)
    world.deliver("slack")
    world.raise_alert(replace(made, fingerprint="b"), WEEKLY)
    world.deliver("slack")
    (digest,) = roots(world)
    assert "2 small trust changes" in digest["text"]


def test_a_private_finding_is_not_put_into_the_digests_channel(world: World) -> None:
    """The digest has a channel of its own; what is private stays where private alerts go."""
    policy = Policy(digest=replace(WEEKLY.digest, channel="#everybody"))
    found = world.raise_alert(alert(fingerprint="a", severity=Severity.LOW), policy)
    private = world.raise_alert(alert(fingerprint="b", severity=Severity.LOW, private=True), policy)
    shown = world.store.outbox.shown([found.id, private.id], "slack")
    assert shown[found.id].target.endswith("@#everybody")
    assert "@" not in shown[private.id].target


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


def test_a_case_that_becomes_critical_at_night_is_told_at_night(world: World) -> None:
    """What it answers to is let out too, although that alert alone would have waited."""
    at(world, "2026-01-14 23:00")
    world.raise_alert(alert(fingerprint="a", raised_at=world.clock()), NIGHT)
    world.deliver("slack")
    assert roots(world) == []
    world.raise_alert(alert(fingerprint="b", severity=Severity.CRITICAL, raised_at=world.clock()), NIGHT)
    world.deliver("slack")
    assert len(roots(world)) == 2
