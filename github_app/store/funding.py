"""The links by which projects ask for support, as last read from GitHub, so that a message needs no network."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import orjson
from sqlalchemy import Engine, select, update

from github_app.funding import FundingLink
from github_app.store.columns import whole
from github_app.store.engine import inserting, reading, writing
from github_app.store.schema_incidents import funding as t

FRESH = dt.timedelta(days=7)
"""How long links count as known; older ones are shown and looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingWanted:
    """A repository whose links are to be read."""

    repository_id: int
    attempts: int


class Fundings:
    """Verbs over `funding`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._want = inserting(engine.dialect.name, t).on_conflict_do_nothing(index_elements=[t.c.repository_id])

    def links(self, repository_id: int) -> tuple[FundingLink, ...]:
        """Return the links of a repository that are known."""
        with reading(self._engine) as connection:
            text = connection.execute(select(t.c.links).where(t.c.repository_id == whole(repository_id))).scalar()
        return tuple(FundingLink(**link) for link in orjson.loads(text or "[]"))

    def want(self, repository_id: int, now: dt.datetime) -> None:
        """Have the links of a repository read, unless they are known and fresh."""
        values = {"repository_id": whole(repository_id), "links": "[]", "checked_at": None, "due_at": now, "attempts": 0}
        with reading(self._engine) as connection:
            row = connection.execute(select(t.c.due_at).where(t.c.repository_id == values["repository_id"])).first()
        if row is None:
            with writing(self._engine) as connection:
                connection.execute(self._want, values)

    def due(self, now: dt.datetime, limit: int) -> list[FundingWanted]:
        """Return repositories to look at now."""
        query = select(t.c.repository_id, t.c.attempts).where(t.c.due_at <= now).order_by(t.c.due_at).limit(limit)
        with reading(self._engine) as connection:
            return [FundingWanted(**row) for row in connection.execute(query).mappings()]

    def found(self, repository_id: int, links: tuple[FundingLink, ...], now: dt.datetime) -> bool:
        """Store what was read; says whether it differs from before."""
        text = orjson.dumps([{"name": link.name, "url": link.url} for link in links]).decode()
        values = {"links": text, "checked_at": now, "due_at": now + FRESH, "attempts": 0}
        with writing(self._engine) as connection:
            before = connection.execute(select(t.c.links).where(t.c.repository_id == repository_id)).scalar()
            connection.execute(update(t).where(t.c.repository_id == repository_id).values(**values))
        return before != text

    def put_off(self, wanted: FundingWanted, until: dt.datetime) -> None:
        """Try again at a time; what was known stays."""
        with writing(self._engine) as connection:
            same = t.c.repository_id == wanted.repository_id
            connection.execute(update(t).where(same).values(due_at=until, attempts=wanted.attempts + 1))
