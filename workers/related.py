"""Which sources an event says something about, without telling all: they are looked at at once, not when it is their turn.

The names on the right are those of `workers.reconcile.sources`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection

from github_app.store import Store

RELATED: dict[str, tuple[str, ...]] = {
    "branch_protection_configuration": ("protected-branches",),
    "branch_protection_rule": ("protected-branches",),
    "installation_repositories": ("repositories",),
    "member": ("repository-collaborators", "repository-invitations", "outside-collaborators"),
    "membership": ("organisation-owners",),
    "organization": ("organisation-owners", "organisation-invitations", "outside-collaborators"),
    "release": ("releases",),
    "repository": ("repositories",),
    "repository_ruleset": ("repository-rulesets", "organisation-rulesets"),
    "team": ("teams",),
}


def hurry(store: Store, connection: Connection, events: Iterable[tuple[str, int, int]], now: dt.datetime) -> None:
    """Have looked at soon what these events point at, each told as its name, its repository's id and its owner's."""
    wanted: dict[str, set[str]] = {}
    for event, repository_id, owner_id in events:
        for scope in (f"repo:{repository_id}", f"org:{owner_id}"):
            wanted.setdefault(scope, set()).update(RELATED.get(event, ()))
    for scope, sources in sorted(wanted.items()):
        if sources:
            store.checks.hurry(connection, scope, sources, now)
