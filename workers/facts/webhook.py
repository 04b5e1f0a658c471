"""The door for webhooks: a GitHub payload becomes facts, or a stated reason why there are none.

Parsing is lenient: payloads may lack `sender`, `repository`, `organization` or `head_commit`, and anybody can put
anything into names, titles and paths. Whatever comes in, the answer is facts, a reason, or `Unreadable`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from github_app.fact import Fact
from github_app.model import Repository
from workers.facts import events
from workers.facts.events import Ignored, Unreadable
from workers.facts.events._envelope import Envelope
from workers.facts.unwatched import why_ignored

__all__ = ["Parsed", "Unreadable", "decode", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a payload says: `facts`, or why there are none in `ignored`; never both, never neither.

    `repository` and `installation_id` are None where the payload names none.
    """

    facts: tuple[Fact, ...] = ()
    ignored: str = ""
    repository: Repository | None = None
    installation_id: int | None = None


def decode(event: str, body: bytes, *, received_at: dt.datetime, delivery: str) -> Parsed:
    """Parse a delivery's body as it was received; see `parse`.

    Raises:
        Unreadable: also when the body is not a JSON object.
    """
    try:
        payload = orjson.loads(body)
    except ValueError as error:
        raise Unreadable("the body is not JSON") from error
    if not isinstance(payload, dict):
        raise Unreadable("the payload is not a JSON object")
    return parse(event, payload, received_at=received_at, delivery=delivery)


def parse(event: str, payload: Mapping[str, Any], *, received_at: dt.datetime, delivery: str) -> Parsed:
    """Turn a payload into facts.

    Args:
        event: the value of `X-GitHub-Event`.
        payload: the decoded JSON object.
        received_at: used as the time of a fact when the payload has none of GitHub's own (UTC).
        delivery: the value of `X-GitHub-Delivery`, kept with each fact.

    Raises:
        Unreadable: what is needed to say anything is missing; the message is one plain sentence.
    """
    envelope = Envelope.of(event, payload, received_at=received_at, delivery=delivery)
    said = _read(envelope)
    return Parsed(
        facts=() if isinstance(said, Ignored) else said,
        ignored=said.reason if isinstance(said, Ignored) else "",
        repository=envelope.repository,
        installation_id=envelope.installation_id,
    )


def _read(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    handler = events.load().get(envelope.event)
    if handler is None:
        return Ignored(why_ignored(envelope.event))
    reader = handler.reads.get("") or handler.reads.get(envelope.action)
    if reader is not None:
        return reader(envelope)
    named = f"{envelope.event}.{envelope.action[:40]}" if envelope.action.isascii() else envelope.event
    if envelope.action in handler.later:
        return Ignored(f"{named}: not watched yet")
    if not envelope.action:
        raise Unreadable(f"{envelope.event}: it names no action")
    return Ignored(f"{named}: says nothing about trust")
