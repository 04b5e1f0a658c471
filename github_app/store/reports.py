"""First reports: what was found out about each repository's past, and in which message it was told."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Connection, Engine, func, select, update

from github_app.report import Report
from github_app.store import codec
from github_app.store.engine import inserting, reading
from github_app.store.schema import repositories as r
from github_app.store.schema_notices import reports as t


class Reports:
    """Verbs over `reports`. A report is told once: `told_in` is the key of the notice it went into."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        add = inserting(engine.dialect.name, t)
        new = add.excluded
        self._put = add.on_conflict_do_update(
            index_elements=[t.c.repository_id],
            set_={"installation_id": new.installation_id, "made_at": new.made_at, "told_in": None, "body": new.body},
        )

    def put(self, connection: Connection, report: Report, installation_id: int | None) -> None:
        """Store the report about a repository, to be told; an older one about the same repository is replaced."""
        row = {"repository_id": report.repository.id, "installation_id": installation_id, "made_at": report.made_at}
        connection.execute(self._put, row | {"told_in": None, "body": codec.dump(report)})

    def get(self, repository_id: int) -> Report | None:
        """Return the report about a repository."""
        query = select(t.c.body).where(t.c.repository_id == repository_id)
        with reading(self._engine) as connection:
            body = connection.execute(query).scalar()
            return None if body is None else codec.load(Report, body)

    def told_in(self, key: str) -> list[Report]:
        """Return the reports of one message, in order of their repositories' names."""
        query = select(t.c.body).where(t.c.told_in == key)
        with reading(self._engine) as connection:
            found = [codec.load(Report, body) for body in connection.execute(query).scalars()]
        return sorted(found, key=lambda report: report.repository.full_name.lower())

    def untold(self) -> list[int | None]:
        """Return the installations that have reports which were not told."""
        with reading(self._engine) as connection:
            query = select(t.c.installation_id).where(t.c.told_in.is_(None)).distinct()
            return list(connection.execute(query).scalars())

    def gather(self, connection: Connection, installation_id: int | None, *, wait_until: dt.datetime) -> str | None:
        """Put all reports of an installation that were not told into one message; return its key, None for no message.

        Args:
            connection: the transaction to write in; two that gather at once do not make two messages of one report.
            installation_id: whose.
            wait_until: nothing is gathered while repositories of the installation are still to be learned, unless the
                oldest report was made before this time (UTC).
        """
        mine = t.c.installation_id.is_not_distinct_from(installation_id)
        waiting = connection.execute(
            select(t.c.repository_id, t.c.made_at).where(mine, t.c.told_in.is_(None)).with_for_update()
        ).all()
        if not waiting or (min(row.made_at for row in waiting) > wait_until and _learning(connection, installation_id)):
            return None
        key = f"report:{uuid.uuid4().hex}"
        ids = [row.repository_id for row in waiting]
        done = connection.execute(update(t).where(t.c.repository_id.in_(ids), t.c.told_in.is_(None)).values(told_in=key))
        return key if done.rowcount else None


def _learning(connection: Connection, installation_id: int | None) -> int:
    theirs = r.c.installation_id.is_not_distinct_from(installation_id)
    query = select(func.count()).select_from(r).where(theirs, r.c.state.in_(("new", "learning")))
    return int(connection.execute(query).scalar_one())
