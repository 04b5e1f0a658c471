"""A case in Slack: shown in the messages of its alerts, and said once, in thread and channel, when it becomes worse."""

from __future__ import annotations

import re
from typing import Any

import pytest

from github_app import decisions
from github_app.model import Severity, Step
from github_app.review import Action
from github_app.store import Notice
from tests.notify.conftest import PULL, World
from tests.notify.material import LASSE, SUBJECT
from tests.notify.test_contract import later
from tests.notify.trouble import Fault
from tests.test_cases import MAL, step
from workers import announcements
from workers.deliver import CLAIM
from workers.notifiers import Announcer

POST = r"/api/chat\.postMessage"


def worsened(world: World, *, deliver: bool = True) -> None:
    """Have pressure told, and then the grant of what it asked for, so that the case is high."""
    world.raise_alert(step(0, MAL, Step.PRESSURE, beneficiaries=(SUBJECT,), private=True, title="Somebody presses"))
    if deliver:
        world.deliver("slack")
    world.raise_alert(step(200, SUBJECT, Step.GRANT, title="Newcomer got the role write", pull=PULL))


def said(world: World) -> list[dict[str, Any]]:
    """Return what was said in threads."""
    return [m for m in world.slack.channel.messages.values() if "thread_ts" in m]


def notice(world: World) -> Notice:
    """Return the one notice that waits."""
    (found,) = world.store.notices.due(world.clock(), 10)
    return found


def announce(world: World, found: Notice) -> None:
    """Send a claimed notice and die before it is recorded."""
    channel = world.channels["slack"]
    what = announcements.of(world.store, found, world.clock())
    assert isinstance(channel, Announcer)
    assert what is not None
    channel.announce(what, found.uncertain)


def test_the_message_of_an_alert_shows_its_case(world: World) -> None:
    """What it comes to, about whom, and each step with date and days since the first; the first message shows it too."""
    worsened(world)
    world.deliver("slack")
    first, second = (m for m in world.slack.channel.messages.values() if "thread_ts" not in m)
    for message in (first, second):
        assert "Part of a case: 2 steps since 2026-03-01, now high." in message["text"]
        shown = str(message["blocks"])
        assert "2026-03-01" in shown
        assert "Somebody presses" in shown
        assert "200 days later: Newcomer got the role write" in shown
        assert "New Comer (@newcomer)" in shown


def test_that_it_became_worse_is_said_in_thread_and_channel(world: World) -> None:
    """One line under the case's first message, broadcast, however often the job runs."""
    worsened(world)
    for _ in range(3):
        world.deliver("slack")
        later(world)
    (line,) = said(world)
    root = next(iter(world.slack.channel.messages))
    assert (line["thread_ts"], line["broadcast"]) == (root, True)
    assert line["text"] == (
        "This case is high now: 2 steps since 2026-03-01 about New Comer (@newcomer). The latest, 200 days after the first: "
        "Newcomer got the role write."
    )


def test_github_never_sees_a_case(world: World) -> None:
    """The public alert of a case that holds a private one is shown as if it stood alone."""
    worsened(world)
    world.deliver()
    public = "\n".join([*world.seen("github-comment"), *world.seen("github-check"), str(world.repo.checks)])
    assert "Newcomer got the role write" in public
    assert "Somebody presses" not in public
    assert "case" not in re.sub(r"[\w-]*case[\w-]+|[\w-]+case", "", public.lower())


def test_killed_between_saying_and_recording(world: World) -> None:
    """The next worker finds what was said and does not say it again."""
    worsened(world)
    claimed = world.store.notices.claim(notice(world), world.clock(), CLAIM)
    assert claimed is not None
    announce(world, claimed)
    later(world)
    assert world.deliver("slack").sent["slack"] >= 1
    assert len(said(world)) == 1
    assert world.store.notices.counts() == {"sent": 1}


def test_killed_before_saying(world: World) -> None:
    """Nothing is lost: when the claim has ended it is said."""
    worsened(world)
    world.store.notices.claim(notice(world), world.clock(), CLAIM)
    world.deliver("slack")
    assert said(world) == []
    later(world)
    world.deliver("slack")
    assert len(said(world)) == 1


def test_of_two_who_reach_for_it_one_has_it(world: World) -> None:
    """A notice read by two workers is claimed by one."""
    worsened(world)
    seen = notice(world)
    claims = [world.store.notices.claim(seen, world.clock(), CLAIM) for _ in range(2)]
    assert [c is None for c in claims] == [False, True]


@pytest.mark.parametrize("after", [True, False], ids=["after it was written", "before it was written"])
def test_a_502_is_no_second_line(world: World, after: bool) -> None:
    """An error may come after the write: the retry looks first."""
    worsened(world)
    world.deliver_posts()
    world.slack_trouble.faults.append(Fault(method="POST", path=POST, status=502, after=after))
    assert world.deliver("slack").later["slack"] == 1
    later(world)
    world.deliver("slack")
    assert len(said(world)) == 1


def test_a_rate_limit_is_obeyed(world: World) -> None:
    """429 puts the line off as long as Slack wants."""
    worsened(world)
    world.deliver_posts()
    world.slack_trouble.faults.append(Fault(method="POST", path=POST, status=429, headers={"Retry-After": "90"}))
    assert world.deliver("slack").later["slack"] == 1
    world.clock.sleep(80)
    world.deliver("slack")
    assert said(world) == []
    world.clock.sleep(20)
    world.deliver("slack")
    assert len(said(world)) == 1


def test_it_waits_for_the_message_it_answers(world: World) -> None:
    """Both waiting, the messages go first, and the line finds its thread."""
    worsened(world, deliver=False)
    world.deliver("slack")
    assert [m.get("broadcast") for m in said(world)] == [True]


def test_a_deleted_first_message_does_not_silence_it(world: World) -> None:
    """Without a thread it is said in the channel."""
    worsened(world)
    world.deliver_posts()
    root = next(iter(world.slack.channel.messages))
    del world.slack.channel.messages[root]
    world.deliver("slack")
    assert said(world) == []
    assert any(text.startswith("This case is high now") for text in world.seen("slack"))


def test_a_refusal_is_given_up_with_advice(world: World) -> None:
    """What will not change by itself is not tried again, and the operator reads why."""
    worsened(world)
    world.deliver_posts()
    body = b'{"ok": false, "error": "is_archived"}'
    world.slack_trouble.faults.append(Fault(method="POST", path=POST, status=200, body=body))
    assert world.deliver("slack").gave_up["slack"] == 1
    (failure,) = world.store.notices.failures(10)
    assert "choose another in SLACK_CHANNEL" in failure.error


def test_what_a_case_became_before_it_was_said_is_said(world: World) -> None:
    """A line that comes late tells the case as it is then; an already critical one is not called high."""
    worsened(world)
    world.raise_alert(step(201, SUBJECT, Step.RELEASE, severity=Severity.CRITICAL, title="A tag with a never-seen key"))
    world.deliver("slack")
    assert [m["text"].split(":")[0] for m in said(world)] == ["This case is critical now"]


def test_what_was_found_harmless_meanwhile_is_not_said(world: World) -> None:
    """Nobody is called to a case whose steps were explained before the line went out."""
    worsened(world)
    for number in (1, 2):
        decisions.apply(world.store, number, Action.HARMLESS, LASSE, "we talked", world.clock(), via="slack")
    world.deliver("slack")
    assert [m for m in said(world) if m.get("broadcast")] == []
    assert "now closed" in world.seen("slack")[0]


def test_a_private_alert_is_told_in_no_other_room_than_its_own(world: World) -> None:
    """Where the policy sends pressure to a room of its own, the case told in the app's room leaves it out."""
    pressure = step(0, MAL, Step.PRESSURE, beneficiaries=(SUBJECT,), private=True, title="Somebody presses")
    with world.store.begin() as connection:
        number = world.store.alerts.raise_(connection, pressure, "delivery")
        assert number is not None
        world.store.outbox.add(connection, number, "slack", f"alert:{number}@C0PRIVATE")
    public = [world.raise_alert(step(day, SUBJECT, Step.GRANT, title=f"grant {day}")).id for day in (200, 201)]
    case = world.store.cases.of_alert(number)
    assert case is not None
    for target, told in (("alert:9@C0PRIVATE", [number, *public]), ("alert:9", public), ("alert:9@C0OTHER", public)):
        assert [a.id for a in announcements.for_room(world.store, case.alerts, "slack", target)] == told
    world.deliver("slack")
    shown = [str(m["blocks"]) for m in world.slack.channel.messages.values() if "grant 200" in m["text"]]
    assert len(shown) == 1
    assert "Part of a case" in shown[0]
    assert "Somebody presses" not in shown[0]
