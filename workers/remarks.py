"""What a batch of deliveries needs to know of earlier comments, and what it leaves behind of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from github_app import fact as f
from github_app.comments import Comments
from github_app.ledger import Ledger
from workers.pressure.hearing import RECENT, names_people
from workers.runtime import Runtime

_LONG_AGO = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)


def spoken_of(runtime: Runtime, facts: Sequence[f.Fact], asked_about: dict[str, set[str]]) -> dict[int, Comments]:
    """Return what is remembered of comments where one was written or deleted; ask for whom a pressing one could name."""
    spoken = [x for x in facts if isinstance(x, f.CommentWritten | f.CommentDeleted) and x.repository is not None]
    if not spoken:
        return {}
    # Deliveries can come late: what counts is what was said before these comments, not before today.
    store, then = runtime.store, max(min(x.at for x in spoken), _LONG_AGO)
    written = [x for x in spoken if isinstance(x, f.CommentWritten) and names_people(x.text)]
    naming = {x.repository.id for x in written if x.repository}
    for repository_id, names in store.comments.authors(naming, then - RECENT).items():
        asked_about[f"repo:{repository_id}"].update(names)
    since = then - dt.timedelta(days=runtime.settings.pressure_keep_days)
    return store.comments.of({x.repository.id for x in spoken if x.repository}, since)


def remember_comments(
    conn: Connection, runtime: Runtime, ledgers: Mapping[str, Ledger], deleted: Iterable[f.CommentDeleted]
) -> None:
    """Store what was heard in comments, and forget everywhere what was deleted on GitHub; its messages are sent anew."""
    store = runtime.store
    if runtime.settings.pressure_keep_days > 0:
        marks = {int(scope[5:]): x.comments for scope, x in ledgers.items() if scope.startswith("repo:")}
        store.comments.write(conn, marks)
    for gone in deleted:
        repository_id = gone.repository.id if gone.repository else 0
        for alert_id in store.alerts.forget_comment(conn, repository_id, gone.comment_id, thread=gone.thread):
            store.outbox.touch(conn, alert_id)
        store.comments.drop_bodies(conn, repository_id, gone.thread, gone.comment_id)
