"""A stand-in for the Slack API with one channel, and people who press its buttons.

`Slack(...)` is started with `start()`; `api_url` goes into SLACK_API_URL. Pages: docs.slack.dev/reference/methods for
each method, /authentication/verifying-requests-from-slack for the signature, /interactivity/handling-user-interaction
for what a click sends, /apis/web-api/rate-limits for the pace.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify, request

from demo.standin import slack_pages
from demo.standin.serving import Routes, Serving
from demo.standin.slack_limits import problems, view_problems
from demo.standin.slack_people import Clicks

Json = dict[str, Any]


class SlackError(Exception):
    """`{"ok": false, "error": ...}`: Slack answers 200 also when it refuses."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error}
        if messages:
            self.body["response_metadata"] = {"messages": messages}


class Limited(Exception):  # noqa: N818  # an answer
    """HTTP 429."""


def _too_fast(_: Exception) -> tuple[Response, int, dict[str, str]]:
    return jsonify(ok=False, error="ratelimited"), 429, {"Retry-After": "1"}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the workspace."""

    id: str
    name: str
    email: str = ""


@dataclass(slots=True)
class Channel:
    """The channel: messages by `ts` in order, ephemeral ones beside them."""

    id: str
    name: str
    messages: dict[str, Json] = field(default_factory=dict)
    ephemeral: list[Json] = field(default_factory=list)


class Slack:
    """The API stand-in; see the module's docstring.

    Args:
        bot_token: the only token that is accepted.
        signing_secret: signs what is sent to the app.
        members: who can press buttons.
        channel: the channel's name.
        burst: so many posts at once before the pace of one a second is demanded.
        story: the time to show beside messages; `ts` itself is always the real time.
    """

    def __init__(
        self,
        *,
        bot_token: str,
        signing_secret: str,
        members: list[Member],
        channel: str = "trust-alerts",
        port: int = 0,
        burst: int = 20,
        story: Callable[[], dt.datetime] | None = None,
    ) -> None:
        self.bot_token = bot_token
        self._story = story or (lambda: dt.datetime.now(dt.UTC))
        self.days: dict[str, dt.datetime] = {}
        self.members = {member.id: member for member in members}
        self.channel = Channel("C0TRUST", channel)
        self.views: dict[str, Json] = {}
        self.unknown: list[str] = []
        self.lock = threading.RLock()
        self._burst, self._allowance, self._last = float(burst), float(burst), time.monotonic()
        self._count = itertools.count(1)
        self.app = Routes(__name__)
        self.app.register_error_handler(SlackError, lambda e: jsonify(e.body))
        self.app.register_error_handler(Limited, _too_fast)
        self.app.add_url_rule("/api/<method>", view_func=self._method, methods=["GET", "POST"])
        self._serving = Serving(self.app, port=port)
        self.url = self._serving.url
        self.api_url = f"{self.url}/api/"
        self.clicks = Clicks(self, signing_secret)
        slack_pages.routes(self)

    def start(self) -> Slack:
        """Begin to answer."""
        self._serving.start()
        return self

    def stop(self) -> None:
        """Stop and free the port."""
        self._serving.stop()

    def new_ts(self) -> str:
        """Return a fresh message id: seconds and a counter, as Slack's look."""
        ts = f"{int(time.time())}.{next(self._count):06d}"
        self.days[ts] = self._story()
        return ts

    # -- methods -----------------------------------------------------------------------------------------------

    def _method(self, method: str) -> Response:
        with self.lock:
            arguments = self._arguments()
            known = {
                "auth.test": self._auth_test,
                "chat.postMessage": self._post,
                "chat.update": self._update,
                "chat.delete": self._delete,
                "chat.postEphemeral": self._post_ephemeral,
                "chat.getPermalink": self._permalink,
                "conversations.history": self._history,
                "conversations.replies": self._replies,
                "conversations.info": lambda given: {"channel": self._channel(given)},
                "conversations.list": self._list,
                "views.open": self._views_open,
                "users.info": self._users_info,
                "users.lookupByEmail": self._by_email,
            }
            if method not in known:
                self.unknown.append(method)
                raise SlackError("unknown_method")
            return jsonify({"ok": True, **known[method](arguments)})

    def _arguments(self) -> Json:
        """Read JSON or a form, and check the token (docs.slack.dev/apis/web-api: both are allowed)."""
        given: Json = dict(request.values) if not request.is_json else dict(request.get_json(silent=True) or {})
        for key in ("blocks", "metadata", "view"):
            if isinstance(given.get(key), str):
                given[key] = json.loads(given[key])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(given.get("token", ""))
        if not token:
            raise SlackError("not_authed")
        if token != self.bot_token:
            raise SlackError("invalid_auth")
        return given

    def _auth_test(self, _: Json) -> Json:
        who = {"user": "trust-alerts", "user_id": "U0BOT", "bot_id": "B0BOT"}
        return {"url": f"{self.url}/", "team": "Demo", "team_id": "T0DEMO", **who}

    def _list(self, _: Json) -> Json:
        return {"channels": [{"id": self.channel.id, "name": self.channel.name}]}

    def _channel(self, given: Json, *, by_name: bool = False) -> Json:
        """Return the channel; names are only taken where something is posted."""
        names = {self.channel.name, f"#{self.channel.name}"} if by_name else set()
        if given.get("channel") not in names | {self.channel.id}:
            raise SlackError("channel_not_found")
        return {"id": self.channel.id, "name": self.channel.name, "is_channel": True, "is_member": True}

    def _content(self, given: Json) -> Json:
        """Return what a message is made of, or refuse it."""
        text, blocks = str(given.get("text") or ""), given.get("blocks")
        if not text and not blocks and not given.get("attachments"):
            raise SlackError("no_text")
        if len(text) > 40_000:
            raise SlackError("msg_too_long")
        if blocks and (found := problems(blocks)):
            raise SlackError("invalid_blocks", found)
        for number, block in enumerate(blocks or []):
            block.setdefault("block_id", f"b{number}")  # Slack names what is left unnamed
        return {"text": text, "blocks": blocks or []}

    def _metadata(self, given: Json) -> Json | None:
        meta = given.get("metadata")
        if meta is None:
            return None
        if not isinstance(meta.get("event_type"), str) or not isinstance(meta.get("event_payload"), dict):
            raise SlackError("invalid_metadata_format")
        return dict(meta)

    def _post(self, given: Json) -> Json:
        self._channel(given, by_name=True)
        self._pace()
        thread = given.get("thread_ts")
        if thread and thread not in self.channel.messages:
            raise SlackError("thread_not_found")
        ts = self.new_ts()
        message: Json = {"type": "message", "ts": ts, "user": "U0BOT", "bot_id": "B0BOT", **self._content(given)}
        if (meta := self._metadata(given)) is not None:
            message["metadata"] = meta
        if thread:
            message.update(thread_ts=thread, broadcast=str(given.get("reply_broadcast", "")).lower() in {"1", "true"})
        self.channel.messages[ts] = message
        return {"channel": self.channel.id, "ts": ts, "message": message}

    def _pace(self) -> None:
        now = time.monotonic()
        self._allowance = min(self._burst, self._allowance + now - self._last)
        self._last = now
        if self._allowance < 1:
            raise Limited
        self._allowance -= 1

    def _update(self, given: Json) -> Json:
        self._channel(given)
        ts = str(given.get("ts"))
        if ts not in self.channel.messages:
            raise SlackError("message_not_found")
        message = self.channel.messages[ts]
        message.update(self._content(given), edited={"user": "U0BOT", "ts": self.new_ts()})
        if (meta := self._metadata(given)) is not None:
            message["metadata"] = meta
        return {"channel": self.channel.id, "ts": ts, "text": message["text"], "message": message}

    def _delete(self, given: Json) -> Json:
        self._channel(given)
        if self.channel.messages.pop(str(given.get("ts")), None) is None:
            raise SlackError("message_not_found")
        return {"channel": self.channel.id, "ts": given["ts"]}

    def _post_ephemeral(self, given: Json) -> Json:
        self._channel(given, by_name=True)
        if given.get("user") not in self.members:
            raise SlackError("user_not_in_channel")
        ts = self.new_ts()
        self.channel.ephemeral.append(
            {"ts": ts, "to": given["user"], "thread_ts": given.get("thread_ts"), **self._content(given)}
        )
        return {"message_ts": ts}

    def _permalink(self, given: Json) -> Json:
        self._channel(given)
        return {"channel": self.channel.id, "permalink": f"{self.url}/#m{given.get('message_ts')}"}

    def _history(self, given: Json) -> Json:
        self._channel(given)
        roots = [m for m in self.channel.messages.values() if "thread_ts" not in m or m.get("broadcast")]
        return self._listed(roots, given)

    def _replies(self, given: Json) -> Json:
        self._channel(given)
        root = str(given.get("ts"))
        found = [m for ts, m in self.channel.messages.items() if root in {ts, m.get("thread_ts")}]
        if not found:
            raise SlackError("thread_not_found")
        return self._listed(found[::-1], given)

    def _listed(self, messages: list[Json], given: Json) -> Json:
        """Newest first, in a time, with metadata only when asked for (docs.slack.dev/messaging/message-metadata)."""
        oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
        found = [m for m in messages if oldest <= float(m["ts"]) <= latest][::-1][: int(given.get("limit") or 100)]
        if str(given.get("include_all_metadata", "")).lower() not in {"1", "true"}:
            found = [{k: v for k, v in m.items() if k != "metadata"} for m in found]
        return {"messages": found, "has_more": False, "response_metadata": {"next_cursor": ""}}

    def _views_open(self, given: Json) -> Json:
        who = self.clicks.spend_trigger(str(given.get("trigger_id", "")))
        if isinstance(who, str) and who.endswith("_trigger_id"):
            raise SlackError(who)
        if found := view_problems(given.get("view")):
            raise SlackError("invalid_arguments", found)
        view = {**given["view"], "id": f"V{next(self._count):06d}", "team_id": "T0DEMO"}
        for number, block in enumerate(view["blocks"]):
            block.setdefault("block_id", f"b{number}")
        self.views[view["id"]] = {**view, "shown_to": who}
        return {"view": view}

    def _users_info(self, given: Json) -> Json:
        member = self.members.get(str(given.get("user")))
        if member is None:
            raise SlackError("user_not_found")
        return {"user": {"id": member.id, "name": member.name, "real_name": member.name, "profile": {"email": member.email}}}

    def _by_email(self, given: Json) -> Json:
        for member in self.members.values():
            if member.email and member.email == given.get("email"):
                return self._users_info({"user": member.id})
        raise SlackError("users_not_found")
