"""Slack: one message for each alert, edited as its state changes; what was decided is also said in its thread.

What belongs to no single alert is said once: first reports in the channel, and that a case became worse in the thread of
its first message, shown in the channel too (`reply_broadcast`, docs.slack.dev/reference/methods/chat.postMessage).

Limits: a message a second to a channel, HTTP 429 with Retry-After (docs.slack.dev/apis/web-api/rate-limits). Scopes of
the bot token: chat:write, and channels:history or groups:history to find a message again after a crash.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from workers.notifiers import Links, Message, Setup
from workers.notifiers._slack_errors import GONE, translated, word
from workers.render import reply as answer
from workers.render import slack_alert as render
from workers.render import slack_notice
from workers.render.message import Announcement

log = logging.getLogger(__name__)

EVENT = "trust_change_alert"
"""`event_type` of the metadata by which we know our own messages."""

_TIMEOUT = 10
_PAGES, _PAGE = 10, 200
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}", re.ASCII)


class Slack:
    """`external_id` is `CHANNEL:TS:STEPS`: the message, and how many decisions its thread tells of."""

    channel = "slack"
    pace = 1.1

    def __init__(self, client: WebClient, room: str, links: Links) -> None:
        self._client = client
        self._room = room
        self._room_ids: dict[str, str] = {}
        self._links = links
        self._bot = ""

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`."""
        shown = render.render(message, self._links)
        steps = len(message.decided(message.alert))
        room, ts, told = _parse(previous_external_id)
        with translated():
            if ts and not self._update(room, ts, message, shown):
                room, ts, told = "", "", 0
            if not ts and (uncertain or previous_external_id is not None):
                room, ts = self._find(message)
                if ts and not self._update(room, ts, message, shown):
                    ts = ""
                told = 0
            if not ts:
                room, ts = self._post(message, shown)
                told = steps
            if steps > told:
                self._tell(room, ts, message, told, look=uncertain or previous_external_id is None)
        return f"{room}:{ts}:{steps}"

    def announce(self, what: Announcement, uncertain: bool) -> str:
        """See `Announcer.announce`."""
        room, ts, _ = _parse(what.thread)
        with translated():
            if uncertain and (found := self._announced(what, room, ts)):
                return found
            shown = slack_notice.render(what, self._links)
            metadata = {"event_type": EVENT, "event_payload": {"notice": what.key}}
            try:
                made = self._say(shown, metadata, room, ts, loud=what.loud)
            except SlackApiError as error:
                if not ts or word(error) not in GONE:
                    raise
                made = self._say(shown, metadata, room, "")  # the message it answers was deleted
        return f"{made['channel']}:{made['ts']}"

    def _say(
        self, shown: render.SlackMessage, metadata: dict[str, Any], room: str, ts: str, *, loud: bool = True
    ) -> SlackResponse:
        """Post in the channel or, as an answer that the channel sees too if it is loud, in a thread."""
        thread = {"thread_ts": ts, "reply_broadcast": loud} if ts else {}
        return self._client.chat_postMessage(
            channel=room or self._room,
            text=shown.text,
            blocks=shown.blocks or None,
            metadata=metadata,
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
            **thread,  # type: ignore[arg-type]  # two arguments of two kinds
        )

    def _announced(self, what: Announcement, room: str, ts: str) -> str:
        """Look for what an earlier try may have said; "" when it did not. Thread and channel are both looked through."""
        since = f"{(what.made_at - dt.timedelta(minutes=5)).timestamp():.6f}"
        places: list[tuple[Any, str, dict[str, str]]] = [
            (self._client.conversations_history, self._resolved(room or self._room), {"oldest": since})
        ]
        if ts:
            places.insert(0, (self._client.conversations_replies, room, {"ts": ts}))
        for method, where, arguments in places:
            try:
                for found in self._listed(method, where, **arguments):
                    if _payload(found).get("notice") == what.key and self._is_us(found):
                        return f"{where}:{found['ts']}"
            except SlackApiError as error:
                if word(error) not in {"missing_scope", *GONE}:
                    raise
                log.warning("Slack does not let the app look for what it said (%s): it may be said twice", word(error))
        return ""

    def reply(self, where: str, user: str, thread: str, text: str) -> None:
        """See `Replier.reply`; `text` is plain. Only this user sees it (docs.slack.dev, chat.postEphemeral)."""
        with translated():
            self._client.chat_postEphemeral(
                channel=where, user=user, text=answer.render(text), thread_ts=thread or None, parse="none"
            )

    def _post(self, message: Message, shown: render.SlackMessage) -> tuple[str, str]:
        room = self._room_of(message)
        made = self._client.chat_postMessage(
            channel=room,
            text=shown.text,
            blocks=shown.blocks,
            metadata=_metadata(message),
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )
        self._room_ids[room] = str(made["channel"])
        return self._room_ids[room], str(made["ts"])

    def _update(self, room: str, ts: str, message: Message, shown: render.SlackMessage) -> bool:
        """Edit a message; False when it is no longer there."""
        try:
            self._client.chat_update(
                channel=room, ts=ts, text=shown.text, blocks=shown.blocks, metadata=_metadata(message), parse="none"
            )
        except SlackApiError as error:
            if word(error) in GONE:
                return False
            raise
        return True

    def _tell(self, room: str, ts: str, message: Message, told: int, *, look: bool) -> None:
        """Say in the thread what was decided since; with `look` only what an earlier try has not said yet."""
        decided = message.decided(message.alert)
        if look:
            said = [m for m in self._listed(self._client.conversations_replies, room, ts=ts) if self._ours(m, message)]
            told = max([told, *(int(_payload(m).get("steps") or 0) for m in said)])
        if len(decided) <= told:
            return
        self._client.chat_postMessage(
            channel=room,
            thread_ts=ts,
            text="\n".join(render.thread_line(message.alert, record) for record in decided[told:]),
            metadata=_metadata(message, steps=len(decided)),
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )

    def _find(self, message: Message) -> tuple[str, str]:
        """Look for our own message of this alert; ("", "") when there is none."""
        since = message.alert.raised_at - dt.timedelta(minutes=5)
        room = self._resolved(self._room_of(message))
        try:
            for found in self._listed(self._client.conversations_history, room, oldest=f"{since.timestamp():.6f}"):
                if self._ours(found, message):
                    return room, str(found["ts"])
        except SlackApiError as error:
            if word(error) != "missing_scope":
                raise
            # Twice is better than never, and the operator learns what to change.
            log.warning("Slack does not let the app read its channel, so a message may come twice: add a history scope")
        return "", ""

    def _listed(self, method: Any, room: str, **arguments: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        for _ in range(_PAGES):
            page = method(channel=room, limit=_PAGE, include_all_metadata=True, cursor=cursor or None, **arguments)
            yield from page.get("messages") or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _ours(self, found: dict[str, Any], message: Message) -> bool:
        return _payload(found).get("fingerprint") == message.alert.fingerprint and self._is_us(found)

    def _is_us(self, found: dict[str, Any]) -> bool:
        if not self._bot:
            self._bot = str(self._client.auth_test()["bot_id"])
        return bool(found.get("bot_id") == self._bot)

    def _room_of(self, message: Message) -> str:
        """Return the channel that the policy chose when the alert was raised, or the app's own."""
        return message.target.partition("@")[2] or self._room

    def _resolved(self, room: str) -> str:
        """Return a channel's id: conversations.history takes no names."""
        if _CHANNEL_ID.fullmatch(room):
            return room
        name, cursor = room.removeprefix("#"), ""
        for _ in range(_PAGES):
            if room in self._room_ids:
                break
            page = self._client.conversations_list(
                limit=_PAGE, cursor=cursor or None, exclude_archived=True, types="public_channel,private_channel"
            )
            found = next((str(c["id"]) for c in page.get("channels") or [] if c.get("name") == name), "")
            self._room_ids |= {room: found} if found else {}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return self._room_ids.get(room, room)


def _metadata(message: Message, *, steps: int | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = {"alert": message.alert.id, "fingerprint": message.alert.fingerprint}
    return {"event_type": EVENT, "event_payload": payload if steps is None else {**payload, "steps": steps}}


def _payload(found: dict[str, Any]) -> dict[str, Any]:
    metadata = found.get("metadata") or {}
    payload = metadata.get("event_payload") if metadata.get("event_type") == EVENT else None
    return payload if isinstance(payload, dict) else {}


def _parse(external_id: str | None) -> tuple[str, str, int]:
    room, _, rest = (external_id or "").partition(":")
    ts, _, steps = rest.partition(":")
    return room, ts, int(steps) if steps.isdecimal() else 0


def build(setup: Setup) -> Slack | None:
    """Return the channel when Slack is configured. The SDK's own retries are off: they would post twice."""
    settings = setup.settings
    if not settings.has_slack:
        return None
    client = WebClient(
        settings.slack_bot_token, base_url=settings.slack_api_url, timeout=_TIMEOUT, retry_handlers=[], logger=_quiet()
    )
    return Slack(client, settings.slack_channel, setup.links)


def _quiet() -> logging.Logger:
    # The SDK logs whole answers at error level, our channel's text among them; what matters is in our own errors.
    quiet = logging.getLogger("trust_alerts.slack_sdk")
    quiet.setLevel(logging.CRITICAL)
    return quiet
