"""People in the Slack stand-in: a click, a submitted form or a slash command becomes a signed request to the app."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, request

if TYPE_CHECKING:
    from demo.standin.slack import Slack

Json = dict[str, Any]
_TRIGGER_SECONDS = 3
_RESPONSES, _RESPONSE_SECONDS = 5, 1800


@dataclass(slots=True)
class _ResponseUrl:
    user: str
    ts: str
    expires: float
    left: int = _RESPONSES
    thread: str | None = field(default=None)


class Clicks:
    """Sends what Slack sends. `app_url` is where the app listens; it is told once the app has a port."""

    def __init__(self, slack: Slack, signing_secret: str) -> None:
        self._slack, self._secret = slack, signing_secret.encode()
        self.app_url = ""
        self._triggers: dict[str, tuple[str, float]] = {}
        self._responses: dict[str, _ResponseUrl] = {}
        slack.app.add_url_rule("/response/<token>", view_func=self._respond, methods=["POST"])

    def press(self, user: str, ts: str, block_id: str, action_id: str, values: Json | None = None) -> int:
        """Press a button or choose an option of a message; return the app's HTTP status.

        Args:
            user: who presses, by Slack id.
            ts: the message.
            block_id: the block the element is in.
            action_id: the element.
            values: what stands in the message's inputs, `{block_id: {action_id: {...}}}`; with a `selected_option`
                for `action_id` itself it is a choice instead of a press.
        """
        message = self._slack.channel.messages[ts]
        block = next(b for b in message["blocks"] if b["block_id"] == block_id)
        parts = [*block.get("elements", []), block.get("accessory", {}), block.get("element", {})]
        element = next(e for e in parts if e.get("action_id") == action_id)
        chosen = ((values or {}).get(block_id) or {}).get(action_id) or {}
        action = {key: element[key] for key in ("action_id", "type", "text", "value", "style") if key in element}
        action.update(block_id=block_id, action_ts=f"{time.time():.6f}", **chosen)
        payload = {
            "type": "block_actions",
            "user": self._user(user),
            "api_app_id": "A0DEMO",
            "container": {"type": "message", "message_ts": ts, "channel_id": self._slack.channel.id, "is_ephemeral": False},
            "trigger_id": self._trigger(user),
            "team": {"id": "T0DEMO", "domain": "demo"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": self._slack.channel.id, "name": self._slack.channel.name},
            "message": message,
            "state": {"values": values or {}},
            "response_url": self._response_url(user, ts, message.get("thread_ts")),
            "actions": [action],
        }
        return self.send("/slack/interactions", {"payload": json.dumps(payload)})[0]

    def submit(self, user: str, view_id: str, values: Json) -> tuple[int, Json]:
        """Submit a modal; return status and answer. A plain answer closes it, `errors` keep it open."""
        view = self._slack.views[view_id]
        payload = {
            "type": "view_submission",
            "user": self._user(user),
            "api_app_id": "A0DEMO",
            "team": {"id": "T0DEMO", "domain": "demo"},
            "trigger_id": self._trigger(user),
            "view": {**{k: v for k, v in view.items() if k != "shown_to"}, "state": {"values": values}},
            "response_urls": [],
        }
        status, answer = self.send("/slack/interactions", {"payload": json.dumps(payload)})
        if status == 200 and answer.get("response_action") != "errors":
            self._slack.views.pop(view_id, None)
        return status, answer

    def command(self, user: str, command: str, text: str) -> int:
        """Type a slash command; the answer is shown to its author.

        docs.slack.dev/interactivity/implementing-slash-commands
        """
        form = {
            "command": command,
            "text": text,
            "user_id": user,
            "user_name": self._slack.members[user].name,
            "team_id": "T0DEMO",
            "channel_id": self._slack.channel.id,
            "channel_name": self._slack.channel.name,
            "api_app_id": "A0DEMO",
            "trigger_id": self._trigger(user),
            "response_url": self._response_url(user, "", None),
        }
        status, answer = self.send("/slack/commands", form)
        if answer:
            self._show(answer, user, None)
        return status

    def send(self, path: str, form: dict[str, str]) -> tuple[int, Json]:
        """Post a signed form to the app; Slack waits three seconds."""
        body, now = urlencode(form).encode(), str(int(time.time()))
        signature = hmac.new(self._secret, b"v0:" + now.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": f"v0={signature}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        sent = urllib.request.Request(self.app_url + path, data=body, headers=headers)  # noqa: S310  # our own app
        try:
            with urllib.request.urlopen(sent, timeout=3) as answer:  # noqa: S310
                return answer.status, _json(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, {}
        except (urllib.error.URLError, TimeoutError):
            self._show({"text": "The app did not answer in three seconds."}, "", None)
            return 0, {}

    def spend_trigger(self, trigger: str) -> str:
        """Return who holds a trigger and use it up, or Slack's error word."""
        user, until = self._triggers.get(trigger, ("", 0.0))
        if trigger not in self._triggers:
            return "invalid_trigger_id"
        if not user:
            return "exchanged_trigger_id"
        self._triggers[trigger] = ("", until)
        return user if time.monotonic() < until else "expired_trigger_id"

    # -- inside ------------------------------------------------------------------------------------------------

    def _user(self, user: str) -> Json:
        name = self._slack.members[user].name
        return {"id": user, "username": name.lower().replace(" ", "."), "name": name, "team_id": "T0DEMO"}

    def _trigger(self, user: str) -> str:
        trigger = f"{int(time.time())}.{secrets.token_hex(8)}"
        self._triggers[trigger] = (user, time.monotonic() + _TRIGGER_SECONDS)
        return trigger

    def _response_url(self, user: str, ts: str, thread: str | None) -> str:
        token = secrets.token_urlsafe(16)
        self._responses[token] = _ResponseUrl(user, ts, time.monotonic() + _RESPONSE_SECONDS, thread=thread)
        return f"{self._slack.url}/response/{token}"

    def _respond(self, token: str) -> Response:
        """Take what the app says to a response_url: five times in thirty minutes."""
        known = self._responses.get(token)
        if known is None or known.left == 0 or time.monotonic() > known.expires:
            return Response("expired_url", 404)
        known.left -= 1
        body: Json = request.get_json(force=True)
        if body.get("delete_original"):
            self._slack.channel.messages.pop(known.ts, None)
        elif body.get("replace_original") and known.ts in self._slack.channel.messages:
            self._slack.channel.messages[known.ts].update({k: body[k] for k in ("text", "blocks") if k in body})
        else:
            self._show(body, known.user, known.thread)
        return Response("ok")

    def _show(self, body: Json, user: str, thread: str | None) -> None:
        content = {"text": body.get("text", ""), "blocks": body.get("blocks", []), "thread_ts": thread}
        with self._slack.lock:
            ts = self._slack.new_ts()
            if body.get("response_type") == "in_channel":
                self._slack.channel.messages[ts] = {"type": "message", "ts": ts, "user": "U0BOT", **content}
            else:
                self._slack.channel.ephemeral.append({"ts": ts, "to": user, **content})


def _json(body: bytes) -> Json:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {"text": body.decode("utf-8", "replace")}
    return found if isinstance(found, dict) else {}
