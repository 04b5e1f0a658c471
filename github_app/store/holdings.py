"""Rows of `holdings` as ledgers and back. The hottest reading of the program: no type of SQLAlchemy converts anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, TextClause, bindparam, case, delete, func, text

from github_app.ledger import Holding, Ledger
from github_app.model import Power
from github_app.store.chain import Head
from github_app.store.columns import KEY, clean, moment, person_of, person_text
from github_app.store.engine import inserting
from github_app.store.schema import holdings as h

POWERS = {power.value: power for power in Power}
_KEYS = ("scope", "subject", "power")


class Found(NamedTuple):
    """A stored holding: the name it is stored under, the name its subject has by now, and the holding itself."""

    subject: str
    canonical: str
    holding: Holding


class StoredLedger(Ledger):
    """A ledger that remembers what it was loaded from, so that writing it back can tell what is out of date."""

    head: Head
    found: list[Found]
    merged: dict[str, str]
    written: set[tuple[str, Power]]

    @classmethod
    def of(
        cls, head: Head, found: Iterable[Found], names: Mapping[str, str], settled_at: dt.datetime | None
    ) -> StoredLedger:
        """Build a ledger from its rows; those of a subject that is now known by another name are combined."""
        rows = sorted(found, key=_order)
        merged = {row.subject: row.canonical for row in rows if row.canonical != row.subject}
        ledger = cls((row.holding for row in rows), {**names, **merged} if merged else names, settled_at)
        ledger.head, ledger.found, ledger.merged, ledger.written = head, rows, merged, set()
        return ledger

    def stored(self) -> set[tuple[str, Power]]:
        """Return subject and power of every row that this ledger was built from or has written."""
        return self.written.union((row.subject, row.holding.power) for row in self.found)


def _order(row: Found) -> tuple[bool, dt.datetime, str, Power]:
    return row.canonical != row.subject, row.holding.since, row.subject, row.holding.power


def fetch(connection: Connection, wanted: Mapping[str, Collection[str]]) -> dict[str, list[Found]]:
    """Return what is held in some scopes: of authors only the named ones, of everybody else everything."""
    return _grouped(connection, _FETCH, wanted)


def fetch_authors(connection: Connection, wanted: Mapping[str, Collection[str]]) -> dict[str, list[Found]]:
    """Return only the named authors of some scopes."""
    return _grouped(connection, _FETCH_AUTHORS, wanted)


def _grouped(
    connection: Connection, query: Mapping[str, TextClause], wanted: Mapping[str, Collection[str]]
) -> dict[str, list[Found]]:
    dialect = connection.dialect.name
    scopes, pairs = list(wanted), [(scope, subject) for scope, subjects in wanted.items() for subject in subjects]
    asked: dict[str, Any] = (
        {"scopes": orjson.dumps(scopes).decode(), "pairs": orjson.dumps(pairs).decode()}
        if dialect == "sqlite"
        else {"scopes": scopes, "of": [scope for scope, _ in pairs], "named": [subject for _, subject in pairs]}
    )
    found: dict[str, list[Found]] = {scope: [] for scope in scopes}
    for row in connection.execute(query[dialect], asked).all():
        if row[3] in POWERS:
            found[row[0]].append(_found(tuple(row)))
    return found


def every(connection: Connection, scope: str) -> list[Found]:
    """Return everything that is held in a scope, by authors too."""
    return [_found(tuple(row)) for row in connection.execute(_EVERY, {"scope": scope}) if row[3] in POWERS]


def put(connection: Connection, held: Sequence[tuple[str, Holding]]) -> None:
    """Store holdings of scopes, in place of what was there."""
    if held:
        connection.execute(_UPSERT[connection.dialect.name], [_stored(scope, holding) for scope, holding in held])


def drop(connection: Connection, rows: Sequence[tuple[str, str, Power]]) -> None:
    """Remove rows, by scope, subject and power."""
    if rows:
        connection.execute(_DELETE, [{"scope": c, "subject": s, "power": p.value} for c, s, p in rows])


@lru_cache(maxsize=16384)
def _found(row: tuple[Any, ...]) -> Found:
    """Build a holding, or take the one built from an equal row: between two batches most rows are as they were."""
    (
        _,
        subject,
        canonical,
        power,
        person,
        since,
        granted_at,
        granted_by,
        first_used,
        last_used,
        uses,
        revoked_at,
        expected,
    ) = row
    holding = Holding(
        subject=subject,
        power=POWERS[power],
        person=person_of(person),
        since=moment(since),
        granted_at=None if granted_at is None else moment(granted_at),
        granted_by=None if granted_by is None else person_of(granted_by),
        first_used=None if first_used is None else moment(first_used),
        last_used=None if last_used is None else moment(last_used),
        uses=uses,
        revoked_at=None if revoked_at is None else moment(revoked_at),
        expected=bool(expected),
    )
    return Found(subject, canonical or subject, holding)


def _stored(scope: str, held: Holding) -> dict[str, Any]:
    return {
        "scope": scope,
        "subject": clean(held.subject, KEY),
        "power": held.power.value,
        "person": person_text(held.person),
        "since": held.since,
        "granted_at": held.granted_at,
        "granted_by": None if held.granted_by is None else person_text(held.granted_by),
        "first_used": held.first_used,
        "last_used": held.last_used,
        "uses": held.uses,
        "revoked_at": held.revoked_at,
        "expected": held.expected,
    }


def _upsert(dialect: str) -> Any:
    insert = inserting(dialect, h)
    new = insert.excluded
    values: dict[str, Any] = {c.name: new[c.name] for c in h.c if c.name not in _KEYS}
    least = func.min if dialect == "sqlite" else func.least
    for first in ("since", "first_used"):
        # Whoever did not ask for an author writes him as new; what was first stays first, and a grant stays.
        values[first] = func.coalesce(least(new[first], h.c[first]), new[first], h.c[first])
    values["granted_at"] = func.coalesce(new.granted_at, h.c.granted_at)
    values["granted_by"] = case((new.granted_at.is_(None), h.c.granted_by), else_=new.granted_by)
    return insert.on_conflict_do_update(index_elements=list(_KEYS), set_=values)


_COLUMNS = """
    h.scope, h.subject, a.subject AS canonical, h.power, h.person, h.since, h.granted_at, h.granted_by,
    h.first_used, h.last_used, h.uses, h.revoked_at, h.expected"""
# The index by name, because without statistics SQLite prefers the primary key and walks over every author; the literal,
# because only then does it see that this index covers the question.
_POWERFUL = {
    "sqlite": """
FROM holdings AS h INDEXED BY holdings_powers LEFT JOIN aliases AS a ON a.key = h.subject
WHERE h.scope IN (SELECT value FROM json_each(:scopes)) AND h.power <> 'author'""",
    "postgresql": """
FROM holdings AS h LEFT JOIN aliases AS a ON a.key = h.subject
WHERE h.scope = ANY(:scopes) AND h.power <> 'author'""",
}
_AUTHORS = {
    "sqlite": """
FROM json_each(:pairs) AS w
CROSS JOIN holdings AS h ON h.scope = json_extract(w.value, '$[0]') AND h.subject = json_extract(w.value, '$[1]')
LEFT JOIN aliases AS a ON a.key = h.subject
WHERE h.power = 'author'""",
    "postgresql": """
FROM unnest(CAST(:of AS text[]), CAST(:named AS text[])) AS w(scope, subject)
JOIN holdings AS h ON h.scope = w.scope AND h.subject = w.subject
LEFT JOIN aliases AS a ON a.key = h.subject
WHERE h.power = 'author'""",
}
_FETCH = {
    dialect: text(f"SELECT{_COLUMNS}{_POWERFUL[dialect]} UNION ALL SELECT{_COLUMNS}{_AUTHORS[dialect]}")
    for dialect in ("sqlite", "postgresql")
}
_FETCH_AUTHORS = {dialect: text(f"SELECT{_COLUMNS}{_AUTHORS[dialect]}") for dialect in ("sqlite", "postgresql")}
_EVERY = text(f"SELECT{_COLUMNS} FROM holdings AS h LEFT JOIN aliases AS a ON a.key = h.subject WHERE h.scope = :scope")
_UPSERT = {dialect: _upsert(dialect) for dialect in ("sqlite", "postgresql")}
_DELETE = delete(h).where(*(h.c[name] == bindparam(name) for name in _KEYS))
