"""Slack's two doors: buttons and forms (`/slack/interactions`) and the slash command (`/slack/commands`).

A request is answered within the three seconds Slack gives: decisions go to SQL in one transaction with the answer for
the person, and the notify job shows both. Only a form is opened during the request, because Slack wants it so.
https://docs.slack.dev/interactivity/handling-user-interaction, .../interactivity/implementing-slash-commands
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import Blueprint, Request, Response, jsonify, request

from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from github_app.web import signature, slack_payload
from github_app.web.slack_desk import Desk

_AWAY = "the database is out of reach"


def blueprint(settings: Settings, store: Store, waker: Waker, clock: Callable[[], dt.datetime] | None = None) -> Blueprint:
    """Return the routes; without SLACK_SIGNING_SECRET every request is refused with 401."""
    routes = Blueprint("slack", __name__)
    now = clock or _utcnow
    desk = Desk(settings, store, waker, now)

    @routes.post("/slack/interactions")
    def interactions() -> Response:
        if not _signed(settings, request, now()):
            return _plain("not signed by Slack", 401)
        given = slack_payload.payload(request.form.get("payload", ""))
        form = slack_payload.submission(given)
        if form is not None:
            kept_open = desk.submit(form)
            return jsonify(kept_open) if kept_open else _plain("", 200)
        lost = sum(not desk.press(press) for press in slack_payload.presses(given))
        return _plain(_AWAY, 503) if lost else _plain("", 200)

    @routes.post("/slack/commands")
    def commands() -> Response:
        if not _signed(settings, request, now()):
            return _plain("not signed by Slack", 401)
        user, channel = request.form.get("user_id", ""), request.form.get("channel_id", "")
        if not slack_payload.is_id(user) or not slack_payload.is_id(channel):
            return _plain("", 200)
        done = desk.answer(user, channel, request.form.get("text", ""))
        return _plain("", 200) if done else _plain(_AWAY, 503)

    return routes


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
