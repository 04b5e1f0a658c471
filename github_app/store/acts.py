"""What people did, kept for the report about an incident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Engine, delete, select

from github_app.acts import Act
from github_app.identity import keys
from github_app.model import Person
from github_app.store import codec
from github_app.store.aliases import Names
from github_app.store.columns import among
from github_app.store.engine import inserting, reading, writing
from github_app.store.schema_acts import acts as a


class Acts:
    """Verbs over `acts`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._add = inserting(engine.dialect.name, a).on_conflict_do_nothing(
            index_elements=[a.c.scope, a.c.subject, a.c.deed, a.c.value]
        )
        self._among = select(a.c.scope, a.c.body).where(among(a.c.subject, "subjects", engine.dialect.name))

    def add(self, connection: Connection, found: Iterable[tuple[str, str, Act]]) -> None:
        """Keep acts, each with its scope and the ledger's name of who did it; what is known already stays."""
        rows = [
            {
                "scope": scope,
                "subject": subject,
                "deed": act.deed.value,
                "value": act.value,
                "at": act.at,
                "body": codec.dump(act),
            }
            for scope, subject, act in found
            if subject
        ]  # fmt: skip
        if rows:
            connection.execute(self._add, rows)

    def of(self, who: Person, since: dt.datetime | None = None) -> list[tuple[str, Act]]:
        """Return what a person did under any of their names, each with the scope it is filed under (`repo:7`, `org:70`).

        Oldest first; from a time on (UTC), where one is given.
        """
        asked: dict[str, Any] = {"subjects": sorted(self.names_of(who))}
        query = self._among if since is None else self._among.where(a.c.at >= since)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(a.c.at, a.c.id), asked)
            return [(row.scope, codec.load(Act, row.body)) for row in rows]

    def names_of(self, who: Person) -> Collection[str]:
        """Return every name by which a person is known in any repository, their own keys among them."""
        names = Names()
        own = keys(who)
        with reading(self._engine) as connection:
            names.read_keys(connection, own)
        linked = names.among(own)
        return {*own, *linked, *linked.values()}

    def prune(self, before: dt.datetime) -> int:
        """Forget what was done before a time."""
        with writing(self._engine) as connection:
            return connection.execute(delete(a).where(a.c.at < before)).rowcount
