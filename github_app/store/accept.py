"""Taking deliveries in: what stands between GitHub and its answer, so it speaks to the driver itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor

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


_ROWS = """INSERT INTO deliveries (seq, guid, event, received_at, partition, repository_id, owner_id, attempts, state, note)
VALUES {} ON CONFLICT (guid) DO NOTHING"""
_BODIES = """INSERT INTO bodies (seq, body) SELECT column1, column2 FROM (VALUES {}) AS given
WHERE EXISTS (SELECT 1 FROM deliveries WHERE seq = column1)"""
_DIALECTS = {
    "sqlite": _Words(
        "BEGIN IMMEDIATE",  # nobody else takes a number until we commit
        "SELECT max(seq), ? FROM deliveries",
        lambda found, n: range((found[0][0] or 0) + 1, (found[0][0] or 0) + 1 + n),
        "(?, ?, ?, ?, ?, ?, ?, 0, 'pending', '')",
        "(?, ?)",
    ),
    "postgresql": _Words(
        "",  # psycopg begins by itself
        "SELECT nextval(pg_get_serial_sequence('deliveries', 'seq')) FROM generate_series(1, %s)",
        lambda found, _: [row[0] or 0 for row in found],
        "(%s, %s, %s, %s, %s, %s, %s, 0, 'pending', '')",
        "(%s::bigint, %s::bytea)",
    ),
}
_AT_ONCE = 500
"""Rows in one statement; a driver takes 32766 (SQLite) or 65535 (PostgreSQL) values."""


@lru_cache(maxsize=2 * _AT_ONCE)
def _statement(text: str, values: str, rows: int) -> str:
    return text.format(", ".join([values] * rows))


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
        seqs = words.seqs(cursor.fetchall(), len(deliveries))
        # In the order of their GUIDs, so that two transactions with the same ones never wait for each other in a ring.
        rows = sorted(map(_row, seqs, deliveries), key=itemgetter(1))
        bodies = [(seq, delivery.body) for seq, delivery in zip(seqs, deliveries, strict=True)]
        new = _insert(cursor, _ROWS, words.row, rows)
        _insert(cursor, _BODIES, words.body, bodies)  # all rows first: a body without one belongs to a repeated delivery
        connection.commit()
        return new
    finally:
        connection.close()  # back to the pool, which rolls back what was not committed


def _insert(cursor: DBAPICursor, text: str, values: str, rows: Sequence[tuple[object, ...]]) -> int:
    """Insert many rows with few statements; return how many were inserted.

    A driver lets go of the interpreter for every statement and then queues for it with the requests that pour in, so a
    statement for each row would cost more than the row.
    """
    inserted = 0
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        cursor.execute(_statement(text, values, len(part)), list(chain.from_iterable(part)))
        inserted += max(cursor.rowcount, 0)
    return inserted


def _row(seq: int, x: Delivery) -> tuple[int, str, str, int, int, int, int]:
    at = micros(x.received_at)
    return seq, clean(x.guid, KEY), clean(x.event, KEY), at, x.partition, whole(x.repository_id), whole(x.owner_id)
