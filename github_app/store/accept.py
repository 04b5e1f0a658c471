"""Taking deliveries in: what stands between GitHub and its answer, so it speaks to the driver itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from sqlalchemy import Engine

from github_app.store.columns import KEY, clean, micros, whole
from github_app.store.engine import in_line


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


@dataclass(frozen=True, slots=True)
class _Words:
    """How a driver is told: numbers come first, because a row and its body share one."""

    begin: str
    numbers: str
    seqs: Callable[[Sequence[Sequence[int | None]], int], Sequence[int]]
    row: str
    body: str


_ROW = """INSERT INTO deliveries (seq, guid, event, received_at, partition, repository_id, owner_id, attempts, state, note)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'pending', '') ON CONFLICT (guid) DO NOTHING"""
_BODY = "INSERT INTO bodies (seq, body) SELECT {}, {} WHERE EXISTS (SELECT 1 FROM deliveries WHERE seq = {})"
_DIALECTS = {
    "sqlite": _Words(
        "BEGIN IMMEDIATE",  # nobody else takes a number until we commit
        "SELECT max(seq), ? FROM deliveries",
        lambda found, n: range((found[0][0] or 0) + 1, (found[0][0] or 0) + 1 + n),
        _ROW,
        _BODY.format("?", "?", "?"),
    ),
    "postgresql": _Words(
        "",  # psycopg begins by itself
        "SELECT nextval(pg_get_serial_sequence('deliveries', 'seq')) FROM generate_series(1, %s)",
        lambda found, _: [row[0] or 0 for row in found],
        _ROW.replace("?", "%s"),
        _BODY.format("%s::bigint", "%s::bytea", "%s::bigint"),
    ),
}


def accept(engine: Engine, deliveries: Sequence[Delivery]) -> int:
    """Store deliveries in one transaction, committed on return; return how many were not known by their GUID."""
    if not deliveries:
        return 0
    words = _DIALECTS[engine.dialect.name]
    with in_line(engine):
        return _accept(engine, words, deliveries)


def _accept(engine: Engine, words: _Words, deliveries: Sequence[Delivery]) -> int:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        if words.begin:
            cursor.execute(words.begin)
        cursor.execute(words.numbers, (len(deliveries),))
        numbered = list(zip(words.seqs(cursor.fetchall(), len(deliveries)), deliveries, strict=True))
        # In the order of their GUIDs, so that two transactions with the same ones never wait for each other in a ring.
        cursor.executemany(words.row, sorted((_row(seq, delivery) for seq, delivery in numbered), key=itemgetter(1)))
        new = cursor.rowcount
        cursor.executemany(words.body, [(seq, delivery.body, seq) for seq, delivery in numbered])
        connection.commit()
        return new
    finally:
        connection.close()  # back to the pool, which rolls back what was not committed


def _row(seq: int, x: Delivery) -> tuple[int, str, str, int, int, int, int]:
    at = micros(x.received_at)
    return seq, clean(x.guid, KEY), clean(x.event, KEY), at, x.partition, whole(x.repository_id), whole(x.owner_id)
