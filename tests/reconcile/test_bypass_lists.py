"""Who may pass a ruleset: told by events in seconds, hidden from polls, and never lost between the two."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import orjson
import pytest

from github_app.store import Delivery
from github_app.wake import partition_of
from tests.coverage import about_guards
from tests.coverage.corpus import build
from tests.reconcile.conftest import World
from tests.standin.estate import Json
from workers.drain import drain

ROBOT = {"actor_id": 123, "actor_type": "Integration", "bypass_mode": "always"}
ADDED = ("weakened the ruleset main", "bypass actor added: app 123 (always)")


def happens(world: World, action: str, *actors: Json, **shown: Any) -> None:
    """Let a ruleset be edited on GitHub, and its event arrive; `changes` never says who may pass."""
    world.now += dt.timedelta(minutes=1)
    at = world.now.isoformat()
    over: Json = {"bypass_actors": list(actors), "updated_at": at, **shown}
    organisation = over.get("source_type") == "Organization"
    line = about_guards.ruleset(action, at, changes={} if action == "edited" else None, **over)
    payload = build(line.name, line.over) | {"organization": world.estate.owner}
    payload.pop("repository", None)
    if not organisation:
        payload["repository"] = world.app_repo.shown(world.estate.owner)
    state = payload["repository_ruleset"]
    (world.estate if organisation else world.app_repo).rulesets[:] = [state]
    number = 0 if organisation else world.app_repo.id
    partition = partition_of(number, world.estate.owner["id"])
    world.store.inbox.accept([
        Delivery(
            guid=str(uuid.uuid4()), event="repository_ruleset", received_at=world.now, partition=partition,
            repository_id=number, owner_id=world.estate.owner["id"], body=orjson.dumps(payload),
        )
    ])  # fmt: skip
    drain(world.runtime, partition, world.now)


def told(world: World) -> list[tuple[str, str]]:
    """Return what every alert about a ruleset says, oldest first: what was done, and what was lost."""
    found = [a.finding for a in reversed(world.store.alerts.recent(50)) if a.finding.detector == "ruleset-weakened"]
    return [(f.title.partition(" ")[2], f.why.partition(".")[0]) for f in found]


@pytest.mark.parametrize("source", ["Repository", "Organization"])
def test_it_is_told_by_the_event_alone_and_again_when_it_happens_again(world: World, source: str) -> None:
    """Added: told at once. Compared: nothing. Taken off: quiet. Added again: told again."""
    world.settled()
    happens(world, "created", source_type=source)
    for _ in range(3):
        world.later()
    happens(world, "edited", ROBOT, source_type=source)
    assert told(world) == [ADDED]
    for _ in range(4):
        world.later()
    assert told(world) == [ADDED], "a poll that is not shown the list loses nothing and says nothing"
    happens(world, "edited", source_type=source)
    for _ in range(4):
        world.later()
    assert told(world) == [ADDED]
    happens(world, "edited", ROBOT, source_type=source)
    for _ in range(4):
        world.later()
    assert told(world) == [ADDED, ADDED]


@pytest.mark.parametrize("source", ["Repository", "Organization"])
def test_an_edit_that_an_event_told_is_no_riddle_for_the_poll(world: World, source: str) -> None:
    """Also where the event did not show the list: that was said once, and loud, by the event."""
    world.settled()
    happens(world, "created", source_type=source)
    for _ in range(3):
        world.later()
    happens(world, "edited", source_type=source, bypass_actors=None)
    once = told(world)
    for _ in range(4):
        world.later()
    assert told(world) == once
    assert len(once) == 1


def test_an_event_that_was_lost_is_made_up_for(world: World) -> None:
    """The ruleset was edited and nothing that is shown changed: said once, as something that nobody knows."""
    world.settled()
    happens(world, "created")
    world.later()
    state = dict(world.app_repo.rulesets[0])
    state |= {"updated_at": (world.now + dt.timedelta(minutes=5)).isoformat(), "bypass_actors": [ROBOT]}
    world.app_repo.rulesets[0] = state
    for _ in range(4):
        world.later()
    assert told(world) == [("GitHub does not name edited the ruleset main, and GitHub does not show what",
                            "Who may pass it may have changed")]  # fmt: skip
