"""Blind spots and trouble of our own, for `doctor`; never findings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, select

from github_app.store.engine import inserting, reading
from github_app.store.schema import problems as p


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that keeps us from seeing or telling. `key` names it, `sentence` says it to people."""

    key: str
    sentence: str
    first_at: dt.datetime
    last_at: dt.datetime
    times: int


class Problems:
    """Verbs over `problems`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        report = inserting(engine.dialect.name, p)
        again = {"sentence": report.excluded.sentence, "last_at": report.excluded.last_at, "times": p.c.times + 1}
        self._report = report.on_conflict_do_update(index_elements=[p.c.key], set_=again)

    def report(self, connection: Connection, key: str, sentence: str, at: dt.datetime) -> None:
        """Say that something is wrong, or still is."""
        values = {"key": key, "sentence": sentence, "first_at": at, "last_at": at, "times": 1}
        connection.execute(self._report, values)

    def clear(self, connection: Connection, key: str) -> None:
        """Say that it is right again."""
        connection.execute(delete(p).where(p.c.key == key))

    def open(self) -> list[Problem]:
        """Return what is wrong now, longest first."""
        columns = [p.c[name] for name in Problem.__dataclass_fields__]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).order_by(p.c.first_at, p.c.key)).mappings()
            return [Problem(**row) for row in rows]
