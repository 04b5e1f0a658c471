"""What Slack posts to us, read leniently: Slack adds and drops fields, and nothing is required to be there.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload, .../view-interactions-payload
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from github_app.review import REASON_INPUT, Action

log = logging.getLogger(__name__)

CALLBACK = "trust:decide"
"""`callback_id` of the form in which a reason is asked for."""
UNTIL_INPUT = "trust:until"
"""The name of the input that says how many days a snooze lasts, as Slack's `action_id` and `block_id`."""

_ID = re.compile(r"[A-Z0-9]{2,40}", re.ASCII)
_TS = re.compile(r"\d{1,15}\.\d{1,10}", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_BUTTONS = {action.button: action for action in Action if not action.by_itself}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Somebody pressed a button of ours: what, on which alert, and where to answer; `trigger` opens a form for 3 seconds."""

    action: Action
    alert_id: int
    user: str
    channel: str
    thread: str
    trigger: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Somebody sent the form that followed a press; `snooze` is how long a snooze shall last."""

    press: Press
    reason: str
    snooze: dt.timedelta | None = None


def payload(text: str) -> Mapping[str, Any]:
    """Return the JSON object Slack sent; an empty one for anything else, which is logged."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        log.warning("an interaction of Slack's is not JSON")
        return {}
    return found if isinstance(found, dict) else {}


def is_id(value: str) -> bool:
    """Say whether a text can be Slack's id of a user or channel."""
    return _ID.fullmatch(value) is not None


def presses(given: Mapping[str, Any]) -> list[Press]:
    """Return the buttons of ours that a payload says were pressed; everything else is passed over and logged."""
    if given.get("type") != "block_actions":
        return []
    user = _text(given, "user", "id")
    channel = _text(given, "channel", "id") or _text(given, "container", "channel_id")
    thread = _text(given, "message", "thread_ts") or _text(given, "container", "thread_ts")
    found = []
    actions = given.get("actions")
    for item in actions if isinstance(actions, list) else ():
        name, value = _text(item, "action_id"), _text(item, "value")
        action = _BUTTONS.get(name)
        if action is None or not _NUMBER.fullmatch(value):
            log.info("passed over an action of Slack's: %.60r", name)
        elif is_id(user) and is_id(channel):
            where = thread if _TS.fullmatch(thread) else ""
            trigger = _text(given, "trigger_id")[:200]
            found.append(
                Press(action=action, alert_id=int(value), user=user, channel=channel, thread=where, trigger=trigger)
            )
    return found


def note_of(press: Press) -> str:
    """Return what the form carries for us from the press to its submission: Slack's `private_metadata`."""
    return json.dumps([press.action.value, press.alert_id, press.channel, press.thread])


def submission(given: Mapping[str, Any]) -> Submission | None:
    """Return what somebody sent with our form; None when it is not our form, or was tampered with."""
    view = given.get("view")
    if given.get("type") != "view_submission" or _text(view, "callback_id") != CALLBACK:
        return None
    press = _noted(_text(view, "private_metadata"), _text(given, "user", "id"))
    if press is None:
        log.warning("a form of ours came back without what it was about")
        return None
    values = _table(_table(_table(view).get("state")).get("values"))
    days = _text(_table(_table(values.get(UNTIL_INPUT)).get(UNTIL_INPUT)).get("selected_option"), "value")
    return Submission(
        press=press,
        reason=_text(values.get(REASON_INPUT), REASON_INPUT, "value").strip(),
        snooze=dt.timedelta(days=int(days)) if re.fullmatch(r"\d{1,3}", days, re.ASCII) else None,
    )


def _noted(note: str, user: str) -> Press | None:
    try:
        action, alert_id, channel, thread = json.loads(note)
        known = Action(action)
    except (ValueError, TypeError, RecursionError):
        return None
    if known.by_itself or type(alert_id) is not int or not is_id(user) or not isinstance(channel, str) or not is_id(channel):
        return None
    where = thread if isinstance(thread, str) and _TS.fullmatch(thread) else ""
    return Press(action=known, alert_id=alert_id, user=user, channel=channel, thread=where)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, *path: str) -> str:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
