"""The hash chains: one per scope, each entry sealed with the hash of the one before it.

A scope is `repo:ID` or `org:ID`. The chain `chains` has an entry for each scope that was ever begun, so that a whole
chain cannot vanish either. Somebody who may write to the database could still rewrite everything in it; against that
helps an anchor kept elsewhere, see `github_app.store.verify`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from github_app.ledger import Entry
from github_app.store.columns import KEY, among, canonical, clean, detail_text, micros, person_text, utcnow
from github_app.store.engine import ConflictError
from github_app.store.schema import chains, entries

ROOT = "chains"
"""The scope whose entries say which scopes were begun."""
START = "0" * 64
"""What stands for the hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many entries it has and the hash of the last."""

    length: int = 0
    hash: str = START


def seal(previous: str, row: Mapping[str, Any]) -> str:
    """Return the hash of an entry as stored (`at` in microseconds): SHA-256 over canonical JSON of all its fields."""
    fields = {
        "scope": row["scope"],
        "n": row["n"],
        "previous": previous,
        "at": row["at"],
        "kind": row["kind"],
        "subject": row["subject"],
        "power": row["power"],
        "person": row["person"],
        "by": row["by_person"],
        "detail": row["detail"],
    }
    return hashlib.sha256(canonical(fields)).hexdigest()


def append(
    connection: Connection, additions: Mapping[str, Sequence[Entry]], known: Mapping[str, Head] | None = None
) -> dict[str, Head]:
    """Add entries to the ends of chains; return the new end of each scope named.

    Args:
        connection: the transaction to write in.
        additions: entries for each scope; a scope without any is only checked.
        known: where those chains ended when their ledger was loaded.

    Raises:
        ConflictError: a chain has grown since, or grows right now in another transaction.
    """
    if not additions:
        return {}
    heads = lock(connection, additions)
    for scope, head in (known or {}).items():
        if scope in additions and heads.get(scope, Head()) != head:
            raise ConflictError(f"the ledger of {scope} was changed by somebody else")
    begun = sorted(s for s in additions if s not in heads and additions[s])
    if begun:
        now = utcnow()
        births = [Entry(at=now, kind="scope", subject=scope) for scope in begun]
        additions = {**additions, ROOT: [*additions.get(ROOT, ()), *births]}
        heads |= lock(connection, [ROOT])
        missing = [s for s in (ROOT, *begun) if s not in heads]
        _begin(connection, missing)
        heads |= dict.fromkeys(missing, Head())
    rows: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    for scope in sorted(additions):
        if additions[scope]:
            old = heads[scope]
            heads[scope] = _link(scope, old, additions[scope], rows)
            moved.append(_move(scope, old, heads[scope], additions[scope]))
    if rows:
        connection.execute(_INSERT, rows)
        if connection.execute(_MOVE, moved).rowcount != len(moved):
            raise ConflictError("a ledger was changed by somebody else")
    return heads


def _link(scope: str, head: Head, new: Sequence[Entry], rows: list[dict[str, Any]]) -> Head:
    n, previous = head.length, head.hash
    for entry in new:
        n += 1
        row: dict[str, Any] = {
            "scope": scope,
            "n": n,
            "at": micros(entry.at),
            "kind": clean(entry.kind, KEY),
            "subject": clean(entry.subject, KEY),
            "power": None if entry.power is None else entry.power.value,
            "person": person_text(entry.person),
            "by_person": None if entry.by is None else person_text(entry.by),
            "detail": detail_text(entry.detail),
        }
        previous = row["hash"] = seal(previous, row)
        row["at"] = entry.at
        rows.append(row)
    return Head(n, previous)


def _move(scope: str, old: Head, new: Head, added: Sequence[Entry]) -> dict[str, Any]:
    settled = [entry.at for entry in added if entry.kind == "settled"]
    return {
        "its_scope": scope,
        "old_length": old.length,
        "new_length": new.length,
        "new_head": new.hash,
        "settled": settled[0] if settled else None,
    }


def lock(connection: Connection, scopes: Iterable[str]) -> dict[str, Head]:
    """Return the ends of chains and keep others from moving them until the transaction ends.

    PostgreSQL locks the rows, in one order everywhere, so that writers queue and never deadlock.
    """
    found = connection.execute(_HEADS[connection.dialect.name], {"scopes": sorted(scopes)})
    return {scope: Head(length, head) for scope, length, head in found}


def _begin(connection: Connection, scopes: Sequence[str]) -> None:
    if not scopes:
        return
    try:
        connection.execute(insert(chains), [{"scope": s, "length": 0, "head": START} for s in scopes])
    except IntegrityError as error:
        raise ConflictError("the same ledger was begun by somebody else") from error


_HEADS = {
    dialect: select(chains.c.scope, chains.c.length, chains.c.head)
    .where(among(chains.c.scope, "scopes", dialect))
    .order_by(chains.c.scope)
    .with_for_update()  # SQLite's dialect leaves it out: there the whole transaction holds the lock
    for dialect in ("sqlite", "postgresql")
}


_INSERT = insert(entries)
_MOVE = (
    update(chains)
    .where(chains.c.scope == bindparam("its_scope"), chains.c.length == bindparam("old_length"))
    .values(
        length=bindparam("new_length"),
        head=bindparam("new_head"),
        # the first time stands: later ones only say that the past was read again
        settled_at=func.coalesce(chains.c.settled_at, bindparam("settled", type_=chains.c.settled_at.type)),
    )
)
