"""The ledgers: who holds which power, per repository and organisation, with every change in a hash chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Connection,
    Engine,
    Select,
    Text,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    union_all,
)

from github_app.ledger import Entry, Holding, Ledger
from github_app.model import Power
from github_app.store import aliases, chain, verify
from github_app.store.chain import Head
from github_app.store.columns import KEY, among, clean, person_of, person_text, utcnow
from github_app.store.engine import inserting, reading, snapshot
from github_app.store.schema import aliases as alias_table
from github_app.store.schema import chains, entries, holdings, repositories

_POWERS = {power.value: power for power in Power}


class StoredLedger(Ledger):
    """A ledger that remembers what it was loaded from, so that writing it back can tell what is out of date."""

    head: Head
    rows: frozenset[tuple[str, str]]
    merged: dict[str, str]

    @classmethod
    def of(cls, head: Head, rows: Sequence[_Row], names: Mapping[str, str], settled_at: datetime | None) -> StoredLedger:
        """Build a ledger from its rows; those of a subject that is now known by another name are combined."""
        merged = {row.subject: row.canonical for row in rows if row.canonical != row.subject}
        ordered = sorted(rows, key=lambda row: (row.subject in merged, row.holding.since, row.subject, row.holding.power))
        ledger = cls((row.holding for row in ordered), {**names, **merged}, settled_at)
        ledger.head, ledger.merged = head, merged
        ledger.rows = frozenset((row.subject, row.holding.power.value) for row in rows)
        return ledger


@dataclass(frozen=True, slots=True)
class _Row:
    scope: str
    subject: str
    canonical: str
    holding: Holding


@dataclass(slots=True)
class _Batch:
    """What writing several ledgers comes to."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    claims: dict[str, dict[str, str]] = field(default_factory=dict)
    known: dict[str, Head] = field(default_factory=dict)
    gone: list[dict[str, str]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


class Ledgers:
    """Verbs over `chains`, `entries`, `holdings` and `aliases`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        dialect = engine.dialect.name
        self._heads = select(chains.c.scope, chains.c.length, chains.c.head, chains.c.settled_at).where(
            among(chains.c.scope, "scopes", dialect)
        )
        self._settled = select(repositories.c.id, repositories.c.settled_at).where(
            among(repositories.c.id, "ids", dialect, BigInteger())
        )
        self._held = _holdings_query(dialect)

    def load(
        self, scopes: Iterable[str], subject_keys: Iterable[str], connection: Connection | None = None
    ) -> dict[str, Ledger]:
        """Return the ledgers of some repositories and organisations in four queries, however many they are.

        Args:
            scopes: `repo:ID` or `org:ID`.
            subject_keys: identity keys of the people the ledgers will be asked about. Holders of any power are loaded
                anyway, except authors: of these only the ones named here, and their other names.
            connection: a transaction to read in.
        """
        wanted = list(dict.fromkeys(scopes))
        keys = {raw: clean(raw, KEY) for raw in subject_keys}
        with reading(self._engine, connection) as c:
            heads = {row.scope: row for row in c.execute(self._heads, {"scopes": wanted})}
            settled = dict(c.execute(self._settled, {"ids": _repository_ids(wanted)}).all())
            names = aliases.of_keys(c, list(keys.values()))
            subjects = list({*keys.values(), *names, *names.values()})
            rows: dict[str, list[_Row]] = {scope: [] for scope in wanted}
            for found in c.execute(self._held, {"scopes": wanted, "subjects": subjects}):
                if found.power in _POWERS:
                    rows[found.scope].append(_row(found))
        # A key that had to be shortened is asked for by its full name.
        names |= {raw: names.get(key, key) for raw, key in keys.items() if raw != key}
        return {scope: _ledger(scope, heads.get(scope), rows[scope], names, settled) for scope in wanted}

    def write(self, connection: Connection, ledgers: Mapping[str, Ledger]) -> None:
        """Store what ledgers learned and clear it there; after a rollback load them anew.

        Raises:
            ConflictError: another transaction wrote to one of these ledgers since it was loaded.
        """
        batch = _Batch()
        for scope in sorted(ledgers):
            ledger = ledgers[scope]
            if ledger.entries or ledger.changed or ledger.new_aliases:
                _collect(batch, scope, ledger)
        if not batch.entries:
            return
        for scope, joined in aliases.join(connection, batch.claims).items():
            batch.entries[scope].extend(joined)
        heads = chain.append(connection, batch.entries, batch.known)
        if batch.gone:
            connection.execute(_DELETE, batch.gone)
        if batch.rows:
            connection.execute(_UPSERT[connection.dialect.name], batch.rows)
        for scope in batch.entries:
            _forget_changes(ledgers[scope], heads.get(scope, Head()))

    def append(self, connection: Connection, scope: str, new: Sequence[Entry]) -> None:
        """Add entries that change no holding to a chain."""
        chain.append(connection, {scope: list(new)})

    def holdings(self, scope: str) -> list[Holding]:
        """Return every holding of a repository or organisation, authors too, longest first."""
        query = _select_holdings().where(holdings.c.scope == scope)
        with reading(self._engine) as connection:
            rows = [_row(found) for found in connection.execute(query) if found.power in _POWERS]
        ledger = StoredLedger.of(Head(), rows, {}, None)
        held = {(h.subject, h.power): h for row in rows for h in ledger.powers_of(row.subject)}
        return sorted(held.values(), key=lambda h: (h.since, h.subject, h.power))

    def entries(self, scope: str, limit: int = 100) -> list[Entry]:
        """Return the latest entries of a chain, newest first."""
        query = select(entries).where(entries.c.scope == scope).order_by(entries.c.n.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [_entry(row) for row in connection.execute(query)]

    def scopes(self) -> list[str]:
        """Return every repository and organisation that has a chain."""
        query = select(chains.c.scope).where(chains.c.scope != chain.ROOT).order_by(chains.c.scope)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def verify(self, anchor: str | None = None) -> list[str]:
        """Return what is wrong with the ledger, in plain sentences; nothing when it is intact.

        It finds entries and holdings that were changed, added, swapped or removed, up to whole chains, and with an
        `anchor` taken earlier also a history that was rewritten consistently.
        """
        with snapshot(self._engine) as connection:
            return verify.verify(connection, anchor)

    def anchor(self) -> str:
        """Return a short text that fixes all chains as they are now, to be kept outside the database."""
        with snapshot(self._engine) as connection:
            return verify.anchor(connection)


def _collect(batch: _Batch, scope: str, ledger: Ledger) -> None:
    new = batch.entries[scope] = []
    changed = {(s, p): h for (s, p), h in ledger.changed.items() if ledger.resolve(s) == s}
    if isinstance(ledger, StoredLedger):
        batch.known[scope] = ledger.head
        # Joined in another repository: said in this chain too, so that it can be replayed alone.
        now = utcnow()
        new.extend(Entry(at=now, kind="alias", subject=s, detail={"key": k}) for k, s in sorted(ledger.merged.items()))
        for subject, power in ledger.rows if ledger.merged or ledger.new_aliases else ():
            target = ledger.merged.get(subject) or ledger.resolve(subject)
            if target != subject and (holding := ledger.holding(_POWERS[power], target)) is not None:
                batch.gone.append({"scope": scope, "subject": subject, "power": power})
                changed[(holding.subject, holding.power)] = holding
    new.extend(ledger.entries)
    if ledger.new_aliases:
        batch.claims[scope] = dict(ledger.new_aliases)
    batch.rows.extend(_stored(scope, changed[key]) for key in sorted(changed))


def _forget_changes(ledger: Ledger, head: Head) -> None:
    if isinstance(ledger, StoredLedger):
        present = {(s, p) for s, p in ledger.rows if ledger.resolve(s) == s} | {(s, p.value) for s, p in ledger.changed}
        ledger.head, ledger.rows, ledger.merged = head, frozenset(present), {}
    ledger.entries.clear()
    ledger.changed.clear()
    ledger.new_aliases.clear()


def _ledger(
    scope: str, head: Any, rows: Sequence[_Row], names: Mapping[str, str], settled: Mapping[int, datetime | None]
) -> StoredLedger:
    end = Head() if head is None else Head(head.length, head.head)
    if scope.startswith("repo:"):
        return StoredLedger.of(end, rows, names, settled.get(int(scope[5:])))
    ledger = StoredLedger.of(end, rows, names, None if head is None else head.settled_at)
    if ledger.settled_at is None:
        # GitHub does not tell an organisation's past, so it is settled from the first time we hear of it.
        ledger.settle(utcnow(), "first seen")
    return ledger


def _repository_ids(scopes: Iterable[str]) -> list[int]:
    return [int(scope[5:]) for scope in scopes if scope.startswith("repo:")]


def _row(found: Any) -> _Row:
    holding = Holding(
        subject=found.subject,
        power=_POWERS[found.power],
        person=person_of(found.person),
        since=found.since,
        granted_at=found.granted_at,
        granted_by=None if found.granted_by is None else person_of(found.granted_by),
        first_used=found.first_used,
        last_used=found.last_used,
        uses=found.uses,
        revoked_at=found.revoked_at,
        expected=found.expected,
    )
    return _Row(found.scope, found.subject, found.canonical or found.subject, holding)


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


def _entry(row: Any) -> Entry:
    return Entry(
        at=row.at,
        kind=row.kind,
        subject=row.subject,
        power=_POWERS.get(row.power),
        person=person_of(row.person),
        by=None if row.by_person is None else person_of(row.by_person),
        detail=orjson.loads(row.detail),
    )


def _select_holdings() -> Select[Any]:
    joined = holdings.outerjoin(alias_table, alias_table.c.key == holdings.c.subject)
    return select(*holdings.c, alias_table.c.subject.label("canonical")).select_from(joined)


def _holdings_query(dialect: str) -> CompoundSelect[Any]:
    # A literal, because only then does SQLite see that its partial index covers the question.
    author = literal_column("'author'", Text())
    here = among(holdings.c.scope, "scopes", dialect)
    named = among(holdings.c.subject, "subjects", dialect)
    return union_all(
        _select_holdings().where(here, holdings.c.power != author),
        _select_holdings().where(here, holdings.c.power == author, named),
    )


def _upsert(dialect: str) -> Any:
    insert = inserting(dialect, holdings)
    keys = ("scope", "subject", "power")
    new = insert.excluded
    values: dict[str, Any] = {c.name: new[c.name] for c in holdings.c if c.name not in keys}
    least = func.min if dialect == "sqlite" else func.least
    for first in ("since", "first_used"):
        # Whoever did not ask for an author writes him as new; what was first stays first.
        values[first] = func.coalesce(least(new[first], holdings.c[first]), new[first], holdings.c[first])
    return insert.on_conflict_do_update(index_elements=list(keys), set_=values)


_UPSERT = {dialect: _upsert(dialect) for dialect in ("sqlite", "postgresql")}
_DELETE = delete(holdings).where(*(holdings.c[name] == bindparam(name) for name in ("scope", "subject", "power")))
