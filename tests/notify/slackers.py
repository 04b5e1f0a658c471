"""People in Slack for the tests: what they press, type and send, and what they read."""

from __future__ import annotations

import json
import time
from typing import Any

import requests

from github_app.model import Alert
from github_app.review import REASON_INPUT
from github_app.web.signature import sign_slack
from github_app.web.slack_payload import CALLBACK, UNTIL_INPUT
from tests.notify.conftest import SIGNING_SECRET, World

DOORS = ("/slack/interactions", "/slack/commands")


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


def pressed(**changes: Any) -> dict[str, Any]:
    """Return the payload of a press."""
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": "U0MARY"},
        "channel": {"id": "C0TRUST"},
        "actions": [{"action_id": "trust:expected", "value": "1"}],
    }
    return payload | changes


def sent(**changes: Any) -> dict[str, Any]:
    """Return the payload of a form."""
    view = {
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(["expected", 1, "C0TRUST", ""]),
        "state": {"values": {REASON_INPUT: {REASON_INPUT: {"value": "fine"}}}},
    }
    return {"type": "view_submission", "user": {"id": "U0MARY"}, "view": view | changes}
