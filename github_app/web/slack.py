"""Slack's two doors: buttons (`/slack/interactions`) and the slash command (`/slack/commands`).

A request is answered within the three seconds Slack gives, so nothing here talks to Slack: decisions go to SQL in one
transaction with the answer for the person, and the notify job shows both.
https://docs.slack.dev/interactivity/handling-user-interaction, .../interactivity/implementing-slash-commands
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Request, Response, request
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from github_app import decisions
from github_app.model import State
from github_app.review import REASON_INPUT, Action, Decided, Refused
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from github_app.web import signature

log = logging.getLogger(__name__)

_ID = re.compile(r"[A-Z0-9]{2,40}", re.ASCII)
_TS = re.compile(r"\d{1,15}\.\d{1,10}", re.ASCII)
_BUTTONS = {action.button: action for action in Action if action is not Action.WAKE}
_WITHOUT_NOTE = "{button} pressed in Slack without a note"
_STATUS_ALERTS = 5

HELP = "\n".join(
    (
        "/trust status: which alerts wait for somebody, and whether the app is well",
        "/trust help: this text",
        "Decisions are made with the buttons under an alert. Write a reason first: it is kept with the decision.",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Somebody pressed a button of ours: what, on which alert, with which reason, and where to answer."""

    action: Action
    alert_id: int
    reason: str
    user: str
    channel: str
    thread: str


def blueprint(settings: Settings, store: Store, waker: Waker, clock: Callable[[], dt.datetime] | None = None) -> Blueprint:
    """Return the routes; without SLACK_SIGNING_SECRET every request is refused with 401."""
    routes = Blueprint("slack", __name__)
    now = clock or _utcnow
    desk = _Desk(store, waker, now)

    @routes.post("/slack/interactions")
    def interactions() -> Response:
        if not _signed(settings, request, now()):
            return _plain("not signed by Slack", 401)
        for press in presses(_payload(request.form.get("payload", ""))):
            if not desk.decide(press):
                return _plain("the database is out of reach", 503)
        return _plain("", 200)

    @routes.post("/slack/commands")
    def commands() -> Response:
        if not _signed(settings, request, now()):
            return _plain("not signed by Slack", 401)
        user, channel = request.form.get("user_id", ""), request.form.get("channel_id", "")
        if not _ID.fullmatch(user) or not _ID.fullmatch(channel):
            return _plain("", 200)
        done = desk.answer(user, channel, request.form.get("text", "")[:200])
        return _plain("", 200) if done else _plain("the database is out of reach", 503)

    return routes


class _Desk:
    """Takes what people ask for and leaves their answers in the outbox."""

    def __init__(self, store: Store, waker: Waker, clock: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._waker = waker
        self._clock = clock

    def decide(self, press: Press) -> bool:
        """Carry out what a button stands for; False when SQL is out of reach and nothing was done."""
        try:
            person = self._store.accounts.of_slack(press.user)
            if person is None:
                self._say(press.user, press.channel, press.thread, _unknown(press.user))
                return True

            def also(connection: Connection, outcome: Decided | Refused) -> None:
                text = outcome.sentence if isinstance(outcome, Decided) else f"Nothing was changed: {outcome.sentence}."
                self._store.replies.add(connection, press.channel, press.user, press.thread, text)

            decisions.apply(
                self._store, press.alert_id, press.action, person, press.reason, self._clock(), via="slack", also=also
            )
        except DBAPIError as error:
            log.error("a click could not be stored: %s", type(error.orig).__name__)
            return False
        self._waker.notify()
        return True

    def answer(self, user: str, channel: str, text: str) -> bool:
        """Answer the slash command; False when SQL is out of reach."""
        word = (text.split() or ["help"])[0].lower()
        try:
            if word == "status":
                self._say(user, channel, "", "\n".join(self._status(user)))
            else:
                unknown = "" if word == "help" else f"/trust knows no {word}.\n"
                self._say(user, channel, "", unknown + HELP)
        except DBAPIError as error:
            log.error("a command could not be answered: %s", type(error.orig).__name__)
            return False
        return True

    def _say(self, user: str, channel: str, thread: str, text: str) -> None:
        with self._store.begin() as connection:
            self._store.replies.add(connection, channel, user, thread, text)
        self._waker.notify()

    def _status(self, user: str) -> Iterator[str]:
        """Say what waits. A command can be typed anywhere, so private alerts are counted and not named."""
        counts = self._store.alerts.counts()
        waiting = sum(number for state, number in counts.items() if state != State.RESOLVED.value)
        yield f"{waiting} alert(s) wait for a verdict, {counts.get(State.RESOLVED.value, 0)} are resolved."
        open_ = self._store.alerts.recent(50, states=(State.OPEN, State.ACKNOWLEDGED, State.SNOOZED))
        for alert in [a for a in open_ if not a.finding.private][:_STATUS_ALERTS]:
            finding = alert.finding
            yield f"{alert.id}: {finding.severity} in {alert.repository.full_name}: {finding.title} ({alert.state})"
        troubles = len(self._store.problems.open()) + len(self._store.outbox.failures(100))
        if troubles:
            yield f"{troubles} thing(s) keep the app from seeing or telling everything: run `trust-alerts doctor`."
        inbox = self._store.inbox.counts()
        yield f"{inbox.get('pending', 0)} deliveries wait to be judged."
        person = self._store.accounts.of_slack(user)
        yield f"You are @{person.login} on GitHub." if person else _unknown(user)


def presses(payload: Mapping[str, Any]) -> list[Press]:
    """Return the buttons of ours that a payload says were pressed; everything else is passed over and logged.

    Nothing is required to be there: Slack adds and drops fields.
    """
    if payload.get("type") != "block_actions":
        return []
    user, channel = (
        _text(payload, "user", "id"),
        _text(payload, "channel", "id") or _text(payload, "container", "channel_id"),
    )
    thread = _text(payload, "message", "thread_ts") or _text(payload, "container", "thread_ts")
    found = []
    actions = payload.get("actions")
    for item in actions if isinstance(actions, list) else ():
        name, value = _text(item, "action_id"), _text(item, "value")
        action = _BUTTONS.get(name)
        if action is None or not re.fullmatch(r"\d{1,15}", value, re.ASCII):
            log.info("passed over an action of Slack's: %.60r", name)
        elif _ID.fullmatch(user) and _ID.fullmatch(channel):
            reason = _reason(payload) or _WITHOUT_NOTE.format(button=action.value.capitalize())
            where = thread if _TS.fullmatch(thread) else ""
            press = Press(action=action, alert_id=int(value), reason=reason, user=user, channel=channel, thread=where)
            found.append(press)
    return found


def _reason(payload: Mapping[str, Any]) -> str:
    """Return what was typed in the message's input (`state.values`, by block and action)."""
    values = (payload.get("state") or {}).get("values") if isinstance(payload.get("state"), dict) else None
    for block in values.values() if isinstance(values, dict) else ():
        if typed := _text(block, REASON_INPUT, "value").strip():
            return typed
    return ""


def _text(value: Any, *path: str) -> str:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _payload(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        log.warning("an interaction of Slack's is not JSON")
        return {}
    return found if isinstance(found, dict) else {}


def _unknown(user: str) -> str:
    return (
        f"Your Slack account is not linked to a GitHub account yet, so you can read but not decide. "
        f"Ask whoever runs the app to type: trust-alerts link {user} YOUR-GITHUB-LOGIN"
    )


def _signed(settings: Settings, asked: Request, now: dt.datetime) -> bool:
    # The raw bytes first: once Flask has read the form they are gone.
    body = asked.get_data(cache=True)
    return signature.from_slack(
        settings.slack_signing_secret,
        body,
        timestamp=asked.headers.get("X-Slack-Request-Timestamp", ""),
        signature=asked.headers.get("X-Slack-Signature", ""),
        now=now,
    )


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")


def _utcnow() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
