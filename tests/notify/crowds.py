"""Alerts in numbers for the tests of what a Slack channel gets, and what a reader finds there."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from github_app.model import Alert, Evidence, Person, Repository, Subject
from tests.notify.conftest import World
from tests.notify.material import alert


def at(world: World, text: str) -> None:
    """Set the clock, in UTC."""
    world.clock.now = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def about(world: World, number: int, **changes: Any) -> Alert:
    """Return an alert of its own, about somebody else in one of five repositories, so that no case joins it."""
    place, key = number % 5, f"id:{1_000 + number}"
    who = Subject(person=Person(id=1_000 + number, login=f"p{number}"))
    where = Repository(id=100 + place, full_name=f"acme/r{place}", owner_id=100 + place)
    fresh = {"fingerprint": f"about {number}", "title": f"Change {number}", "raised_at": world.clock(), "subject": who}
    commit = (Evidence(kind="commit", value=f"{number:040d}"),)
    made = alert(**{**fresh, "grantor": None, "evidence": commit, **changes})
    return replace(made, repository=where, subject_keys=(key,), grantor_keys=())


def flood(world: World, count: int, *, start: int = 0, **changes: Any) -> None:
    """Raise many alerts at once."""
    for number in range(start, start + count):
        world.raise_alert(about(world, number, **changes))


def roots(world: World) -> list[dict[str, Any]]:
    """Return the messages of the channel, oldest first."""
    return [m for m in world.slack.channel.messages.values() if "thread_ts" not in m]


def answers(world: World) -> list[dict[str, Any]]:
    """Return what was said in threads, oldest first."""
    return [m for m in world.slack.channel.messages.values() if "thread_ts" in m]


def named(world: World) -> list[str]:
    """Return how often each alert is named: by its own message, or by a line of a thread."""
    own = [m["metadata"]["event_payload"]["alert"] for m in roots(world) if "alert" in m["metadata"]["event_payload"]]
    lines = [line for m in answers(world) for line in m["text"].splitlines() if " \u00b7 " in line]
    return sorted([f"{n}" for n in own] + [line.partition("|Alert ")[2].partition(">")[0] for line in lines])
