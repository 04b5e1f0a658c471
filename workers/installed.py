"""Where the app is installed: which repositories are watched from now on, and which no longer; and what of it is news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from github_app.fact import Fact, InstallationChanged
from github_app.store import Store, Watch
from workers.recall import SAME_NEWS


def follow(conn: Connection, store: Store, change: InstallationChanged) -> None:
    """Do what a change of the app's own installation means for the repositories."""
    repositories = store.repositories
    known = repositories.get_many(r.id for r in change.added)
    repositories.see_all(conn, [(r, change.installation_id) for r in change.added], change.at)
    for watch in known.values():
        if watch.state == "removed":  # it comes back: what happened meanwhile is learned anew
            repositories.set_state(conn, watch.id, "new", at=change.at, attempts=0)
    gone = {r.id for r in change.removed}
    if change.action == "deleted":
        gone |= {w.id for w in repositories.all() if w.installation_id == change.installation_id}
    for repository_id in sorted(gone):
        repositories.set_state(conn, repository_id, "removed", at=change.at)


def news(store: Store, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the facts without repositories that are known to have come or gone already.

    Comparing with GitHub may have been faster than the event, which then has only the name of who did it to add.
    """
    return tuple(left for fact in facts if (left := _fresh(store, fact)) is not None)


def _fresh(store: Store, fact: Fact) -> Fact | None:
    if not isinstance(fact, InstallationChanged) or fact.action not in {"added", "removed"}:
        return fact
    named = (*fact.added, *fact.removed)
    known = store.repositories.get_many(r.id for r in named)
    added = tuple(r for r in fact.added if not _here(known.get(r.id), fact))
    removed = tuple(r for r in fact.removed if not _gone(known.get(r.id), fact))
    return None if named and not (*added, *removed) else replace(fact, added=added, removed=removed)


def _here(watch: Watch | None, fact: InstallationChanged) -> bool:
    return watch is not None and watch.state != "removed" and watch.installation_id == fact.installation_id


def _gone(watch: Watch | None, fact: InstallationChanged) -> bool:
    return watch is not None and watch.state == "removed" and abs(fact.at - watch.state_at) < SAME_NEWS
