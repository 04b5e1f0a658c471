"""Slack's requests to us: signed or refused, answered at once, and a click decides exactly what it says."""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

import pytest
import requests

from github_app import create_app
from github_app.model import Severity, State
from github_app.wake import Waker
from github_app.web.signature import sign_slack
from tests.notify.conftest import SIGNING_SECRET, World
from tests.notify.material import alert
from tests.notify.slackers import DOORS, answers, press, pressed, send, stored


def test_a_click_decides_and_is_shown_everywhere(world: World, app: str) -> None:
    """Pressed with a reason, a button resolves the alert, and Slack, comment and check show it."""
    world.raise_alert(alert(pull=12))
    world.deliver()
    assert press(world, "U0MARY", "expected", "Asked them on the phone") == 200
    assert (stored(world).state, stored(world).reason) == (State.RESOLVED, "Asked them on the phone")
    assert answers(world) == [("U0MARY", "Marked expected by @mary.")]
    assert "Expected: marked by @mary" in world.seen("slack")[0]
    assert "Expected: marked by `@mary`" in world.seen("github-comment")[0]
    assert world.seen("github-check") == ["a success: The trust changes were reviewed"]


@pytest.mark.parametrize(
    ("user", "why"), [("U0NEWCOMER", "this alert is about you"), ("U0GRANTER", "you granted the power")]
)
def test_who_takes_part_is_told_so(world: World, app: str, user: str, why: str) -> None:
    """Subject and grantor press in vain, and only they read why."""
    world.raise_alert(alert())
    world.deliver()
    assert press(world, user, "expected") == 200
    assert stored(world).state is State.OPEN
    ((told, text),) = answers(world)
    assert told == user
    assert text.startswith(f"Nothing was changed: {why}")


def test_an_unlinked_person_learns_how_to_be_linked(world: World, app: str) -> None:
    """Somebody we cannot name changes nothing and reads what the operator has to type."""
    world.raise_alert(alert())
    world.deliver()
    assert press(world, "U0VISITOR", "expected") == 200
    assert stored(world).version == 1
    ((told, text),) = answers(world)
    assert told == "U0VISITOR"
    assert "trust-alerts link U0VISITOR YOUR-GITHUB-LOGIN" in text


def test_critical_waits_for_the_second_person(world: World, app: str) -> None:
    """The first click is kept and answered with who is missing; the second resolves."""
    world.raise_alert(alert(severity=Severity.CRITICAL))
    world.deliver()
    press(world, "U0LASSE", "incident", "I do not know this key")
    assert stored(world).state is State.ACKNOWLEDGED
    assert "Still missing: @mary" in answers(world)[-1][1]
    press(world, "U0MARY", "incident", "Neither do I")
    assert stored(world).decided_by == ("lasse", "mary")


def test_a_second_click_is_answered_with_who_was_first(world: World, app: str) -> None:
    """Two people who press the same button before the message is edited get one decision."""
    world.raise_alert(alert())
    world.deliver()
    press(world, "U0LASSE", "harmless")
    press(world, "U0MARY", "harmless")
    said = dict(answers(world))
    assert said["U0LASSE"] == "Marked harmless by @lasse."
    assert said["U0MARY"].startswith("Nothing was changed: already marked harmless by @lasse on ")
    assert len(world.store.alerts.decisions(1)) == 1


@pytest.mark.parametrize("door", DOORS)
def test_what_slack_did_not_sign_is_refused(app: str, door: str) -> None:
    """A wrong secret, an old stamp, a changed body or no signature at all get 401."""
    body = urlencode({"payload": "{}", "user_id": "U0MARY", "channel_id": "C0TRUST"}).encode()
    assert send(app + door, body).status_code == 200
    assert send(app + door, body, secret="other").status_code == 401
    assert send(app + door, body, age=301).status_code == 401
    assert send(app + door, body, age=-400).status_code == 401
    assert requests.post(app + door, body, timeout=5).status_code == 401
    stamp = str(int(time.time()))
    forged = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign_slack(SIGNING_SECRET, b"other", stamp)}
    assert requests.post(app + door, body, headers=forged, timeout=5).status_code == 401


def test_without_a_secret_every_request_is_refused(world: World) -> None:
    """An app without a signing secret trusts nobody, also not a signature made with an empty one."""
    client = create_app(
        type(world.settings)(data_dir=world.settings.data_dir), store=world.store, waker=Waker("")
    ).test_client()
    stamp = str(int(time.time()))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign_slack("", b"payload=%7B%7D", stamp)}
    answer = client.post("/slack/interactions", data=b"payload=%7B%7D", headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "payload",
    [
        "", "not json", "[]", "null", '"x"', "[" * 100_000, json.dumps({"type": "view_submission"}),
        json.dumps(pressed(actions=None)),
        json.dumps(pressed(actions=[{"action_id": "other:thing", "value": "1"}, 7, None])),
        json.dumps(pressed(actions=[{"action_id": "trust:wake", "value": "1"}])),
        json.dumps(pressed(actions=[{"action_id": "trust:expected", "value": "1; drop"}])),
        json.dumps(pressed(actions=[{"action_id": "trust:expected", "value": "9" * 40}])),
        json.dumps(pressed(user=None)), json.dumps(pressed(user={"id": "<!channel>"})), json.dumps(pressed(channel=3)),
    ],
)  # fmt: skip
def test_whatever_else_slack_sends_is_passed_over(world: World, app: str, payload: str) -> None:
    """What is not one of our buttons is answered with 200 and changes nothing."""
    world.raise_alert(alert())
    assert send(app + DOORS[0], urlencode({"payload": payload}).encode()).status_code == 200
    assert stored(world).version == 1


def test_a_click_on_an_alert_that_is_not_there(world: World, app: str) -> None:
    """A button of another installation's message is answered, not obeyed."""
    body = json.dumps(pressed(actions=[{"action_id": "trust:expected", "value": "77"}]))
    assert send(app + DOORS[0], urlencode({"payload": body}).encode()).status_code == 200
    assert answers(world) == [("U0MARY", "Nothing was changed: there is no alert 77.")]


def test_status_names_what_waits_and_nothing_private(world: World, app: str) -> None:
    """`/trust status` can be typed in any channel: private alerts are counted, not named."""
    world.raise_alert(alert(title="A public change"))
    world.raise_alert(alert(fingerprint="2", title="A private matter", private=True))
    assert world.slack.clicks.command("U0MARY", "/trust", "status") == 200
    ((_, text),) = answers(world)
    assert "2 alert(s) wait for a verdict" in text
    assert "high in acme/tool: A public change (open)" in text
    assert "private matter" not in text
    assert "You are @mary on GitHub." in text


@pytest.mark.parametrize("typed", ["", "help", "dance <!channel>"])
def test_help_says_what_can_be_typed(world: World, app: str, typed: str) -> None:
    """`/trust` and anything it does not know are answered with what it knows."""
    assert world.slack.clicks.command("U0VISITOR", "/trust", typed) == 200
    ((_, text),) = answers(world)
    assert "/trust status" in text
    assert "<" not in text


def test_a_click_is_answered_without_asking_slack(world: World, app: str) -> None:
    """The answer to an acknowledgement does not wait for Slack: nothing is sent in the request."""
    world.raise_alert(alert())
    world.deliver()
    before = len(world.slack_trouble.requests)
    started = time.monotonic()
    press(world, "U0MARY", "acknowledge")
    assert time.monotonic() - started < 3
    assert len(world.slack_trouble.requests) == before


def test_a_database_out_of_reach_is_not_passed_over(world: World, app: str) -> None:
    """When nothing could be stored Slack is told so, and shows the person a warning."""
    world.raise_alert(alert())
    world.store.engine.dispose()
    with world.store.begin() as connection:
        connection.exec_driver_sql("DROP TABLE accounts")
    assert send(app + DOORS[0], urlencode({"payload": json.dumps(pressed())}).encode()).status_code == 503
