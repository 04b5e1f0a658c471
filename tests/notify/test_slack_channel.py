"""What is special about Slack: threads, names of channels, words of refusal, answers to one person."""

from __future__ import annotations

import json

import pytest

from github_app import decisions
from github_app.model import Severity
from github_app.review import Action
from tests.notify.conftest import World
from tests.notify.material import LASSE, MARY, alert
from tests.notify.test_contract import claim, later
from tests.notify.trouble import Fault
from workers.notifiers import GaveUp, Message
from workers.notifiers._slack_api import EVENT


def decide(world: World, number: int, action: Action, by: object = MARY, reason: str = "we talked about it") -> None:
    """Decide about an alert."""
    decisions.apply(world.store, number, action, by, reason, world.clock(), via="slack")  # type: ignore[arg-type]


def refusal(word: str) -> Fault:
    """Return an answer with which Slack refuses a post."""
    return Fault(
        method="POST", path=r"/api/chat\.postMessage", status=200, body=json.dumps({"ok": False, "error": word}).encode()
    )


def test_each_step_is_told_in_the_thread(world: World) -> None:
    """The message shows the state, and its thread tells who did what."""
    raised = world.raise_alert(alert(severity=Severity.CRITICAL))
    world.deliver("slack")
    decide(world, raised.id, Action.EXPECTED, LASSE)
    world.deliver("slack")
    decide(world, raised.id, Action.EXPECTED, MARY)
    world.deliver("slack")
    assert [line.partition(" (")[0] for line in world.thread()] == [
        "@lasse says it was expected",
        "@mary says it was expected",
    ]
    (root,) = world.seen("slack")
    assert "Expected: marked by @lasse and @mary" in root


def test_a_thread_is_not_told_twice(world: World) -> None:
    """Killed after speaking in the thread, the next worker finds what was said."""
    raised = world.raise_alert(alert())
    world.deliver("slack")
    decide(world, raised.id, Action.ACKNOWLEDGE)
    work = claim(world, "slack")
    current = world.store.alerts.get(raised.id)
    assert current is not None
    message = Message(
        channel="slack",
        target=work.target,
        alerts=(current,),
        decisions={raised.id: tuple(world.store.alerts.decisions(raised.id))},
        repository=current.repository,
    )
    world.channels["slack"].send(message, work.external_id, work.uncertain)
    later(world)
    world.deliver("slack")
    assert len(world.thread()) == 1
    decide(world, raised.id, Action.HARMLESS)
    world.deliver("slack")
    assert len(world.thread()) == 2


def test_a_deleted_message_comes_back_with_the_next_change(world: World) -> None:
    """Whoever deletes our message in Slack does not silence the alert."""
    raised = world.raise_alert(alert())
    world.deliver("slack")
    world.slack.channel.messages.clear()
    decide(world, raised.id, Action.ACKNOWLEDGE)
    world.deliver("slack")
    (root,) = world.seen("slack")
    assert "Acknowledged by @mary" in root


def test_somebody_elses_metadata_is_not_ours(world: World) -> None:
    """Another app that copies our metadata cannot make us edit its message instead of posting."""
    raised = world.raise_alert(alert())
    claim(world, "slack")
    forged = {"event_type": EVENT, "event_payload": {"alert": raised.id, "fingerprint": raised.fingerprint}}
    ts = world.slack.new_ts()
    world.slack.channel.messages[ts] = {
        "type": "message", "ts": ts, "bot_id": "B0EVIL", "text": "nothing to see", "blocks": [], "metadata": forged
    }  # fmt: skip
    later(world)
    world.deliver("slack")
    assert any("merged a pull request" in text for text in world.seen("slack"))
    assert world.slack.channel.messages[ts]["text"] == "nothing to see"


def test_the_message_is_known_by_its_metadata(world: World) -> None:
    """The metadata names the alert, so that it can be found again; the external id names channel and time."""
    raised = world.raise_alert(alert())
    world.deliver("slack")
    ((ts, found),) = world.slack.channel.messages.items()
    assert found["metadata"]["event_payload"]["fingerprint"] == raised.fingerprint
    assert world.store.outbox.external_id("slack", f"alert:{raised.id}") == f"{world.slack.channel.id}:{ts}:0"


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("channel_not_found", "invite the app to the channel"),
        ("invalid_auth", "check SLACK_BOT_TOKEN"),
        ("not_in_channel", "invite the app"),
        ("restricted_action", "see docs.slack.dev"),
    ],
)
def test_a_refusal_is_given_up_with_advice(world: World, word: str, advice: str) -> None:
    """What will not change by itself is not tried again, and the operator reads what to change."""
    world.raise_alert(alert())
    world.slack_trouble.faults.append(refusal(word))
    assert world.deliver("slack").gave_up["slack"] == 1
    (failure,) = [f for f in world.store.outbox.failures(10) if f.channel == "slack"]
    assert word in failure.error
    assert advice in failure.error
    assert "xoxb" not in failure.error
    later(world)
    assert world.deliver("slack").sent["slack"] == 0


def test_given_up_gets_a_new_chance_with_the_next_change(world: World) -> None:
    """Once the channel is put right, the next step of the alert posts it."""
    raised = world.raise_alert(alert())
    world.slack_trouble.faults.append(refusal("channel_not_found"))
    world.deliver("slack")
    decide(world, raised.id, Action.ACKNOWLEDGE)
    world.deliver("slack")
    assert len(world.seen("slack")) == 1


@pytest.mark.parametrize("word", ["ratelimited", "internal_error", "service_unavailable"])
def test_a_busy_slack_is_asked_again(world: World, word: str) -> None:
    """Words that mean "later" are tried again."""
    world.raise_alert(alert())
    world.slack_trouble.faults.append(refusal(word))
    assert world.deliver("slack").later["slack"] == 1
    later(world)
    assert world.deliver("slack").sent["slack"] == 1


def test_a_cut_connection_is_no_second_post(world: World) -> None:
    """A connection that breaks after the post went out leaves one message."""
    world.raise_alert(alert())
    cut = Fault(method="POST", path=r"/api/chat\.postMessage", status=0, after=True, drop=True)
    world.slack_trouble.faults.append(cut)
    assert world.deliver("slack").later["slack"] == 1
    later(world)
    world.deliver("slack")
    assert len(world.seen("slack")) == 1


def test_without_a_history_scope_twice_is_better_than_never(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Where the app may not read the channel it posts again after a crash, and says which scope is missing."""
    world.raise_alert(alert())
    claim(world, "slack")
    body = b'{"ok": false, "error": "missing_scope"}'
    world.slack_trouble.faults.append(Fault(method="GET", path=r"/api/conversations\.history", status=200, body=body))
    world.slack_trouble.faults.append(Fault(method="POST", path=r"/api/conversations\.history", status=200, body=body))
    later(world)
    world.deliver("slack")
    assert len(world.seen("slack")) == 1
    assert "add a history scope" in caplog.text


def test_an_answer_is_for_one_person(world: World) -> None:
    """What is told to somebody who clicked is seen by nobody else, and markup in it is text."""
    with world.store.begin() as connection:
        world.store.replies.add(connection, world.slack.channel.id, "U0MARY", "", "already marked <!channel> by @a")
    world.deliver()
    (said,) = world.slack.channel.ephemeral
    assert (said["to"], said["text"]) == ("U0MARY", "Already marked &lt;!channel&gt; by @a")
    assert world.seen("slack") == []


def test_an_answer_to_somebody_gone_is_dropped(world: World) -> None:
    """Nobody waits for an answer in a channel they left."""
    with world.store.begin() as connection:
        world.store.replies.add(connection, world.slack.channel.id, "U0GONE", "", "hello")
    world.deliver()
    assert world.store.replies.due(world.clock(), 10) == []


def test_an_answer_is_tried_again(world: World) -> None:
    """A busy Slack gets the answer a little later."""
    with world.store.begin() as connection:
        world.store.replies.add(connection, world.slack.channel.id, "U0MARY", "", "hello")
    world.slack_trouble.faults.append(Fault(method="POST", path=r"/api/chat\.postEphemeral", status=500))
    world.deliver()
    assert world.slack.channel.ephemeral == []
    world.clock.sleep(60)
    world.deliver()
    assert len(world.slack.channel.ephemeral) == 1


def test_a_channel_can_be_named(world: World) -> None:
    """SLACK_CHANNEL may be a name; looking for an earlier post then finds out the channel's id."""
    world.raise_alert(alert())
    claim(world, "slack")
    later(world)
    world.deliver("slack")
    assert world.slack_trouble.asked(r"\w+ /api/conversations\.list") == 1
    assert len(world.seen("slack")) == 1


def test_the_secret_is_in_no_error(world: World) -> None:
    """An error's sentence holds neither the token nor what was to be posted."""
    notifier = world.channels["slack"]
    world.slack_trouble.faults.append(refusal("invalid_auth"))
    with pytest.raises(GaveUp) as raised:
        notifier.send(
            Message(channel="slack", target="alert:1", alerts=(alert(1),), repository=alert(1).repository), None, False
        )
    assert "xoxb" not in raised.value.sentence
    assert "merged a pull request" not in raised.value.sentence


def test_a_route_of_the_policy_chooses_the_channel(world: World) -> None:
    """What the outbox says the policy chose is where the message goes and stays, whatever the setting says."""
    world.slack.channel.name = "payments"
    with world.store.begin() as connection:
        number = world.store.alerts.raise_(connection, alert(), "delivery")
        assert number is not None
        world.store.outbox.add(connection, number, "slack", f"alert:{number}@#payments")
    world.deliver("slack")
    assert len(world.seen("slack")) == 1
    decisions.apply(world.store, number, Action.ACKNOWLEDGE, MARY, "looking", world.clock(), via="github")
    world.deliver("slack")
    assert len(world.seen("slack")) == 1
    assert "Acknowledged by @mary" in str(world.slack.channel.messages)
