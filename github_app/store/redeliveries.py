"""Deliveries that GitHub was asked to send again, and when we last looked for failed ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, select, update

from github_app.store.engine import inserting, reading
from github_app.store.schema import deliveries as d
from github_app.store.schema_reconcile import marks as m
from github_app.store.schema_reconcile import redeliveries as r

ASKED, ARRIVED, GIVEN_UP = "asked", "arrived", "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivery:
    """One attempt of GitHub's to deliver that failed, and that it was asked to repeat; `delivery_id` names the attempt.

    All attempts for one delivery share its `guid`. `state` is asked, arrived or given up.
    """

    delivery_id: int
    guid: str
    event: str
    failed_at: dt.datetime
    asked_at: dt.datetime
    state: str = ASKED


_COLUMNS = [r.c[name] for name in Redelivery.__dataclass_fields__]


class Redeliveries:
    """Verbs over `redeliveries` and `marks`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._new = inserting(engine.dialect.name, r).on_conflict_do_nothing(index_elements=[r.c.delivery_id])
        mark = inserting(engine.dialect.name, m)
        self._mark = mark.on_conflict_do_update(index_elements=[m.c.name], set_={"at": mark.excluded.at})

    def asked(self, connection: Connection, redelivery: Redelivery) -> None:
        """Remember that GitHub was asked; a second time changes nothing."""
        connection.execute(self._new, {name: getattr(redelivery, name) for name in Redelivery.__dataclass_fields__})

    def waiting(self) -> list[Redelivery]:
        """Return what was asked for and has neither come nor been given up."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_COLUMNS).where(r.c.state == ASKED).order_by(r.c.asked_at)).mappings()
            return [Redelivery(**row) for row in rows]

    def of(self, guids: Collection[str]) -> dict[str, list[Redelivery]]:
        """Return what was asked for, by GUID."""
        found: dict[str, list[Redelivery]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(select(*_COLUMNS).where(r.c.guid.in_(sorted(guids)))).mappings():
                found.setdefault(row["guid"], []).append(Redelivery(**row))
        return found

    def received(self, guids: Collection[str]) -> set[str]:
        """Return those of the GUIDs that are in the inbox."""
        with reading(self._engine) as connection:
            return set(connection.execute(select(d.c.guid).where(d.c.guid.in_(sorted(guids)))).scalars())

    def settle(self, connection: Connection, guids: Collection[str], state: str) -> None:
        """Say what became of deliveries that were asked for."""
        if guids:
            connection.execute(update(r).where(r.c.guid.in_(sorted(guids))).values(state=state))

    def counts(self) -> dict[str, int]:
        """Return how many attempts are in each state."""
        with reading(self._engine) as connection:
            return dict(connection.execute(select(r.c.state, func.count()).group_by(r.c.state)).all())

    def prune(self, connection: Connection, before: dt.datetime) -> None:
        """Forget attempts that failed before a time."""
        connection.execute(delete(r).where(r.c.failed_at < before))

    # -- when something was last done --------------------------------------------------------------------------

    def mark(self, connection: Connection, name: str, at: dt.datetime) -> None:
        """Remember when something was done."""
        connection.execute(self._mark, {"name": name, "at": at})

    def marked(self, name: str) -> dt.datetime | None:
        """Return when something was last done, None if never."""
        with reading(self._engine) as connection:
            return connection.execute(select(m.c.at).where(m.c.name == name)).scalar()
