"""Somebody in Slack reads an alert, types a reason and presses a button."""

from __future__ import annotations

from typing import Any

from demo.standin.slack import Slack

Json = dict[str, Any]


def message_about(slack: Slack, alert_id: int) -> Json | None:
    """Return the message whose buttons carry an alert's number."""
    with slack.lock:
        for message in slack.channel.messages.values():
            for block in message["blocks"]:
                if any(e.get("value") == str(alert_id) for e in block.get("elements", []) if e.get("type") == "button"):
                    return message
    return None


def press(slack: Slack, who: str, alert_id: int, label: str, reason: str) -> int:
    """Press the button with a label below an alert, with a reason in the input beside it; return the app's status.

    Raises:
        LookupError: there is no such message or button.
    """
    message = message_about(slack, alert_id)
    if message is None:
        raise LookupError(f"no message in Slack about alert {alert_id}")
    values: Json = {}
    for block in message["blocks"]:
        if block["type"] == "input":
            name = block["element"]["action_id"]
            values[block["block_id"]] = {name: {"type": "plain_text_input", "value": reason or None}}
    for block in message["blocks"]:
        for element in block.get("elements", []):
            if element.get("type") == "button" and element["text"]["text"] == label:
                return slack.clicks.press(who, message["ts"], block["block_id"], element["action_id"], values)
    raise LookupError(f"no button “{label}” below alert {alert_id}")
