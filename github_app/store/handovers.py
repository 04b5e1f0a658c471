"""Declared hand-overs, each step of one also an entry of the repository's hash chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import BigInteger, Connection, Engine, insert, select, update

from github_app import identity
from github_app.handover import Handover, described
from github_app.ledger import Entry
from github_app.model import Person
from github_app.store import codec
from github_app.store.columns import among
from github_app.store.engine import reading
from github_app.store.ledger import Ledgers
from github_app.store.schema_handovers import handovers as h


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody did to a hand-over: `what` is declared, confirmed or ended; `via` slack or github; `at` in UTC."""

    what: str
    by: Person
    at: dt.datetime
    via: str
    reason: str


class Handovers:
    """Verbs over `handovers`."""

    def __init__(self, engine: Engine, ledgers: Ledgers) -> None:
        self._engine = engine
        self._ledgers = ledgers
        self._running = (
            select(h.c.id, h.c.body)
            .where(among(h.c.repository_id, "ids", engine.dialect.name, BigInteger()))
            .order_by(h.c.id)
        )

    def add(self, connection: Connection, handover: Handover, via: str) -> Handover:
        """Store a new one and return it with its number."""
        values = {"repository_id": handover.repository_id, "until": handover.until, "body": codec.dump(handover)}
        number = connection.execute(insert(h).values(**values).returning(h.c.id)).scalar_one()
        made = replace(handover, id=int(number))
        step = Step(what="declared", by=made.declared_by, at=made.declared_at, via=via, reason=made.reason)
        self._record(connection, made, step)
        return made

    def save(self, connection: Connection, handover: Handover, step: Step) -> None:
        """Store what a hand-over is after a step."""
        connection.execute(update(h).where(h.c.id == handover.id).values(body=codec.dump(handover)))
        self._record(connection, handover, step)

    def get(self, number: int, connection: Connection | None = None, *, lock: bool = False) -> Handover | None:
        """Return one; with `lock` nobody else changes it until the caller's transaction ends."""
        query = select(h.c.id, h.c.body).where(h.c.id == number)
        with reading(self._engine, connection) as c:
            row = c.execute(query.with_for_update() if lock else query).first()
            return None if row is None else replace(codec.load(Handover, row.body), id=row.id)

    def of(self, repository_ids: Collection[int], *, ending_after: dt.datetime | None = None) -> dict[int, list[Handover]]:
        """Return the hand-overs of repositories, oldest first; only those that end after a time, where one is given."""
        if not repository_ids:
            return {}
        query = self._running if ending_after is None else self._running.where(h.c.until >= ending_after)
        found: dict[int, list[Handover]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query, {"ids": sorted(repository_ids)}):
                made = replace(codec.load(Handover, row.body), id=row.id)
                found.setdefault(made.repository_id, []).append(made)
        return found

    def _record(self, connection: Connection, made: Handover, step: Step) -> None:
        detail = {"handover": str(made.id), "said": described(made), "via": step.via, "reason": step.reason}
        subject = next(iter(identity.keys(made.subject)), "")
        kind = f"handover_{step.what}"
        entry = Entry(at=step.at, kind=kind, subject=subject, person=made.subject, by=step.by, detail=detail)
        self._ledgers.append(connection, f"repo:{made.repository_id}", [entry])
