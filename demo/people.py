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
    """Press the button with a label below an alert and send the form it opens with a reason; return the app's status.

    Raises:
        LookupError: there is no such message or button.
    """
    message = message_about(slack, alert_id)
    if message is None:
        raise LookupError(f"no message in Slack about alert {alert_id}")
    for block in message["blocks"]:
        for element in block.get("elements", []):
            if element.get("type") == "button" and element["text"]["text"] == label:
                status = slack.clicks.press(who, message["ts"], block["block_id"], element["action_id"])
                return _fill_in(slack, who, reason) if status == 200 else status
    raise LookupError(f"no button “{label}” below alert {alert_id}")


def _fill_in(slack: Slack, who: str, reason: str) -> int:
    """Send the form that is open before somebody, with its choices as they stand; 200 where none is."""
    with slack.lock:
        view = next((v for v in slack.views.values() if v["shown_to"] == who), None)
    if view is None:
        return 200
    values: Json = {}
    for block in view["blocks"]:
        element = block.get("element", {})
        if element.get("type") == "plain_text_input":
            values[block["block_id"]] = {element["action_id"]: {"type": element["type"], "value": reason or None}}
        elif "initial_option" in element:
            chosen = {"type": element["type"], "selected_option": element["initial_option"]}
            values[block["block_id"]] = {element["action_id"]: chosen}
    return slack.clicks.submit(who, view["id"], values)[0]
