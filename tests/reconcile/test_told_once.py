"""One change that comes with an event and is found by comparing is told once, whichever is faster and however late."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from github_app.store import Delivery
from github_app.wake import partition_of
from tests.reconcile.conftest import INSTALLATION, World
from tests.reconcile.test_finds import MALLORY, ruleset
from tests.standin.estate import account
from workers.drain import drain

Json = dict[str, Any]
Event = tuple[str, Json]
OLIVIA = account(1, "olivia")
SHA, OTHER = "c" * 40, "d" * 40


def arrive(world: World, event: str, payload: Json) -> None:
    """Let a delivery come, and judge it."""
    owner = world.estate.owner
    about_repository = payload.pop("about", "repository") == "repository"
    body = {
        "sender": OLIVIA, "organization": {"id": owner["id"], "login": owner["login"]},
        "installation": {"id": INSTALLATION, "account": owner},
        **({"repository": world.app_repo.shown(owner)} if about_repository else {}), **payload,
    }  # fmt: skip
    repository_id = world.app_repo.id if about_repository else 0
    partition = partition_of(repository_id, owner["id"])
    world.store.inbox.accept([
        Delivery(
            guid=str(uuid.uuid4()), event=event, received_at=world.now, partition=partition, repository_id=repository_id,
            owner_id=owner["id"], body=json.dumps(body).encode(),
        )
    ])  # fmt: skip
    drain(world.runtime, partition, world.now + dt.timedelta(seconds=1))


def stamp(world: World) -> int:
    """Return when the change happened, as GitHub writes it in a push."""
    return int(world.now.timestamp())


def tag_push(world: World, name: str, before: str, after: str, at: int) -> Event:
    """Return the event of a lightweight tag that was pushed."""
    made = world.app_repo.shown(world.estate.owner) | {"pushed_at": at}
    commit = None if after == "0" * 40 else {"id": after, "message": "x", "timestamp": "2024-01-01T00:00:00Z"}
    return "push", {
        "ref": f"refs/tags/{name}", "before": before, "after": after, "repository": made, "head_commit": commit,
        "commits": [], "pusher": {"name": "olivia"},
    }  # fmt: skip


def tags(world: World, **now: str) -> None:
    """Let the repository have these tags beside its own."""
    world.app_repo.tags = {k.replace("_", "."): v for k, v in now.items()} | {"v1.0": SHA}
    world.app_repo.pushed_at = world.now.isoformat()


def tag_made(world: World) -> Event:
    """Make a tag."""
    tags(world, v1_1=SHA)
    return tag_push(world, "v1.1", "0" * 40, SHA, stamp(world))


def tag_created(world: World) -> Event:
    """Make a tag, told by name alone."""
    tags(world, v1_1=SHA)
    world.estate.github.put(
        f"/repos/{world.app_repo.full_name}/git/ref/tags/v1.1", {"object": {"sha": SHA, "type": "commit"}}
    )
    made = world.app_repo.shown(world.estate.owner) | {"pushed_at": world.now.isoformat()}
    return "create", {"ref": "v1.1", "ref_type": "tag", "repository": made}


def tag_moved(world: World) -> Event:
    """Move a tag."""
    world.app_repo.tags = {"v1.0": OTHER}
    world.app_repo.pushed_at = world.now.isoformat()
    return tag_push(world, "v1.0", SHA, OTHER, stamp(world))


def tag_deleted(world: World) -> Event:
    """Delete a tag."""
    world.app_repo.tags = {}
    world.app_repo.pushed_at = world.now.isoformat()
    return tag_push(world, "v1.0", SHA, "0" * 40, stamp(world))


def collaborator(world: World) -> Event:
    """Let somebody in."""
    world.app_repo.collaborators.append({**MALLORY, "role_name": "maintain"})
    return "member", {"action": "added", "member": MALLORY, "changes": {"role_name": {"to": "maintain"}}}


def collaborator_gains(world: World) -> Event:
    """Let somebody who reads do everything."""
    world.app_repo.collaborators[0] = {**account(7, "rita"), "role_name": "admin"}
    changes = {"permission": {"from": "read", "to": "admin"}}
    return "member", {"action": "edited", "member": account(7, "rita"), "changes": changes}


def collaborator_goes(world: World) -> Event:
    """Take somebody's role."""
    world.app_repo.collaborators.clear()
    return "member", {"action": "removed", "member": account(7, "rita"), "changes": {"permission": {"from": "read"}}}


def owner(world: World) -> Event:
    """Take somebody in as an owner."""
    world.estate.owners.append(MALLORY)
    return "organization", {
        "action": "member_added", "membership": {"role": "admin", "user": MALLORY}, "about": "organization",
    }  # fmt: skip


def owner_goes(world: World) -> Event:
    """Let an owner leave."""
    world.estate.owners.pop()
    return "organization", {
        "action": "member_removed", "membership": {"role": "admin", "user": account(8, "oscar")}, "about": "organization",
    }  # fmt: skip


def invitation(world: World) -> Event:
    """Invite an owner."""
    shown = {"id": 4, "login": None, "email": "m@evil.example", "role": "admin", "inviter": OLIVIA}
    world.estate.invitations.append(shown)
    return "organization", {"action": "member_invited", "invitation": shown, "about": "organization"}


def deploy_key(world: World) -> Event:
    """Add a key that can write."""
    key = {"id": 6, "key": "ssh-ed25519 AAAA", "title": "ci", "read_only": False}
    world.app_repo.keys.append(key)
    return "deploy_key", {"action": "created", "key": {**key, "created_at": world.now.isoformat()}}


def deploy_key_goes(world: World) -> Event:
    """Remove one."""
    key = world.app_repo.keys.pop()
    return "deploy_key", {"action": "deleted", "key": key}


def ruleset_off(world: World) -> Event:
    """Only try a ruleset out."""
    world.app_repo.rulesets[0] = ruleset(enforcement="evaluate")
    changes = {"enforcement": {"from": "active"}}
    return "repository_ruleset", {
        "action": "edited",
        "repository_ruleset": ruleset(enforcement="evaluate"),
        "changes": changes,
    }


def ruleset_goes(world: World) -> Event:
    """Delete a ruleset."""
    world.app_repo.rulesets.clear()
    return "repository_ruleset", {"action": "deleted", "repository_ruleset": ruleset()}


def release(world: World) -> Event:
    """Publish a release with a file."""
    asset = {"id": 1, "name": "x.tar.gz", "size": 1, "state": "uploaded", "digest": None, "uploader": OLIVIA}
    shown = {
        "id": 3, "tag_name": "v1.0", "draft": False, "author": OLIVIA, "assets": [asset], "prerelease": False,
        "published_at": world.now.isoformat(), "target_commitish": "main",
    }  # fmt: skip
    world.app_repo.releases.append(shown)
    return "release", {"action": "published", "release": shown}


def file_replaced(world: World) -> Event:
    """Replace a file of a release that was told of when it was published."""
    shown = world.app_repo.releases[0]
    other = {**shown["assets"][0], "id": 99, "size": 2, "digest": f"sha256:{'b' * 64}"}
    world.app_repo.releases[0] = {**shown, "assets": [other]}
    return "release", {"action": "edited", "release": world.app_repo.releases[0], "changes": {"body": {"from": "x"}}}


def vanished(world: World) -> Event:
    """Take a repository from the app."""
    gone = world.estate.repos.pop(world.app_repo.id)
    removed = [{"id": gone.id, "full_name": gone.full_name, "name": "app", "private": True}]
    return "installation_repositories", {
        "action": "removed", "repositories_removed": removed, "repositories_added": [], "about": "organization",
    }  # fmt: skip


def appeared(world: World) -> Event:
    """Give the app another repository."""
    made = world.estate.repo("fresh")
    added = [{"id": made.id, "full_name": made.full_name, "name": "fresh", "private": True}]
    return "installation_repositories", {
        "action": "added", "repositories_added": added, "repositories_removed": [], "about": "organization",
    }  # fmt: skip


def uninstalled(world: World) -> Event:
    """Remove the app."""
    world.estate.github.installations.pop(INSTALLATION)
    gone = {"id": world.app_repo.id, "full_name": world.app_repo.full_name, "name": "app", "private": True}
    return "installation", {"action": "deleted", "repositories": [gone], "about": "organization"}


STORIES: tuple[tuple[Callable[[World], Event], int], ...] = (
    (tag_made, 1), (tag_created, 1), (tag_moved, 1), (tag_deleted, 1), (collaborator, 1), (collaborator_gains, 1),
    (collaborator_goes, 1), (owner, 1), (owner_goes, 1), (invitation, 1), (deploy_key, 1), (deploy_key_goes, 1),
    (ruleset_off, 1), (ruleset_goes, 1), (release, 1), (file_replaced, 1), (vanished, 1), (appeared, 1), (uninstalled, 1),
)  # fmt: skip
LATE = {"in minutes": 0.4, "at the end of redelivery": 70.0}


def furnish(world: World) -> None:
    """Have something there that can change."""
    world.estate.grant(administration="write")
    world.app_repo.tags = {"v1.0": SHA}
    world.app_repo.collaborators.append({**account(7, "rita"), "role_name": "read"})
    world.app_repo.keys.append({"id": 5, "key": "ssh-ed25519 AAAB", "title": "old", "read_only": True})
    world.app_repo.rulesets.append(ruleset())
    world.estate.owners.append(account(8, "oscar"))
    asset = {"id": 1, "name": "y.tar.gz", "size": 1, "state": "uploaded", "digest": f"sha256:{'a' * 64}", "uploader": OLIVIA}
    old = {
        "id": 2, "tag_name": "v0.9", "draft": False, "author": OLIVIA, "assets": [asset], "prerelease": False,
        "published_at": world.now.isoformat(), "target_commitish": "main",
    }  # fmt: skip
    world.app_repo.releases.append(old)
    world.settled()
    arrive(world, "release", {"action": "published", "release": old})


def told(world: World) -> list[str]:
    """Return everything that was told or noted of what changed."""
    found = (world.store.alerts.get(number) for number in range(1, 50))
    said = [f"{alert.finding.detector}: {alert.finding.title}" for alert in found if alert is not None]
    return [text for text in said if "replaced" in text or "v0.9" not in text]  # that one was published before


@pytest.mark.parametrize(("change", "times"), STORIES, ids=[change.__name__ for change, _ in STORIES])
def test_the_event_first_and_then_comparing(world: World, change: Callable[[World], Event], times: int) -> None:
    """What an event told is known to comparing, however long after."""
    furnish(world)
    arrive(world, *change(world))
    first = told(world)
    assert len(first) == times
    world.later()
    world.later(minutes=24 * 60)
    assert told(world) == first


@pytest.mark.parametrize("hours", LATE.values(), ids=LATE)
@pytest.mark.parametrize(("change", "times"), STORIES, ids=[change.__name__ for change, _ in STORIES])
def test_comparing_first_and_then_the_late_event(
    world: World, change: Callable[[World], Event], times: int, hours: float
) -> None:
    """What comparing told is no news in an event that comes late, or again after having failed."""
    furnish(world)
    event = change(world)
    world.later()
    first = told(world)
    world.now += dt.timedelta(hours=hours)
    arrive(world, *event)
    world.later()
    assert len(told(world)) == times, told(world)
    assert told(world)[: len(first)] == first
