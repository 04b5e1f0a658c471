"""The inbox: every delivery as GitHub sent it, in SQL before GitHub gets its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Table,
    bindparam,
    delete,
    exists,
    func,
    select,
    text,
    true,
    update,
)

from github_app.store.accept import Delivery, accept
from github_app.store.columns import among, moment, utcnow
from github_app.store.engine import reading, writing
from github_app.store.readiness import PARTITIONS, ready
from github_app.store.schema import bodies as b
from github_app.store.schema import deliveries as d

__all__ = ["Delivery", "Inbox", "Outcome", "Pending", "Received"]

_PRUNE_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending(Delivery):
    """A delivery that waits to be judged. `seq` is its place in line, `attempts` how often judging it failed."""

    seq: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a delivery: `state` is done, ignored or failed; `note` says why."""

    seq: int
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A delivery without its body, for people to look at."""

    seq: int
    guid: str
    event: str
    received_at: dt.datetime
    repository_id: int
    state: str
    attempts: int
    note: str


class Inbox:
    """Verbs over `deliveries` and `bodies`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ready = ready(stale=False)
        self._stale = ready(stale=True)
        chosen = (
            select(d.c.seq)
            .where(
                d.c.finished_at.is_(None),
                d.c.partition == bindparam("partition"),
                among(d.c.repository_id, "repositories", engine.dialect.name, BigInteger()),
            )
            .order_by(d.c.seq)
            .limit(bindparam("most"))
        )
        columns = [d.c[name] for name in Pending.__dataclass_fields__ if name != "body"]
        self._rows = select(*columns, b.c.body).outerjoin(b, b.c.seq == d.c.seq).where(d.c.seq.in_(chosen)).order_by(d.c.seq)

    def accept(self, deliveries: Sequence[Delivery]) -> int:
        """Store deliveries in one transaction, committed on return; return how many were not known by their GUID."""
        return accept(self._engine, deliveries)

    def pending(self, partition: int, limit: int, now: dt.datetime) -> list[Pending]:
        """Return waiting deliveries of a partition, oldest first.

        Those of a repository that is known and not ready (not watched or removed, or blocked until later) stay.
        """
        with reading(self._engine) as connection:
            repositories = list(connection.execute(self._ready, {"partition": partition, "now": now}).scalars())
            if not repositories:
                return []
            asked = {"partition": partition, "repositories": repositories, "most": limit}
            return [
                Pending(**{**row, "body": bytes(row["body"] or b"")})
                for row in connection.execute(self._rows, asked).mappings()
            ]

    def finish(self, connection: Connection, outcomes: Sequence[Outcome]) -> bool:
        """Record what became of deliveries; False when any was finished already, then the caller must roll back."""
        if not outcomes:
            return True
        now = utcnow()
        rows = [
            {"its_seq": o.seq, "new_state": o.state, "new_note": o.note, "now": now}
            for o in sorted(outcomes, key=lambda o: o.seq)
        ]
        return connection.execute(_FINISH, rows).rowcount == len(rows)

    def retry(self, connection: Connection, seqs: Sequence[int], note: str) -> None:
        """Count a failed attempt; the deliveries keep waiting."""
        if seqs:
            connection.execute(_RETRY, [{"its_seq": seq, "new_note": note} for seq in sorted(seqs)])

    def stale_partitions(self, before: dt.datetime, now: dt.datetime) -> list[int]:
        """Return partitions with a delivery that could be judged and was received before a time."""
        with reading(self._engine) as connection:
            partitions = [found for (found,) in connection.execute(PARTITIONS).all() if found is not None]
            return [
                partition
                for partition in partitions
                if connection.execute(self._stale, {"partition": partition, "now": now, "before": before}).first()
            ]

    def counts(self) -> dict[str, int]:
        """Return the number of deliveries in each state."""
        finished = select(d.c.state, func.count()).where(d.c.finished_at.is_not(None)).group_by(d.c.state)
        waiting = select(func.count()).select_from(d).where(d.c.finished_at.is_(None))
        with reading(self._engine) as connection:
            found: dict[str, int] = dict(connection.execute(finished).all())
            pending = connection.execute(waiting).scalar_one()
            return {"pending": pending, **found} if pending else found

    def oldest_pending(self) -> dt.datetime | None:
        """Return when the delivery that waits longest was received; None when none waits."""
        with reading(self._engine) as connection:
            found = connection.execute(_OLDEST[connection.dialect.name]).scalar()
            return None if found is None else moment(found)

    def recent(self, limit: int) -> list[Received]:
        """Return the latest deliveries, newest first."""
        columns = [d.c[name] for name in Received.__dataclass_fields__]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).order_by(d.c.seq.desc()).limit(limit)).mappings()
            return [Received(**row) for row in rows]

    def outcome(self, guid: str) -> tuple[str, str] | None:
        """Return state and note of a delivery, or None for one never received."""
        with reading(self._engine) as connection:
            row = connection.execute(select(d.c.state, d.c.note).where(d.c.guid == guid)).first()
            return None if row is None else (row.state, row.note)

    def prune(self, before: dt.datetime, *, forget_before: dt.datetime | None = None, without: Collection[int] = ()) -> int:
        """Drop the bodies of deliveries finished before a time; return how many.

        Their rows stay, so that GitHub can send them again in vain, until they were finished before `forget_before`. What
        belongs to the repositories `without` stays.
        """
        before = max(before, forget_before or before)
        ours = ~among(d.c.repository_id, "repositories", self._engine.dialect.name, BigInteger()) if without else true()
        which = exists().where(d.c.seq == b.c.seq, d.c.finished_at < before, ours)
        dropped = self._in_steps(b, b.c.seq, which, without)
        if forget_before is not None:
            self._in_steps(d, d.c.seq, (d.c.finished_at < forget_before) & ours, without)
        return dropped

    def prune_of(self, repositories: Collection[int], before: dt.datetime, *, forget_before: dt.datetime) -> int:
        """Do as `prune` for deliveries of these repositories only; rows go no sooner than bodies."""
        theirs = among(d.c.repository_id, "repositories", self._engine.dialect.name, BigInteger())
        which = exists().where(d.c.seq == b.c.seq, d.c.finished_at < before, theirs)
        dropped = self._in_steps(b, b.c.seq, which, repositories)
        self._in_steps(d, d.c.seq, (d.c.finished_at < min(before, forget_before)) & theirs, repositories)
        return dropped

    def _in_steps(
        self, table: Table, seq: ColumnElement[int], which: ColumnElement[bool], repositories: Collection[int]
    ) -> int:
        """Delete rows in one walk through a table, in small transactions so that others write in between."""
        last = deleted = 0
        while True:
            with writing(self._engine) as connection:
                query = select(seq).where(which, seq > last).order_by(seq).limit(_PRUNE_ROWS)
                asked = {"repositories": sorted(repositories)} if repositories else {}
                seqs = list(connection.execute(query, asked).scalars())
                if not seqs:
                    return deleted
                connection.execute(delete(table).where(seq.in_(seqs)))
            last = seqs[-1]
            deleted += len(seqs)


_FINISH = (
    update(d)
    .where(d.c.seq == bindparam("its_seq"), d.c.finished_at.is_(None))
    .values(state=bindparam("new_state"), note=bindparam("new_note"), finished_at=bindparam("now"))
)
# `+ 0` and the index by name: else both databases walk past every finished delivery to find the first that waits.
_OLDEST_OF = (
    "SELECT received_at FROM deliveries WHERE seq = (SELECT min(seq + 0) FROM deliveries {} WHERE finished_at IS NULL)"
)
_OLDEST = {
    "sqlite": text(_OLDEST_OF.format("INDEXED BY deliveries_pending")),
    "postgresql": text(_OLDEST_OF.format("")),
}
_RETRY = (
    update(d)
    .where(d.c.seq == bindparam("its_seq"), d.c.finished_at.is_(None))
    .values(attempts=d.c.attempts + 1, note=bindparam("new_note"))
)
