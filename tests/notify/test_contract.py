"""What holds for every channel, against real HTTP: shown once, edited in place, once also after a crash or an error."""

from __future__ import annotations

import pytest

from github_app import decisions
from github_app.model import Person
from github_app.review import Action
from github_app.store.outbox import Work
from tests.notify.conftest import PULL, World
from tests.notify.material import MARY, alert
from tests.notify.trouble import Fault
from workers import notifiers
from workers.deliver import CLAIM

CHANNELS = ("slack", "github-comment", "github-check", "github-review")
WRITES = {
    "slack": r"/api/chat\.postMessage",
    "github-comment": r"/repos/acme/tool/issues/12/comments",
    "github-check": r"/repos/acme/tool/check-runs",
    "github-review": r"/repos/acme/tool/pulls/12/requested_reviewers",
}
ONCE = {"github-review": 2}
"""How many things a reader sees: two people are asked for a review, everything else is one."""


def trouble(world: World, channel: str) -> list[Fault]:
    """Return where to put trouble for a channel."""
    return (world.slack_trouble if channel == "slack" else world.github_trouble).faults


def claim(world: World, channel: str) -> Work:
    """Claim the one post of a channel, as a worker does."""
    (post,) = [p for p in world.store.outbox.due(world.clock(), 50) if p.channel == channel]
    work = world.store.outbox.claim(channel, post.target, "somebody", world.clock(), CLAIM)
    assert work is not None
    return work


def later(world: World) -> None:
    """Let enough time pass for any retry and any claim."""
    world.clock.sleep(3600)


def test_every_file_is_a_channel(world: World) -> None:
    """With everything configured there is one notifier for each channel the routing knows."""
    assert set(world.channels) == {"console", "github-push", *CHANNELS}


def test_nothing_is_sent_where_nothing_is_configured(world: World) -> None:
    """Without GitHub and Slack only the console is left."""
    bare = type(world.settings)()
    assert [n.channel for n in notifiers.configured(bare, None)] == ["console"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_alert_is_shown_once(world: World, channel: str) -> None:
    """However often the job runs, the alert is there once."""
    world.raise_alert(alert(pull=PULL))
    for _ in range(3):
        world.deliver(channel)
        later(world)
    assert len(world.seen(channel)) == ONCE.get(channel, 1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_decision_edits_what_is_there(world: World, channel: str) -> None:
    """After a verdict the same post shows the new state."""
    raised = world.raise_alert(alert(pull=PULL))
    world.deliver(channel)
    before = world.seen(channel)
    decisions.apply(world.store, raised.id, Action.EXPECTED, MARY, "we talked", world.clock(), via="slack")
    world.deliver(channel)
    after = world.seen(channel)
    assert len(after) == len(before) == ONCE.get(channel, 1)
    assert (after != before) == (channel != "github-review")


@pytest.mark.parametrize("channel", CHANNELS)
def test_killed_between_sending_and_recording(world: World, channel: str) -> None:
    """A worker that dies after the post and before the record leaves no second post behind."""
    world.raise_alert(alert(pull=PULL))
    work = claim(world, channel)
    message = _message(world, work)
    world.channels[channel].send(message, work.external_id, work.uncertain)
    later(world)
    done = world.deliver(channel)
    assert done.sent[channel] == 1
    assert len(world.seen(channel)) == ONCE.get(channel, 1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_killed_before_sending(world: World, channel: str) -> None:
    """A worker that dies before the post loses nothing."""
    world.raise_alert(alert(pull=PULL))
    claim(world, channel)
    world.deliver(channel)
    assert world.seen(channel) == []
    later(world)
    world.deliver(channel)
    assert len(world.seen(channel)) == ONCE.get(channel, 1)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("after", [True, False], ids=["after it was written", "before it was written"])
def test_a_502_is_no_second_post(world: World, channel: str, after: bool) -> None:
    """An error may come after the write: the retry looks first and posts only what is not there."""
    world.raise_alert(alert(pull=PULL))
    trouble(world, channel).append(Fault(method="POST", path=WRITES[channel], status=502, after=after))
    done = world.deliver(channel)
    assert done.later[channel] == 1
    assert len(world.seen(channel)) == (1 if after else 0)
    later(world)
    world.deliver(channel)
    assert len(world.seen(channel)) == ONCE.get(channel, 1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_rate_limit_is_obeyed(world: World, channel: str) -> None:
    """429 with Retry-After puts the message off at least as long, and it comes then."""
    world.raise_alert(alert(pull=PULL))
    trouble(world, channel).append(Fault(method="POST", path=WRITES[channel], status=429, headers={"Retry-After": "90"}))
    assert world.deliver(channel).later[channel] == 1
    world.clock.sleep(80)
    assert world.deliver(channel).sent[channel] == 0
    world.clock.sleep(20)
    assert world.deliver(channel).sent[channel] == 1
    assert len(world.seen(channel)) == ONCE.get(channel, 1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_broken_answer_is_put_off(world: World, channel: str) -> None:
    """A proxy's page instead of an answer is trouble on the way, not the end."""
    world.raise_alert(alert(pull=PULL))
    page = Fault(method="POST", path=WRITES[channel], status=503, body=b"<html>busy</html>")
    page.headers = {"Content-Type": "text/html"}
    trouble(world, channel).append(page)
    assert world.deliver(channel).later[channel] == 1
    later(world)
    assert world.deliver(channel).sent[channel] == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_one_message_for_many_decisions(world: World, channel: str) -> None:
    """Decisions that come faster than messages go are shown by one edit."""
    raised = world.raise_alert(alert(pull=PULL))
    world.deliver(channel)
    for action, by in ((Action.ACKNOWLEDGE, MARY), (Action.HARMLESS, Person(id=10, login="lasse"))):
        decisions.apply(world.store, raised.id, action, by, "we talked", world.clock(), via="slack")
    assert world.deliver(channel).sent[channel] == 1
    assert len(world.seen(channel)) == ONCE.get(channel, 1)


def _message(world: World, work: Work) -> notifiers.Message:
    alerts = tuple(a for a in (world.store.alerts.get(i) for i in work.alert_ids) if a is not None)
    return notifiers.Message(
        channel=work.channel, target=work.target, alerts=alerts, repository=alerts[0].repository, installation_id=77
    )
