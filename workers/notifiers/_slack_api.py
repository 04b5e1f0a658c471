"""The calls to Slack that all our messages share: post, edit, look for what is ours, find a channel's id.

Every call may raise what `translated` of `workers.notifiers._slack_errors` understands.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from workers.notifiers._slack_errors import GONE, word
from workers.render.slack_alert import SlackMessage

log = logging.getLogger(__name__)

EVENT = "trust_change_alert"
"""`event_type` of the metadata by which we know our own messages."""

_PAGES, _PAGE = 10, 200
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}", re.ASCII)


class Api:
    """One workspace and the app's own channel in it, `room`."""

    def __init__(self, client: WebClient, room: str) -> None:
        self.client = client
        self.room = room
        self._room_ids: dict[str, str] = {}
        self._bot = ""

    def post(self, room: str, shown: SlackMessage, payload: dict[str, Any], **thread: Any) -> tuple[str, str]:
        """Post a message, or with `thread_ts` an answer; return the channel's id and the message's `ts`."""
        made = self.client.chat_postMessage(
            channel=room,
            text=shown.text,
            blocks=shown.blocks or None,
            metadata={"event_type": EVENT, "event_payload": payload},
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
            **thread,
        )
        self._room_ids[room] = str(made["channel"])
        return self._room_ids[room], str(made["ts"])

    def edit(self, room: str, ts: str, shown: SlackMessage, payload: dict[str, Any]) -> bool:
        """Edit a message; False when it is no longer there."""
        metadata = {"event_type": EVENT, "event_payload": payload}
        try:
            self.client.chat_update(
                channel=room, ts=ts, text=shown.text, blocks=shown.blocks, metadata=metadata, parse="none"
            )
        except SlackApiError as error:
            if word(error) in GONE:
                return False
            raise
        return True

    def history(self, room: str, oldest: str) -> Iterator[dict[str, Any]]:
        """Yield our own messages of a channel, newest first."""
        yield from self._ours(self.client.conversations_history, room, oldest=oldest)

    def thread(self, room: str, ts: str) -> Iterator[dict[str, Any]]:
        """Yield our own messages of a thread."""
        yield from self._ours(self.client.conversations_replies, room, ts=ts)

    def find(self, room: str, since: dt.datetime, ours: Callable[[dict[str, Any]], bool]) -> tuple[str, str]:
        """Look in a channel for our own message with certain metadata; ("", "") when there is none."""
        where = self.resolved(room)
        try:
            for found in self.history(where, f"{since.timestamp():.6f}"):
                if ours(payload(found)):
                    return where, str(found["ts"])
        except SlackApiError as error:
            if word(error) != "missing_scope":
                raise
            # Twice is better than never, and the operator learns what to change.
            log.warning("Slack does not let the app read its channel, so a message may come twice: add a history scope")
        return "", ""

    def resolved(self, room: str) -> str:
        """Return a channel's id: conversations.history takes no names."""
        if _CHANNEL_ID.fullmatch(room):
            return room
        name, cursor = room.removeprefix("#"), ""
        for _ in range(_PAGES):
            if room in self._room_ids:
                break
            page = self.client.conversations_list(
                limit=_PAGE, cursor=cursor or None, exclude_archived=True, types="public_channel,private_channel"
            )
            found = next((str(c["id"]) for c in page.get("channels") or [] if c.get("name") == name), "")
            self._room_ids |= {room: found} if found else {}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return self._room_ids.get(room, room)

    def _ours(self, method: Any, room: str, **arguments: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        for _ in range(_PAGES):
            page = method(channel=room, limit=_PAGE, include_all_metadata=True, cursor=cursor or None, **arguments)
            yield from (found for found in page.get("messages") or [] if payload(found) and self._is_us(found))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _is_us(self, found: dict[str, Any]) -> bool:
        if not self._bot:
            self._bot = str(self.client.auth_test()["bot_id"])
        return bool(found.get("bot_id") == self._bot)


def payload(found: dict[str, Any]) -> dict[str, Any]:
    """Return what we noted about a message in its metadata; nothing for what is not ours."""
    metadata = found.get("metadata") or {}
    noted = metadata.get("event_payload") if metadata.get("event_type") == EVENT else None
    return noted if isinstance(noted, dict) else {}
