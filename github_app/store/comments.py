"""What is remembered of comments, and what is forgotten of them everywhere when GitHub says that they are gone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import BigInteger, Connection, Engine, bindparam, delete, select

from github_app.comments import MOST_MARKS, Comments, Mark
from github_app.store import codec
from github_app.store.columns import among, whole
from github_app.store.comments_table import comment_marks as m
from github_app.store.engine import inserting, reading, writing
from github_app.store.schema import bodies, deliveries
from github_app.store.schema import holdings as h

_KEYS = ("repository_id", "thread", "comment")
_EVENTS = ("issues", "issue_comment")
_PRUNE_ROWS = 1_000


class CommentMarks:
    """Verbs over `comment_marks`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._of = select(m.c.repository_id, m.c.body).where(
            among(m.c.repository_id, "ids", engine.dialect.name, BigInteger()),
            m.c.at >= bindparam("since", type_=m.c.at.type),
        )
        put = inserting(engine.dialect.name, m)
        self._put = put.on_conflict_do_update(
            index_elements=list(_KEYS), set_={"at": put.excluded.at, "body": put.excluded.body}
        )

    def of(self, repository_ids: Iterable[int], since: dt.datetime) -> dict[int, Comments]:
        """Return what is remembered of comments since a time, for each of these repositories."""
        ids = sorted({whole(i) for i in repository_ids})
        found: dict[int, list[Mark]] = defaultdict(list)
        if ids:
            with reading(self._engine) as connection:
                for row in connection.execute(self._of, {"ids": ids, "since": since}):
                    found[row.repository_id].append(codec.load(Mark, row.body))
        latest = {i: sorted(found[i], key=lambda mark: mark.at)[-MOST_MARKS:] for i in ids}
        return {i: Comments(marks) for i, marks in latest.items()}

    def write(self, connection: Connection, changed: Mapping[int, Comments]) -> None:
        """Store what changed in some repositories, and forget what is gone."""
        for repository_id, comments in changed.items():
            here = m.c.repository_id == whole(repository_id)
            for thread in comments.gone_threads:
                connection.execute(delete(m).where(here, m.c.thread == whole(thread)))
            for thread, comment in comments.gone:
                connection.execute(delete(m).where(here, m.c.thread == whole(thread), m.c.comment == whole(comment)))
            rows = [_row(repository_id, mark) for mark in comments.changed.values()]
            if rows:
                connection.execute(self._put, rows)

    def prune(self, before: dt.datetime, repositories: Collection[int] | None = None) -> int:
        """Forget comments written before a time, of some repositories or of all, in small transactions; return how many."""
        forgotten = 0
        asked = {} if repositories is None else {"ids": sorted(whole(i) for i in repositories)}
        here = () if repositories is None else (among(m.c.repository_id, "ids", self._engine.dialect.name, BigInteger()),)
        while True:
            with writing(self._engine) as connection:
                rows = connection.execute(
                    select(m.c.repository_id, m.c.thread, m.c.comment).where(m.c.at < before, *here).limit(_PRUNE_ROWS),
                    asked,
                ).all()
                if not rows:
                    return forgotten
                keys = [dict(zip(("r", "t", "c"), row, strict=True)) for row in rows]
                connection.execute(_DELETE, keys)
            forgotten += len(rows)

    def authors(self, repository_ids: Collection[int], since: dt.datetime, limit: int = 200) -> dict[int, list[str]]:
        """Return under which names the latest authors of some repositories are filed, for finding whom a comment names."""
        found = {}
        with reading(self._engine) as connection:
            for repository_id in repository_ids:
                query = (
                    select(h.c.subject)
                    .where(h.c.scope == f"repo:{repository_id}", h.c.power == "author", h.c.last_used >= since)
                    .order_by(h.c.last_used.desc())
                    .limit(limit)
                )
                found[repository_id] = list(connection.execute(query).scalars())
        return found

    def drop_bodies(self, connection: Connection, repository_id: int, thread: int, comment: int) -> int:
        """Drop the stored deliveries' bodies that hold a comment's words (0: everything of the issue); return how many."""
        query = (
            select(bodies.c.seq, bodies.c.body)
            .join(deliveries, deliveries.c.seq == bodies.c.seq)
            .where(deliveries.c.repository_id == whole(repository_id), deliveries.c.event.in_(_EVENTS))
            .where(deliveries.c.finished_at.is_not(None))
        )
        mine = [row.seq for row in connection.execute(query) if _holds(bytes(row.body), thread, comment)]
        for seq in mine:
            connection.execute(delete(bodies).where(bodies.c.seq == seq))
        return len(mine)


_DELETE = delete(m).where(m.c.repository_id == bindparam("r"), m.c.thread == bindparam("t"), m.c.comment == bindparam("c"))


def _row(repository_id: int, mark: Mark) -> dict[str, Any]:
    return {
        "repository_id": whole(repository_id),
        "thread": whole(mark.thread),
        "comment": whole(mark.comment),
        "at": mark.at,
        "body": codec.dump(mark),
    }


def _holds(body: bytes, thread: int, comment: int) -> bool:
    """Say whether a payload is about this comment, or any of this issue."""
    try:
        payload = orjson.loads(body)
    except ValueError:
        return False
    if not isinstance(payload, dict):
        return False
    issue, said = payload.get("issue"), payload.get("comment")
    if not isinstance(issue, dict) or issue.get("number") != thread:
        return False
    return not comment or (isinstance(said, dict) and said.get("id") == comment)
