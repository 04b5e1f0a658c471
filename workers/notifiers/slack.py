"""Slack: one message for each alert, edited as its state changes; what was decided is also said in its thread.

Alerts that came too many at once share a message, and small ones are gathered: see `workers.notifiers._slack_many`. What
belongs to no single alert is said once: first reports in the channel, and that a case became worse in the thread of
its first message, shown in the channel too (`reply_broadcast`, docs.slack.dev/reference/methods/chat.postMessage).

Limits: a message a second to a channel, HTTP 429 with Retry-After (docs.slack.dev/apis/web-api/rate-limits); so one
`send` posts at most one message, in a thread or not. Scopes of the bot token: chat:write, and channels:history or
groups:history to find a message again after a crash.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from workers.notifiers import Links, Message, Setup
from workers.notifiers._slack_api import Api, payload
from workers.notifiers._slack_errors import GONE, translated, word
from workers.notifiers._slack_many import Many
from workers.render import reply as answer
from workers.render import slack_alert as render
from workers.render import slack_notice
from workers.render.message import Announcement
from workers.render.slack_alert import SlackMessage

log = logging.getLogger(__name__)

_TIMEOUT = 10


class Slack:
    """`external_id` is `CHANNEL:TS:STEPS`: the message, and how many decisions its thread tells of."""

    channel = "slack"
    pace = 1.1

    def __init__(self, client: WebClient, room: str, links: Links) -> None:
        self._api = Api(client, room)
        self._links = links
        self._many = Many(self._api, links)

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`."""
        if message.many:
            with translated():
                return self._many.send(message, previous_external_id, uncertain)
        shown = render.render(message, self._links)
        steps = len(message.decided(message.alert))
        room, ts, told = _parse(previous_external_id)
        with translated():
            if ts and not self._api.edit(room, ts, shown, _noted(message)):
                room, ts, told = "", "", 0
            if not ts and (uncertain or previous_external_id is not None):
                room, ts = self._find(message)
                if ts and not self._api.edit(room, ts, shown, _noted(message)):
                    ts = ""
                told = 0
            if not ts:
                room, ts = self._api.post(message.room or self._api.room, shown, _noted(message))
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
            shown, noted = slack_notice.render(what, self._links), {"notice": what.key}
            thread: dict[str, Any] = {"thread_ts": ts, "reply_broadcast": what.loud} if ts else {}
            try:
                return ":".join(self._api.post(room or self._api.room, shown, noted, **thread))
            except SlackApiError as error:
                if not ts or word(error) not in GONE:
                    raise
                # The message it answers was deleted; what was told in a room stays there, it may not be for everybody.
                return ":".join(self._api.post(room, shown, noted))

    def _announced(self, what: Announcement, room: str, ts: str) -> str:
        """Look for what an earlier try may have said; "" when it did not. Thread and channel are both looked through."""
        since = f"{(what.made_at - dt.timedelta(minutes=5)).timestamp():.6f}"
        home = self._api.resolved(self._api.room if what.loud or not room else room)
        places = [(home, self._api.history(home, since))]
        if ts:
            places.insert(0, (room, self._api.thread(room, ts)))
        for where, messages in places:
            try:
                for found in messages:
                    if payload(found).get("notice") == what.key:
                        return f"{where}:{found['ts']}"
            except SlackApiError as error:
                if word(error) not in {"missing_scope", *GONE}:
                    raise
                log.warning("Slack does not let the app look for what it said (%s): it may be said twice", word(error))
        return ""

    def reply(self, where: str, user: str, thread: str, text: str) -> None:
        """See `Replier.reply`; `text` is plain. Only this user sees it (docs.slack.dev, chat.postEphemeral)."""
        with translated():
            self._api.client.chat_postEphemeral(
                channel=where, user=user, text=answer.render(text), thread_ts=thread or None, parse="none"
            )

    def _tell(self, room: str, ts: str, message: Message, told: int, *, look: bool) -> None:
        """Say in the thread what was decided since; with `look` only what an earlier try has not said yet."""
        decided = message.decided(message.alert)
        if look:
            said = [payload(m) for m in self._api.thread(room, ts)]
            told = max([told, *(int(m.get("steps") or 0) for m in said if _same(m, message))])
        if len(decided) <= told:
            return
        lines = [render.thread_line(message.alert, record) for record in decided[told:]]
        noted = {**_noted(message), "steps": len(decided)}
        self._api.post(room, SlackMessage(text="\n".join(lines), blocks=[]), noted, thread_ts=ts)

    def _find(self, message: Message) -> tuple[str, str]:
        """Look for our own message of this alert; ("", "") when there is none."""
        since = message.alert.raised_at - dt.timedelta(minutes=5)
        return self._api.find(
            message.room or self._api.room, since, lambda noted: _same(noted, message) and "steps" not in noted
        )


def _noted(message: Message) -> dict[str, Any]:
    return {"alert": message.alert.id, "fingerprint": message.alert.fingerprint}


def _same(noted: dict[str, Any], message: Message) -> bool:
    return bool(noted.get("fingerprint") == message.alert.fingerprint)


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
