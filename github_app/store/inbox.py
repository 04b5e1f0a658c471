"""The inbox: every delivery as GitHub sent it, in SQL before GitHub gets its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Select,
    Update,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from github_app.store.columns import KEY, among, clean, micros, utcnow, whole
from github_app.store.engine import reading, writing
from github_app.store.schema import deliveries as d
from github_app.store.schema import repositories as r

_COLUMNS = "guid, event, received_at, partition, repository_id, owner_id, attempts, state, note, body"
_READY_STATES = ("watched", "removed")
_PRUNE_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook delivery. `guid` is GitHub's; `repository_id` is 0 for an event that concerns no repository."""

    guid: str
    event: str
    received_at: dt.datetime
    partition: int
    repository_id: int
    owner_id: int
    body: bytes = field(repr=False)


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
    """Verbs over `deliveries`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        sqlite = engine.dialect.name == "sqlite"
        marks = ", ".join(["?" if sqlite else "%s"] * 10)
        self._begin = "BEGIN IMMEDIATE" if sqlite else ""
        self._insert = f"INSERT INTO deliveries ({_COLUMNS}) VALUES ({marks}) ON CONFLICT (guid) DO NOTHING"  # noqa: S608 (constants)
        self._ready = _ready(stale=False)
        self._stale = _ready(stale=True)
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
        self._rows = (
            select(
                d.c.guid, d.c.event, d.c.received_at, d.c.partition, d.c.repository_id, d.c.owner_id, d.c.body,
                d.c.seq, d.c.attempts,
            )
            .where(d.c.seq.in_(chosen))
            .order_by(d.c.seq)
        )  # fmt: skip

    def accept(self, deliveries: Sequence[Delivery]) -> int:
        """Store deliveries in one transaction, committed on return; return how many were not known by their GUID.

        This is what stands between GitHub and its answer, so it goes to the driver itself.
        """
        rows = [
            (
                clean(x.guid, KEY), clean(x.event, KEY), micros(x.received_at), x.partition,
                whole(x.repository_id), whole(x.owner_id), 0, "pending", "", x.body,
            )
            for x in deliveries
        ]  # fmt: skip
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            if self._begin:
                cursor.execute(self._begin)
            cursor.executemany(self._insert, rows)
            connection.commit()
            return max(cursor.rowcount, 0)
        finally:
            connection.close()  # back to the pool, which rolls back what was not committed

    def pending(self, partition: int, limit: int, now: dt.datetime) -> list[Pending]:
        """Return waiting deliveries of a partition, oldest first.

        Those of a repository that is known and not ready (not watched or removed, or blocked until later) stay.
        """
        with reading(self._engine) as connection:
            asked = {"partition": partition, "now": now}
            ready = list(connection.execute(self._ready, asked).scalars())
            if not ready:
                return []
            asked = {"partition": partition, "repositories": ready, "most": limit}
            return [
                Pending(
                    guid=guid, event=event, received_at=at, partition=part, repository_id=repository, owner_id=owner,
                    body=bytes(body or b""), seq=seq, attempts=attempts,
                )
                for guid, event, at, part, repository, owner, body, seq, attempts in connection.execute(self._rows, asked)
            ]  # fmt: skip

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
            partitions = [found for (found,) in connection.execute(_PARTITIONS).all() if found is not None]
            return [
                partition
                for partition in partitions
                if connection.execute(self._stale, {"partition": partition, "now": now, "before": before}).first()
            ]

    def counts(self) -> dict[str, int]:
        """Return the number of deliveries in each state."""
        with reading(self._engine) as connection:
            return dict(connection.execute(select(d.c.state, func.count()).group_by(d.c.state)).all())

    def oldest_pending(self) -> dt.datetime | None:
        """Return when the delivery that waits longest was received; None when none waits."""
        first = select(func.min(d.c.seq)).where(d.c.finished_at.is_(None)).scalar_subquery()
        with reading(self._engine) as connection:
            return connection.execute(select(d.c.received_at).where(d.c.seq == first)).scalar()

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

    def prune(self, before: dt.datetime, *, forget_before: dt.datetime | None = None) -> int:
        """Drop the bodies of deliveries finished before a time; return how many.

        Their rows stay, so that GitHub can send them again in vain, until they were finished before `forget_before`.
        """
        dropped = self._in_steps(update(d).values(body=None), d.c.finished_at < before, d.c.body.is_not(None))
        if forget_before is not None:
            self._in_steps(delete(d), d.c.finished_at < forget_before)
        return dropped

    def _in_steps(self, change: Update | Delete, *which: ColumnElement[bool]) -> int:
        """Walk once through the table, in small transactions so that others write in between."""
        last = changed = 0
        while True:
            with writing(self._engine) as connection:
                query = select(d.c.seq).where(*which, d.c.seq > last).order_by(d.c.seq).limit(_PRUNE_ROWS)
                seqs = list(connection.execute(query).scalars())
                if not seqs:
                    return changed
                connection.execute(change.where(d.c.seq.in_(seqs)))
            last = seqs[-1]
            changed += len(seqs)


_FINISH = (
    update(d)
    .where(d.c.seq == bindparam("its_seq"), d.c.finished_at.is_(None))
    .values(state=bindparam("new_state"), note=bindparam("new_note"), finished_at=bindparam("now"))
)
_RETRY = (
    update(d)
    .where(d.c.seq == bindparam("its_seq"), d.c.finished_at.is_(None))
    .values(attempts=d.c.attempts + 1, note=bindparam("new_note"))
)


def _least(column: str, conditions: Mapping[str, object], above: object = None) -> Select[tuple[int]]:
    waiting = d.alias()
    found = select(func.min(waiting.c[column]).label("value")).where(waiting.c.finished_at.is_(None))
    for name, value in conditions.items():
        found = found.where(waiting.c[name] == value)
    return found if above is None else found.where(waiting.c[column] > above)


def _distinct(column: str, conditions: Mapping[str, object]) -> CTE:
    """Return the values of a column among waiting rows, by jumps through the index: the number of rows costs nothing."""
    seen = _least(column, conditions).cte(f"each_{column}", recursive=True)
    following = _least(column, conditions, seen.c.value).scalar_subquery()
    return seen.union_all(select(following).where(seen.c.value.is_not(None)))


_PARTITIONS = select(_distinct("partition", {}).c.value)


def _ready(*, stale: bool) -> Select[tuple[int]]:
    waiting = _distinct("repository_id", {"partition": bindparam("partition")})
    ready = r.c.state.in_(_READY_STATES) & or_(
        r.c.blocked_until.is_(None), r.c.blocked_until <= bindparam("now", type_=r.c.blocked_until.type)
    )
    query = (
        select(waiting.c.value)
        .select_from(waiting.outerjoin(r, r.c.id == waiting.c.value))
        .where(waiting.c.value.is_not(None), or_(r.c.id.is_(None), ready))
    )
    if not stale:
        return query
    oldest = (
        select(d.c.received_at)
        .where(d.c.finished_at.is_(None), d.c.partition == bindparam("partition"), d.c.repository_id == waiting.c.value)
        .order_by(d.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    return query.where(oldest < bindparam("before", type_=d.c.received_at.type)).limit(1)
