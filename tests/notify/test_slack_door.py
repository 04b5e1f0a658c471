"""Slack's requests to us: signed or refused, answered at once, and a click decides exactly what it says."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from demo.standin.serving import Serving
from demo.standin.slack import Member
from github_app import create_app
from github_app.model import Alert, Person, Severity, State
from github_app.review import REASON_INPUT
from github_app.wake import Waker
from github_app.web.signature import sign_slack
from github_app.web.slack_payload import CALLBACK, UNTIL_INPUT
from tests.notify.conftest import SIGNING_SECRET, World
from tests.notify.material import AT, GRANTOR, LASSE, MARY, SUBJECT, alert
from tests.notify.trouble import Fault

DOORS = ("/slack/interactions", "/slack/commands")


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


def press(world: World, user: str, action: str, reason: str = "We asked them", *, days: str = "") -> int:
    """Press a button under the one message on Slack, send the form that opens, and return our last status."""
    ((ts, message),) = [(ts, m) for ts, m in world.slack.channel.messages.items() if "thread_ts" not in m]
    (buttons,) = [b for b in message["blocks"] if b["type"] == "actions"]
    status = world.slack.clicks.press(user, ts, buttons["block_id"], f"trust:{action}")
    shown = form(world, user)
    return submit(world, user, reason, days=days)[0] if shown and status == 200 else status


def form(world: World, user: str) -> dict[str, Any] | None:
    """Return the form somebody sees."""
    return next((v for v in world.slack.views.values() if v["shown_to"] == user), None)


def submit(world: World, user: str, reason: str, *, days: str = "") -> tuple[int, dict[str, Any]]:
    """Send the form somebody sees."""
    shown = form(world, user)
    assert shown is not None
    values: dict[str, Any] = {REASON_INPUT: {REASON_INPUT: {"type": "plain_text_input", "value": reason or None}}}
    if days:
        chosen = {"type": "static_select", "selected_option": {"value": days}}
        values[UNTIL_INPUT] = {UNTIL_INPUT: chosen}
    return world.slack.clicks.submit(user, shown["id"], values)


def stored(world: World, number: int = 1) -> Alert:
    """Return an alert as it is in the database."""
    found = world.store.alerts.get(number)
    assert found is not None
    return found


def answers(world: World) -> list[tuple[str, str]]:
    """Return who was told what."""
    world.deliver()
    return [(m["to"], m["text"]) for m in world.slack.channel.ephemeral]


def send(url: str, body: bytes, *, age: float = 0, secret: str = SIGNING_SECRET) -> requests.Response:
    """Post a body as Slack would, signed so many seconds ago."""
    stamp = str(int(time.time() - age))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign_slack(secret, body, stamp),
    }
    return requests.post(url, body, headers=headers, timeout=5)


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


def test_acknowledging_takes_one_press(world: World, app: str) -> None:
    """Who only says that they look is asked for nothing more."""
    world.raise_alert(alert())
    world.deliver()
    press(world, "U0MARY", "acknowledge")
    assert not world.slack.views
    assert world.store.alerts.decisions(1)[0].reason == "Looking into it"


def test_a_form_says_what_is_decided(world: World, app: str) -> None:
    """Before anybody writes a reason they read which alert it is about and what their answer means."""
    world.raise_alert(alert(severity=Severity.CRITICAL, title="<!channel> *pushed* for the first time"))
    world.deliver()
    ((ts, message),) = world.slack.channel.messages.items()
    (buttons,) = [b for b in message["blocks"] if b["type"] == "actions"]
    world.slack.clicks.press("U0MARY", ts, buttons["block_id"], "trust:incident")
    shown = form(world, "U0MARY")
    assert shown is not None
    assert shown["title"]["text"] == shown["submit"]["text"] == "Mark as incident"
    said = json.dumps(shown["blocks"])
    assert "<!channel> *pushed* for the first time" in said
    assert '"mrkdwn"' not in said
    assert "a second person has to say the same" in said
    assert stored(world).version == 1


def test_a_form_without_a_reason_stays_open(world: World, app: str) -> None:
    """An empty reason is refused below the input, and what was typed is not lost."""
    world.raise_alert(alert())
    world.deliver()
    assert press(world, "U0MARY", "expected", " ") == 200
    status, answer = submit(world, "U0MARY", " ")
    assert (status, answer["response_action"]) == (200, "errors")
    assert answer["errors"][REASON_INPUT].startswith("Nothing was changed: a decision needs a reason")
    assert stored(world).version == 1
    assert submit(world, "U0MARY", "They told me")[1] == {}
    assert stored(world).reason == "They told me"


def test_a_form_sent_too_late_says_who_was_first(world: World, app: str) -> None:
    """Whoever wrote while somebody else decided reads that in the form."""
    world.raise_alert(alert())
    world.deliver()
    ((ts, message),) = world.slack.channel.messages.items()
    (buttons,) = [b for b in message["blocks"] if b["type"] == "actions"]
    world.slack.clicks.press("U0MARY", ts, buttons["block_id"], "trust:expected")
    press(world, "U0LASSE", "harmless")
    assert "already marked harmless by @lasse" in submit(world, "U0MARY", "Late")[1]["errors"][REASON_INPUT]


@pytest.mark.parametrize(("days", "lasts"), [("1", 1), ("30", 30), ("", 7), ("999", None), ("x", 7)])
def test_a_snooze_lasts_as_long_as_was_chosen(world: World, app: str, days: str, lasts: int | None) -> None:
    """The form asks for how long; what it never offered is refused or the usual week."""
    world.raise_alert(alert())
    world.deliver()
    press(world, "U0MARY", "snooze", days=days)
    until = stored(world).snoozed_until
    assert (until and round((until - dt.datetime.now(dt.UTC)).total_seconds() / 86_400)) == lasts


def test_when_slack_opens_no_form_the_person_is_told(world: World, app: str) -> None:
    """A form that does not open is not a decision; the click is still answered in time."""
    world.raise_alert(alert())
    world.deliver()
    world.slack_trouble.faults.append(Fault(method="POST", path="/api/views.open", status=500))
    assert press(world, "U0MARY", "expected") == 200
    assert stored(world).version == 1
    ((told, text),) = answers(world)
    assert told == "U0MARY"
    assert "press the button once more" in text


def test_twenty_people_at_once_get_one_decision_and_twenty_answers(world: World, app: str) -> None:
    """Simultaneous clicks: one verdict is stored, everybody reads theirs or whose it is."""
    people = [Person(id=100 + n, login=f"person{n}") for n in range(20)]
    with world.store.begin() as connection:
        for person in people:
            user = f"U0{person.login.upper()}"
            world.slack.members[user] = Member(user, person.login)
            world.store.accounts.link(connection, user, person, Person(login="operator"), AT)
    world.raise_alert(alert())
    world.deliver()
    ((ts, message),) = world.slack.channel.messages.items()
    (buttons,) = [b for b in message["blocks"] if b["type"] == "actions"]
    users = [f"U0{p.login.upper()}" for p in people]
    for user in users:
        world.slack.clicks.press(user, ts, buttons["block_id"], "trust:harmless")
    with ThreadPoolExecutor(20) as crowd:
        said = list(crowd.map(lambda user: submit(world, user, f"I am {user}"), users))
    assert {status for status, _ in said} == {200}
    assert len(world.store.alerts.decisions(1)) == 1
    winner = world.store.alerts.decisions(1)[0].by.login
    late = [answer["errors"][REASON_INPUT] for _, answer in said if answer]
    assert len(late) == 19
    assert all(f"already marked harmless by @{winner}" in text for text in late)
    assert answers(world) == [(f"U0{winner.upper()}", f"Marked harmless by @{winner}.")]
    assert world.store.ledgers.verify() == []


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


def _action(**changes: Any) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": "U0MARY"},
        "channel": {"id": "C0TRUST"},
        "actions": [{"action_id": "trust:expected", "value": "1"}],
    }
    return payload | changes


@pytest.mark.parametrize(
    "payload",
    [
        "", "not json", "[]", "null", '"x"', "[" * 100_000, json.dumps({"type": "view_submission"}),
        json.dumps(_action(actions=None)),
        json.dumps(_action(actions=[{"action_id": "other:thing", "value": "1"}, 7, None])),
        json.dumps(_action(actions=[{"action_id": "trust:wake", "value": "1"}])),
        json.dumps(_action(actions=[{"action_id": "trust:expected", "value": "1; drop"}])),
        json.dumps(_action(actions=[{"action_id": "trust:expected", "value": "9" * 40}])),
        json.dumps(_action(user=None)), json.dumps(_action(user={"id": "<!channel>"})), json.dumps(_action(channel=3)),
    ],
)  # fmt: skip
def test_whatever_else_slack_sends_is_passed_over(world: World, app: str, payload: str) -> None:
    """What is not one of our buttons is answered with 200 and changes nothing."""
    world.raise_alert(alert())
    assert send(app + DOORS[0], urlencode({"payload": payload}).encode()).status_code == 200
    assert stored(world).version == 1


def _form(**changes: Any) -> dict[str, Any]:
    view = {
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(["expected", 1, "C0TRUST", ""]),
        "state": {"values": {REASON_INPUT: {REASON_INPUT: {"value": "fine"}}}},
    }
    return {"type": "view_submission", "user": {"id": "U0MARY"}, "view": view | changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"callback_id": "other"}, {"private_metadata": ""}, {"private_metadata": "[" * 100_000}, {"private_metadata": "{}"},
        {"private_metadata": json.dumps(["wake", 1, "C0TRUST", ""])},
        {"private_metadata": json.dumps(["expected", "1", "C0", ""])},
        {"private_metadata": json.dumps(["expected", 1, "<!channel>", ""])},
        {"private_metadata": json.dumps([[], 1, "C0", ""])},
    ],
)  # fmt: skip
def test_a_form_that_is_not_ours_decides_nothing(world: World, app: str, changes: dict[str, Any]) -> None:
    """What did not come from a button of ours is answered with 200 and changes nothing."""
    world.raise_alert(alert())
    assert send(app + DOORS[0], urlencode({"payload": json.dumps(_form(**changes))}).encode()).status_code == 200
    assert stored(world).version == 1


@pytest.mark.parametrize("values", [None, 3, [], {REASON_INPUT: None}, {REASON_INPUT: {REASON_INPUT: {"value": 7}}}])
def test_a_reason_of_any_shape_is_read_leniently(world: World, app: str, values: object) -> None:
    """A form whose inputs are missing or strange is one without a reason."""
    world.raise_alert(alert())
    answer = send(app + DOORS[0], urlencode({"payload": json.dumps(_form(state={"values": values}))}).encode())
    assert "needs a reason" in answer.json()["errors"][REASON_INPUT]
    assert stored(world).version == 1


def test_a_reason_that_is_too_long_is_refused(world: World, app: str) -> None:
    """A reason over the limit changes nothing, and the person reads the limit."""
    world.raise_alert(alert())
    world.deliver()
    press(world, "U0MARY", "expected", "x" * 2_500)
    assert stored(world).version == 1
    assert "at most 2,000 are kept" in submit(world, "U0MARY", "x" * 2_500)[1]["errors"][REASON_INPUT]


def test_a_click_on_an_alert_that_is_not_there(world: World, app: str) -> None:
    """A button of another installation's message is answered, not obeyed."""
    body = json.dumps(_action(actions=[{"action_id": "trust:expected", "value": "77"}]))
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
    assert send(app + DOORS[0], urlencode({"payload": json.dumps(_action())}).encode()).status_code == 503
