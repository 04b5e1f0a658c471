"""Where the app is installed: which repositories are watched from now on, and which no longer."""

from __future__ import annotations

from sqlalchemy import Connection

from github_app.fact import InstallationChanged
from github_app.store import Store


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
