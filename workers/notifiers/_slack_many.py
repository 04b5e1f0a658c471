"""Slack messages about many alerts: those that came too many at once, and the digest of small ones.

The message shows counts and the worst, and is edited. Of a group each alert also has a line in the thread, and so has
every decision. One `send` posts at most one message, so that a channel gets no more than one a second; what is left is
asked for again (`Partly`), and the store knows what the thread tells already.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import Any

from slack_sdk.errors import SlackApiError

from github_app.links import Links
from github_app.model import Alert
from github_app.review import DecisionRecord
from workers.notifiers import Message, Partly
from workers.notifiers._slack_api import Api, payload
from workers.notifiers._slack_errors import GONE, word
from workers.render import slack_digest, slack_group
from workers.render.slack_alert import SlackMessage

_CLOCKS_DIFFER = dt.timedelta(minutes=5)


class Many:
    """`external_id` is `CHANNEL:TS:VERSION`: the message, and which version of it readers see."""

    def __init__(self, api: Api, links: Links) -> None:
        self._api = api
        self._links = links

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`."""
        group = message.target.startswith("group:")
        shown = (slack_group if group else slack_digest).render(message, self._links)
        version = hashlib.sha256(json.dumps([shown.text, shown.blocks]).encode()).hexdigest()[:16]
        room, ts, seen = _parse(previous_external_id)
        noted = {"post": message.target}
        if ts and (seen != version or uncertain) and not self._api.edit(room, ts, shown, noted):
            ts = ""
        if not ts and (uncertain or previous_external_id is not None):
            since = min(a.raised_at for a in message.alerts) - _CLOCKS_DIFFER
            room, ts = self._api.find(message.room or self._api.room, since, noted.__eq__)
            if ts and not self._api.edit(room, ts, shown, noted):
                ts = ""
        name = f"{room}:{ts}:{version}"
        if not ts:
            name = f"{':'.join(self._api.post(message.room or self._api.room, shown, noted))}:{version}"
            if group:
                raise Partly(name, dict.fromkeys(message.told))
        elif group:
            self._tell(message, room, ts, name, look=uncertain)
        return name

    def _tell(self, message: Message, room: str, ts: str, name: str, *, look: bool) -> None:
        """Say one thing in the thread, if there is one: the next alerts, or else the next decisions."""
        told = dict(message.told)
        if look:
            for found in self._api.thread(room, ts):
                for number, steps in _read(payload(found).get("told")):
                    told[number] = max(told.get(number, 0), steps)
        lines = _next(message, told, self._links)
        if lines:
            before = [a.finding.severity.rank for a in message.alerts if a.id in told]
            now = [a.finding.severity.rank for a, _, _ in lines]
            noted = {"told": " ".join(f"{a.id}:{steps}" for a, steps, _ in lines)}
            thread: dict[str, Any] = {"thread_ts": ts}
            if before and max(now) > max(before):
                thread["reply_broadcast"] = True
            self._answer(room, SlackMessage(text="\n".join(line for *_, line in lines), blocks=[]), noted, thread)
            told |= {a.id: steps for a, steps, _ in lines}
        if told != message.told:
            raise Partly(name, told)

    def _answer(self, room: str, shown: SlackMessage, noted: dict[str, Any], thread: dict[str, Any]) -> None:
        try:
            self._api.post(room, shown, noted, **thread)
        except SlackApiError as error:
            if word(error) not in GONE:
                raise
            # The message was deleted: without its name a new one is posted, and its thread begins anew.
            raise Partly("", {}) from error


def _next(message: Message, told: dict[int, int], links: Links) -> list[tuple[Alert, int, str]]:
    """Return what is said next, with the number of decisions told after it: new alerts first, the worst before others."""
    new = [a for a in message.alerts if a.id not in told][: slack_group.MOST_LINES]
    if new:
        return [(a, len(message.decided(a)), slack_group.line(a, message.decided(a), links)) for a in new]
    steps: list[tuple[Alert, int, DecisionRecord]] = [
        (a, number, record)
        for a in message.alerts
        for number, record in enumerate(message.decided(a), start=1)
        if number > told[a.id]
    ]
    steps.sort(key=lambda step: (step[2].at, step[1]))
    return [(a, number, slack_group.step(a, record)) for a, number, record in steps[: slack_group.MOST_LINES]]


def _read(told: object) -> list[tuple[int, int]]:
    return [(int(number), int(steps)) for number, steps in re.findall(r"(\d{1,18}):(\d{1,9})", str(told or ""), re.ASCII)]


def _parse(external_id: str | None) -> tuple[str, str, str]:
    room, _, rest = (external_id or "").partition(":")
    ts, _, version = rest.partition(":")
    return room, ts, version
