"""Which policy applies where, from SQL alone; and what is to be looked at on GitHub because of what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import Connection

from github_app.fact import CommitsLanded, Fact, PullChanged, PullMerged
from github_app.model import Repository
from github_app.policy import ORGANISATION_REPOSITORY, PATH, Place, Policy, PolicyFile, merge, parse, without_quiet
from github_app.store import Store
from github_app.store.policies import Cause, Stored


@dataclass(slots=True)
class InForce:
    """The policies of some repositories and organisations, as they are stored; anything else has the defaults."""

    stored: Mapping[str, Stored]
    _merged: dict[tuple[int, int], Policy] = field(default_factory=dict)

    def of(self, repository_id: int, owner_id: int) -> Policy:
        """Return what applies to a repository, or to a whole organisation with repository 0."""
        key = (repository_id, owner_id)
        if key not in self._merged:
            mine = file_of(self.stored.get(f"repo:{repository_id}")) if repository_id else None
            self._merged[key] = merge(file_of(self.stored.get(f"org:{owner_id}")), mine)
        return self._merged[key]


def load(store: Store, places: Iterable[tuple[int, int]]) -> InForce:
    """Return the policies for these (repository id, owner id), in one look at SQL."""
    scopes = {scope for repository_id, owner_id in places for scope in (f"repo:{repository_id}", f"org:{owner_id}")}
    return InForce(store.policies.get_many(scopes) if scopes else {})


def remember(
    connection: Connection, store: Store, known: InForce, seen: Iterable[tuple[Repository, int]], now: dt.datetime
) -> None:
    """Get to know where the policy files of these repositories (with their installations) can be."""
    places: dict[str, tuple[str, str, int | None]] = {}
    for repository, installation_id in seen:
        if repository.id and repository.owner_id:
            scope, org = scope_of(repository), f"org:{repository.owner_id}"
            places[scope] = (scope, repository.full_name, installation_id)
            places[org] = (org, f"{repository.owner}/{ORGANISATION_REPOSITORY}", installation_id)
    fresh = [place for place in places.values() if _differs(place, known.stored.get(place[0]))]
    store.policies.expect(connection, fresh, now)


def to_look_at(
    connection: Connection,
    store: Store,
    touched: Iterable[tuple[Repository, Cause]],
    pulls: Iterable[PullChanged | PullMerged],
    now: dt.datetime,
) -> None:
    """Say which files were pushed to, and which pull requests may edit one."""
    for repository, cause in touched:
        store.policies.touched(connection, scope_of(repository), cause)
    for pull in pulls:
        if isinstance(pull, PullChanged) and pull.repository and pull.base_ref == pull.repository.default_branch:
            store.policies.look_at_pull(connection, pull.repository.id, pull.number, pull.head_sha, now)


def pushes(facts: Iterable[Fact]) -> list[tuple[Repository, Cause]]:
    """Return pushes to a default branch that touched the policy file, or may have: a forced one does not list all."""
    return [
        (fact.repository, Cause(commit=fact.after, at=fact.at, by=fact.actor))
        for fact in facts
        if isinstance(fact, CommitsLanded) and fact.repository is not None and fact.guarded
        if fact.forced or not fact.commits or any(p.path == PATH for c in fact.commits for p in c.paths)
    ]


def scope_of(repository: Repository) -> str:
    """Return the scope of the policy file in a repository: that of the whole organisation in its `.github`."""
    if repository.full_name.partition("/")[2].lower() == ORGANISATION_REPOSITORY:
        return f"org:{repository.owner_id}"
    return f"repo:{repository.id}"


def file_of(stored: Stored | None) -> PolicyFile | None:
    """Return what applies of a stored file: all of it, or of one that was broken since what cannot silence anybody."""
    if stored is None or not stored.text:
        return None
    file = _read(stored.text, place_of(stored.scope))
    return without_quiet(file) if file is not None and stored.broken else file


def place_of(scope: str) -> Place:
    """Say whose file a scope is about."""
    return Place.ORGANISATION if scope.startswith("org:") else Place.REPOSITORY


def _differs(place: tuple[str, str, int | None], known: Stored | None) -> bool:
    return known is None or (known.full_name, known.installation_id) != place[1:]


@lru_cache(maxsize=2_000)
def _read(text: str, place: Place) -> PolicyFile | None:
    """Read a file that was accepted before; end dates and names of detectors were looked at then."""
    return parse(text, where=place).file
