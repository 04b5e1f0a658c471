"""The form that asks for a reason: what it says, what it refuses, and many people at once."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from demo.standin.slack import Member
from github_app.model import Person, Severity
from github_app.review import REASON_INPUT
from tests.notify.conftest import World
from tests.notify.material import AT, alert
from tests.notify.slackers import DOORS, answers, form, press, send, sent, stored, submit
from tests.notify.trouble import Fault


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
    assert send(app + DOORS[0], urlencode({"payload": json.dumps(sent(**changes))}).encode()).status_code == 200
    assert stored(world).version == 1


@pytest.mark.parametrize("values", [None, 3, [], {REASON_INPUT: None}, {REASON_INPUT: {REASON_INPUT: {"value": 7}}}])
def test_a_reason_of_any_shape_is_read_leniently(world: World, app: str, values: object) -> None:
    """A form whose inputs are missing or strange is one without a reason."""
    world.raise_alert(alert())
    answer = send(app + DOORS[0], urlencode({"payload": json.dumps(sent(state={"values": values}))}).encode())
    assert "needs a reason" in answer.json()["errors"][REASON_INPUT]
    assert stored(world).version == 1


def test_a_reason_that_is_too_long_is_refused(world: World, app: str) -> None:
    """A reason over the limit changes nothing, and the person reads the limit."""
    world.raise_alert(alert())
    world.deliver()
    press(world, "U0MARY", "expected", "x" * 2_500)
    assert stored(world).version == 1
    assert "at most 2,000 are kept" in submit(world, "U0MARY", "x" * 2_500)[1]["errors"][REASON_INPUT]
