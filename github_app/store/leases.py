"""Leases: one process at a time is the clock, and another takes over when it dies."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, delete, or_

from github_app.store.engine import inserting, writing
from github_app.store.schema import leases as t


class Leases:
    """Verbs over `leases`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def acquire(self, name: str, owner: str, ttl_seconds: float, now: dt.datetime) -> bool:
        """Take or renew a lease until `now + ttl_seconds`; False while somebody else holds it."""
        expires = now + dt.timedelta(seconds=ttl_seconds)
        insert = inserting(self._engine.dialect.name, t).values(name=name, owner=owner, expires_at=expires)
        take = insert.on_conflict_do_update(
            index_elements=[t.c.name],
            set_={"owner": insert.excluded.owner, "expires_at": insert.excluded.expires_at},
            where=or_(t.c.owner == insert.excluded.owner, t.c.expires_at <= now),
        )
        with writing(self._engine) as connection:
            return connection.execute(take, execution_options={"preserve_rowcount": True}).rowcount == 1

    def release(self, name: str, owner: str) -> None:
        """Give a lease back, if it is still ours."""
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.name == name, t.c.owner == owner))

    def forget_owner(self, owner: str) -> None:
        """Give back everything that a process held, when it is known to be gone."""
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.owner == owner))
