"""`repository`, `public` and `fork`: name, owner, visibility, default branch, and whether it is archived.

GitHub sends `public` beside `repository.publicized`; both are one fact. `repository.transferred` reaches only the new owner.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository
"""

from __future__ import annotations

from typing import Any

from github_app.estate import UNTOLD_NAME, Guard, GuardChanged, InventoryChanged, Thing, settings
from github_app.fact import Fact
from github_app.happenings import Happened, What
from github_app.model import Repository
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_DESCRIBED = ("description", "homepage", "topics")


def _here(envelope: Envelope) -> tuple[Repository, dict[str, Any]]:
    if envelope.repository is None:
        raise Unreadable(f"{envelope.event}: it names no repository")
    url = read.table(envelope.payload.get("repository")).get("html_url")
    return envelope.repository, envelope.common(url=url)


def _guard(envelope: Envelope, guard: str, was: str, now: str) -> tuple[Fact, ...]:
    repository, common = _here(envelope)
    name = guard.replace("-", "_")
    fact = GuardChanged(
        guard=guard,
        key=guard,
        name=repository.full_name,
        action="edited",
        before=settings({name: was}),
        after=settings({name: now}),
        **common,
    )
    return (fact,)


def _publicized(envelope: Envelope) -> tuple[Fact, ...]:
    return _guard(envelope, Guard.VISIBILITY, "private", "public")


def _privatized(envelope: Envelope) -> tuple[Fact, ...]:
    return _guard(envelope, Guard.VISIBILITY, "public", "private")


def _archived(envelope: Envelope) -> tuple[Fact, ...]:
    was, now = ("false", "true") if envelope.action == "archived" else ("true", "false")
    return _guard(envelope, Guard.ARCHIVED, was, now)


def _edited(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    repository, common = _here(envelope)
    changes = read.table(envelope.payload.get("changes"))
    facts: tuple[Fact, ...] = ()
    if "default_branch" in changes:
        was = read.text(read.table(changes["default_branch"]).get("from"), 250)
        facts = _guard(envelope, Guard.DEFAULT_BRANCH, was, repository.default_branch)
    described = [name for name in _DESCRIBED if name in changes]
    if described:
        detail = ", ".join(described)
        facts = (*facts, Happened(what=What.DESCRIBED, name=repository.full_name, detail=detail, **common))
    return facts or Ignored("repository: nothing that carries trust was edited")


def _moved(envelope: Envelope, was: dict[str, object], now: dict[str, object]) -> tuple[Fact, ...]:
    repository, common = _here(envelope)
    fact = InventoryChanged(
        thing=Thing.REPOSITORY,
        key="owner" if "owner" in now else "name",
        name=repository.full_name,
        action="changed",
        before=settings(was),
        after=settings(now),
        **common,
    )
    return (fact,)


def _renamed(envelope: Envelope) -> tuple[Fact, ...]:
    repository, _ = _here(envelope)
    changes = read.table(read.table(envelope.payload.get("changes")).get("repository"))
    old = read.text(read.table(changes.get("name")).get("from"), 100) or UNTOLD_NAME
    return _moved(envelope, {"name": f"{repository.owner}/{old}"}, {"name": repository.full_name})


def _transferred(envelope: Envelope) -> tuple[Fact, ...]:
    repository, _ = _here(envelope)
    old = read.table(read.table(read.table(envelope.payload.get("changes")).get("owner")).get("from"))
    was = read.person(old.get("organization")) or read.person(old.get("user"))
    return _moved(envelope, {"owner": was.login if was else "somebody GitHub does not name"}, {"owner": repository.owner})


def _created(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    repository, common = _here(envelope)
    if "-ghsa-" in repository.full_name.lower():
        return Ignored("repository: a private fork for working on an advisory")
    public = read.table(envelope.payload.get("repository")).get("private") is False
    detail = "public" if public else "not public"
    return (Happened(what=What.REPOSITORY_CREATED, name=repository.full_name, detail=detail, **common),)


def _fork(envelope: Envelope) -> tuple[Fact, ...]:
    repository, common = _here(envelope)
    forkee = read.repository(envelope.payload.get("forkee"))
    return (Happened(what=What.FORKED, name=repository.full_name, detail=forkee.full_name if forkee else "", **common),)


HANDLERS = (
    Handler(
        event="repository",
        permission=("metadata", "read"),
        reads={
            "edited": _edited,
            "renamed": _renamed,
            "transferred": _transferred,
            "publicized": _publicized,
            "privatized": _privatized,
            "archived": _archived,
            "unarchived": _archived,
            "created": _created,
        },
    ),
    Handler(event="public", permission=("metadata", "read"), reads={"": _publicized}),
    Handler(event="fork", permission=("contents", "read"), reads={"": _fork}),
)
