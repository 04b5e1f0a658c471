"""What a source declares: where to look, what the app needs for it, and what a difference means.

A module in `workers.reconcile.sources` defines `SOURCES`; it is found by being there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from github_app.estate import GuardChanged, InventoryChanged, Settings
from github_app.fact import AccessChanged, Fact
from github_app.model import Person, Repository, Source
from github_app.store import Store
from workers.reconcile.asking import Asking, Json

ORGANISATION, REPOSITORY, INSTALLATION = "organisation", "repository", "installation"
NOBODY_SAID = "GitHub does not say who did it or when; it was found by comparing with what was known before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Something as it stands: its name for people, its settings, whom it gives power to, and who gave it, if persons.

    `since` is when it was first seen like this, None for what is seen only now.
    """

    name: str
    settings: Settings
    subject: Person | None = None
    actor: Person | None = None
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as it was; None where it was not there, or is not."""

    key: str
    before: Seen | None
    after: Seen | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one scope: how to ask, whose it is, and when the last one was (`since`).

    `repository` is None where it concerns the organisation; `app_id` is this app's own number.
    """

    ask: Asking
    account: str
    account_id: int
    now: dt.datetime
    since: dt.datetime | None = None
    repository: Repository | None = None
    default_branch: str = ""
    app_id: int | None = None

    @property
    def organisation(self) -> str:
        """The beginning of paths about the organisation."""
        return f"/orgs/{quote(self.account, safe='')}"

    @property
    def repo(self) -> str:
        """The beginning of paths about the repository."""
        name = self.repository.full_name if self.repository else ""
        return f"/repos/{quote(name)}"

    @property
    def where(self) -> str:
        """The scope, for sentences."""
        return self.repository.full_name if self.repository else self.account

    def common(self, **fields: Any) -> dict[str, Any]:
        """Return the fields that every fact of this look has."""
        return {
            "at": self.now,
            "source": Source.API,
            "repository": self.repository,
            "organization": self.account,
            "organization_id": self.account_id,
            "gap": NOBODY_SAID,
            **fields,
        }


Read = Callable[[Look], Mapping[str, Seen]]
Tell = Callable[[Look, Sequence[Difference]], Sequence[Fact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One source: what it sees, where, with which permissions, and which facts its differences are.

    Args:
        name: unique; what commands and tables call it.
        sees: what would be unseen without it, for sentences: "who owns the organisation".
        scope: organisation, repository or installation.
        needs: permissions, by GitHub's names, with the level; all of them are needed.
        kind: of the snapshots it compares with.
        prefix: of the keys it compares with, where several sources share a kind.
        read: asks GitHub and returns everything that is there, by key.
        tell: turns differences into facts.
        merge: completes the settings that are there with those known before, where GitHub does not show all.
        known: what was known before, where that is in another table than the snapshots; then nothing is put there.
        log: what it lists are events; that one is no longer listed means nothing.
        refused_by_design: the permission is one that this app never asks for; the blind spot says so.
    """

    name: str
    sees: str
    scope: str
    needs: Mapping[str, str]
    kind: str
    read: Read
    tell: Tell
    prefix: str = ""
    merge: Callable[[Settings, Settings], Settings] | None = None
    known: Callable[[Store, Look], Mapping[str, Seen]] | None = None
    log: bool = False
    refused_by_design: bool = False

    def missing(self, granted: Mapping[str, str]) -> dict[str, str]:
        """Return the permissions that the installation does not give."""
        ranks = {"read": 1, "write": 2, "admin": 3}
        return {n: level for n, level in self.needs.items() if ranks.get(granted.get(n, ""), 0) < ranks[level]}


def guard(kind: str) -> Tell:
    """Return the way to tell a difference of a guard."""
    return partial(changes, kind)


def changes(kind: str, look: Look, found: Sequence[Difference]) -> list[GuardChanged]:
    """Return the facts that a guard's differences are."""
    return [
        GuardChanged(
            guard=kind,
            key=d.key,
            name=_of(d).name,
            action="created" if d.before is None else "deleted" if d.after is None else "edited",
            before=d.before.settings if d.before else (),
            after=d.after.settings if d.after else (),
            since=d.before.since if d.before else None,
            **look.common(),
        )
        for d in found
    ]


def inventory(kind: str, *, events: bool = False) -> Tell:
    """Return the way to tell a difference of something with power or reach.

    Args:
        kind: one of `github_app.estate.Thing`.
        events: whether events tell of it as well: then an addition must read the same from both. Else it names the last
            time when it was not there, so that what goes and comes back is told again.
    """

    def tell(look: Look, found: Sequence[Difference]) -> list[Fact]:
        return [
            InventoryChanged(
                thing=kind,
                key=d.key,
                name=_of(d).name,
                action="added" if d.before is None else "removed" if d.after is None else "changed",
                before=d.before.settings if d.before else (),
                after=d.after.settings if d.after else (),
                since=d.before.since if d.before else None if events else look.since,
                subject=_of(d).subject,
                **look.common(**({"actor": _of(d).actor} if _of(d).actor else {})),
            )
            for d in found
        ]

    return tell


def access(scope: str) -> Tell:
    """Return the way to tell that somebody's role changed; the one setting is `role`."""

    def tell(look: Look, found: Sequence[Difference]) -> list[Fact]:
        facts: list[Fact] = []
        for d in found:
            subject = _of(d).subject or person(d.key.partition(":")[2], _of(d).name)
            facts.append(
                AccessChanged(subject=subject, scope=scope, before=_role(d.before), after=_role(d.after), **look.common())
            )
        return facts

    return tell


def _of(d: Difference) -> Seen:
    found = d.after or d.before
    assert found is not None, "a difference has one side at least"  # noqa: S101
    return found


def _role(seen: Seen | None) -> str:
    return next((s.value for s in seen.settings if s.name == "role"), "none") if seen else "none"


def person(number: object, login: str, kind: str = "") -> Person:
    """Return somebody as GitHub's API names them."""
    text = str(number)
    return Person(id=int(text) if text.isascii() and text.isdigit() else None, login=login, bot=kind == "Bot")


def people(value: Json) -> Json:
    """Take from an account what names it."""
    found = {k: value[k] for k in ("id", "login", "type", "role_name") if isinstance(value.get(k), str | int)}
    return found | {"id": found.get("id", 0), "login": found.get("login", "")}


def words(value: object) -> list[str]:
    """Return those members of a list that are texts; nothing for what is no list."""
    return [member for member in value if isinstance(member, str)] if isinstance(value, list) else []


__all__ = [
    "INSTALLATION", "ORGANISATION", "REPOSITORY", "Difference", "Look", "Origin", "Seen", "access", "changes", "guard",
    "inventory", "people", "person", "words",
]  # fmt: skip
