"""The command for operators, the sweep that sends workers, and what an event and a comparison make of one change."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

from github_app.store import Delivery
from github_app.wake import Waker, partition_of
from tests.reconcile.conftest import World
from tests.standin.estate import account
from workers import jobs
from workers.drain import drain
from workers.reconcile import command
from workers.reconcile.loop import reconcile


class Woken(Waker):
    """A waker that only remembers."""

    def __init__(self) -> None:
        super().__init__("")
        self.woken: list[str] = []

    def reconcile(self, installation_id: int) -> None:
        """Remember."""
        self.woken.append(f"reconcile:{installation_id}")

    def redeliver(self) -> None:
        """Remember."""
        self.woken.append("redeliver")


def test_the_sweep_sends_workers_when_something_is_due(world: World) -> None:
    """A new installation at once, a compared one when its time has come, and failed deliveries every few minutes."""
    waker = Woken()
    runtime = replace(world.runtime, waker=waker)
    jobs.sweep_with(runtime)
    assert waker.woken == ["redeliver", "reconcile:99"]
    clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731
    reconcile(runtime, 99, clock, seconds=60)
    with runtime.store.begin() as connection:
        runtime.store.redeliveries.mark(connection, "redeliver:looked", clock())
    waker.woken.clear()
    jobs.sweep_with(runtime)
    assert waker.woken == []
    assert jobs.sweep_with(replace(runtime, app=None))["installations"] == 0


def test_the_command_says_what_it_did(world: World) -> None:
    """How many sources and requests, what was found, and what became of failed deliveries."""
    github = world.estate.github
    github.put("/app/hook/deliveries", [])
    settings = replace(world.runtime.settings, database_url=str(world.store.engine.url))
    said: list[str] = []
    assert command.run(settings, everything=False, minutes=5, say=said.append) == 0
    assert said[0].startswith("acme: 35 sources read with 39 requests, 39 of them counted by GitHub")
    world.estate.owners.append(account(5, "mallory"))
    said.clear()
    assert command.run(settings, everything=True, minutes=5, say=said.append) == 0
    assert "acme: @mallory got the role owner in acme" in said
    assert said[-1] == "Deliveries that failed: 0; asked for again: 0; given up: 0."


def event(world: World, name: str, **payload: object) -> None:
    """Have an event delivered and judged."""
    repository = {**world.app_repo.shown(world.estate.owner), "private": True}
    body = {"repository": repository, "organization": {"login": "acme", "id": 70}, "installation": {"id": 99}, **payload}
    partition = partition_of(world.app_repo.id, 70)
    delivery = Delivery(
        guid=f"{name}-{world.now}", event=name, received_at=world.now, partition=partition, repository_id=world.app_repo.id,
        owner_id=70, body=json.dumps(body).encode(),
    )  # fmt: skip
    world.store.inbox.accept([delivery])
    drain(world.runtime, partition, world.now)


def test_an_event_and_a_comparison_of_one_change_are_one_alert(world: World) -> None:
    """Whichever is faster: a role, and a deploy key."""
    world.settled()
    mallory = account(5, "mallory")
    added = {"action": "added", "member": mallory, "changes": {"role_name": {"to": "admin"}}, "sender": account(1, "olivia")}
    world.app_repo.collaborators.append({**mallory, "role_name": "admin"})
    world.now += dt.timedelta(minutes=1)
    event(world, "member", **added)
    world.later()
    assert world.titles() == ["@mallory got the role admin in acme/app"]
    key = {"id": 6, "key": "ssh-ed25519 AAAA", "title": "ci", "read_only": False}
    world.app_repo.keys.append(key)
    world.later()
    event(world, "deploy_key", action="created", key=key, sender=account(1, "olivia"))
    assert len(world.titles()) == 2
