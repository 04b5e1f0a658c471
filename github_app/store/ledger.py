"""The ledgers: who holds which power, per repository and organisation, with every change in a hash chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, select, text

from github_app.ledger import Entry, Holding, Ledger
from github_app.model import Power
from github_app.store import aliases, chain, holdings, verify
from github_app.store.aliases import Names
from github_app.store.chain import Head
from github_app.store.columns import KEY, clean, moment, person_of, utcnow
from github_app.store.engine import reading, snapshot
from github_app.store.holdings import POWERS, Found, StoredLedger
from github_app.store.schema import chains, entries


@dataclass(slots=True)
class _Batch:
    """What writing several ledgers comes to."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    claims: dict[str, dict[str, str]] = field(default_factory=dict)
    known: dict[str, Head] = field(default_factory=dict)
    gone: list[tuple[str, str, Power]] = field(default_factory=list)
    held: list[tuple[str, Holding]] = field(default_factory=list)


class Ledgers:
    """Verbs over `chains`, `entries`, `holdings` and `aliases`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._heads = _HEADS[engine.dialect.name]

    def load(
        self,
        scopes: Iterable[str],
        subject_keys: Iterable[str] | Mapping[str, Iterable[str]],
        connection: Connection | None = None,
    ) -> dict[str, Ledger]:
        """Return the ledgers of some repositories and organisations in four queries, however many they are.

        Args:
            scopes: `repo:ID` or `org:ID`.
            subject_keys: identity keys of the people the ledgers will be asked about, for all of them or by scope, which
                is less to read. Holders of any power are loaded anyway with all their names, except authors: of these
                only the ones named here.
            connection: a transaction to read in.
        """
        named = _by_scope(scopes, subject_keys)
        names = Names()
        with reading(self._engine, connection) as c:
            heads = {row.scope: row for row in c.execute(self._heads, _numbered(named, c.dialect.name))}
            names.read_keys(c, {clean(key, KEY) for keys in named.values() for key in keys})
            asked = {scope: _stored_as(keys, names.among(keys)) for scope, keys in named.items()}
            found = holdings.fetch(c, asked)
            # Whoever holds a power is known by all his names, also to a caller who did not think of him.
            names.read_subjects(c, {row.canonical for rows in found.values() for row in rows})
        return {scope: _ledger(scope, heads[scope], found[scope], names, named[scope]) for scope in named}

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
        _move_authors(connection, batch)
        holdings.drop(connection, batch.gone)
        holdings.put(connection, batch.held)
        for scope in batch.entries:
            _forget_changes(ledgers[scope], heads.get(scope, Head()))

    def append(self, connection: Connection, scope: str, new: Sequence[Entry]) -> None:
        """Add entries that change no holding to a chain."""
        chain.append(connection, {scope: list(new)})

    def holdings(self, scope: str) -> list[Holding]:
        """Return every holding of a repository or organisation, authors too, longest first."""
        with reading(self._engine) as connection:
            found = holdings.every(connection, scope)
        ledger = StoredLedger.of(Head(), found, {}, None)
        held = {(h.subject, h.power): h for row in found for h in ledger.powers_of(row.subject)}
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


def _by_scope(scopes: Iterable[str], keys: Iterable[str] | Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    if isinstance(keys, Mapping):
        return {scope: set(keys.get(scope, ())) for scope in scopes}
    same = set(keys)
    return dict.fromkeys(scopes, same)


def _stored_as(keys: Iterable[str], names: Mapping[str, str]) -> set[str]:
    return {clean(key, KEY) for key in (*keys, *names)}.union(names.values())


def _collect(batch: _Batch, scope: str, ledger: Ledger) -> None:
    new = batch.entries[scope] = []
    changed = {(s, p): h for (s, p), h in ledger.changed.items() if ledger.resolve(s) == s}
    if isinstance(ledger, StoredLedger):
        batch.known[scope] = ledger.head
        if ledger.merged:
            # Joined in another repository: said in this chain too, so that it can be replayed alone.
            now = utcnow()
            joined = sorted(ledger.merged.items())
            new.extend(Entry(at=now, kind="alias", subject=subject, detail={"key": key}) for key, subject in joined)
        for subject, power in sorted(ledger.stored()) if ledger.merged or ledger.new_aliases else ():
            target = ledger.merged.get(subject) or ledger.resolve(subject)
            if target != subject and (holding := ledger.holding(power, target)) is not None:
                batch.gone.append((scope, subject, power))
                changed[(holding.subject, power)] = holding
    new.extend(ledger.entries)
    if ledger.new_aliases:
        batch.claims[scope] = dict(ledger.new_aliases)
    batch.held.extend((scope, changed[key]) for key in sorted(changed))


def _move_authors(connection: Connection, batch: _Batch) -> None:
    """Follow new names also with authors that nobody asked about: the chain says from now on that they moved."""
    linked = {
        scope: {clean(key, KEY): clean(subject, KEY) for key, subject in claims.items() if key != subject}
        for scope, claims in batch.claims.items()
    }
    if not any(linked.values()):
        return
    moved: list[tuple[str, Holding]] = []
    for scope, rows in holdings.fetch_authors(connection, linked).items():
        for row in rows:
            batch.gone.append((scope, row.subject, row.holding.power))
            moved.append((scope, replace(row.holding, subject=linked[scope][row.subject])))
    holdings.put(connection, moved)


def _forget_changes(ledger: Ledger, head: Head) -> None:
    if isinstance(ledger, StoredLedger):
        ledger.written |= ledger.changed.keys()
        ledger.head, ledger.merged = head, {}
    ledger.entries.clear()
    ledger.changed.clear()
    ledger.new_aliases.clear()


def _ledger(scope: str, head: Any, found: Sequence[Found], names: Names, asked: Iterable[str]) -> StoredLedger:
    end = Head() if head.head is None else Head(head.length, head.head)
    known = names.among([*asked, *{row.canonical for row in found}])
    if scope.startswith("repo:"):
        return StoredLedger.of(end, found, known, None if head.learned is None else moment(head.learned))
    ledger = StoredLedger.of(end, found, known, None if head.settled_at is None else moment(head.settled_at))
    if ledger.settled_at is None:
        # GitHub does not tell an organisation's past, so it is settled from the first time we hear of it.
        ledger.settle(utcnow(), "first seen")
    return ledger


def _numbered(scopes: Iterable[str], dialect: str) -> dict[str, Any]:
    pairs = [(scope, int(scope[5:]) if scope.startswith("repo:") else 0) for scope in scopes]
    if dialect == "sqlite":
        return {"pairs": orjson.dumps(pairs).decode()}
    return {"scopes": [scope for scope, _ in pairs], "ids": [number for _, number in pairs]}


_HEADS = {
    "sqlite": text("""
SELECT json_extract(w.value, '$[0]') AS scope, c.length, c.head, c.settled_at, r.settled_at AS learned
FROM json_each(:pairs) AS w
LEFT JOIN chains AS c ON c.scope = json_extract(w.value, '$[0]')
LEFT JOIN repositories AS r ON r.id = json_extract(w.value, '$[1]')"""),
    "postgresql": text("""
SELECT w.scope, c.length, c.head, c.settled_at, r.settled_at AS learned
FROM unnest(CAST(:scopes AS text[]), CAST(:ids AS bigint[])) AS w(scope, id)
LEFT JOIN chains AS c ON c.scope = w.scope
LEFT JOIN repositories AS r ON r.id = w.id"""),
}


def _entry(row: Any) -> Entry:
    return Entry(
        at=row.at,
        kind=row.kind,
        subject=row.subject,
        power=POWERS.get(row.power),
        person=person_of(row.person),
        by=None if row.by_person is None else person_of(row.by_person),
        detail=orjson.loads(row.detail),
    )
