"""Finding out whether somebody changed the ledger behind our back.

Every chain is walked from its first entry, holdings, links and verdicts are compared with what the entries say, and
the chains themselves with the list of those that were begun. Whoever can write to the database and knows this
program can still rewrite all of it consistently; an `anchor` written down elsewhere shows that too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, TableClause, column, func, select, table, text

from github_app.store.chain import ROOT, START, Head, seal
from github_app.store.columns import canonical
from github_app.store.replay import Replay, differences
from github_app.store.verdicts import Verdicts

_MOST = 20
"""Most problems reported for one chain; after that many it is clear."""

# Without our types: what was tampered with may not be a time or a person any more.
_ENTRIES = table(
    "entries",
    *map(column, ("seq", "scope", "n", "at", "kind", "subject", "power", "person", "by_person", "detail", "hash")),
)
_CHAINS = table("chains", *map(column, ("scope", "length", "head")))
_HOLDINGS = table(
    "holdings",
    *map(
        column,
        ("scope", "subject", "power", "since", "granted_at", "granted_by", "first_used", "revoked_at", "expected"),
    ),
)
_ALIASES = table("aliases", column("key"), column("subject"))


def anchor(connection: Connection) -> str:
    """Return a short text that fixes everything the chains say now: the last entry's number and a hash of all ends."""
    if connection.dialect.name == "postgresql":
        # Numbers are given out before they are committed; wait for those under way.
        connection.execute(text("LOCK TABLE entries IN SHARE MODE"))
    last = connection.execute(select(func.max(_ENTRIES.c.seq))).scalar() or 0
    heads = {row.scope: Head(row.length, row.head) for row in connection.execute(_all(_CHAINS))}
    return _anchor(last, heads)


def _anchor(last: int, heads: dict[str, Head]) -> str:
    ends = [[scope, heads[scope].length, heads[scope].hash] for scope in sorted(heads)]
    return f"{last}.{hashlib.sha256(canonical(ends)).hexdigest()}"


def verify(connection: Connection, old_anchor: str | None = None) -> list[str]:
    """Return what is wrong with the ledger, in plain sentences; nothing when it is intact.

    Args:
        connection: a transaction that sees one state of the database.
        old_anchor: an earlier answer of `anchor`; the chains must still contain what they said then.
    """
    return list(_Verification(connection, old_anchor).problems())


class _Verification:
    def __init__(self, connection: Connection, old_anchor: str | None) -> None:
        self._connection = connection
        self._anchor = old_anchor
        last = (old_anchor or "").partition(".")[0]
        self._anchored = int(last) if last.isascii() and last.isdigit() else 0
        self._anchored_heads: dict[str, Head] = {}
        self._begun: set[str] = set()
        self._seen: set[str] = set()
        self._linked: dict[str, set[str]] = {}
        self._verdicts = Verdicts()

    def problems(self) -> Iterator[str]:
        heads = {row.scope: Head(row.length, row.head) for row in self._connection.execute(_all(_CHAINS))}
        query = _all(_ENTRIES).order_by(_ENTRIES.c.scope, _ENTRIES.c.n)
        rows = self._connection.execution_options(yield_per=1000).execute(query).mappings()
        for scope, mine in groupby(rows, key=lambda row: str(row["scope"])):
            self._seen.add(scope)
            yield from self._chain(scope, heads.get(scope), [dict(row) for row in mine])
        yield from self._vanished(heads)
        yield from self._names()
        yield from self._verdicts.problems(self._connection)
        if self._anchor is not None and not re.fullmatch(r"\d+\.[0-9a-f]{64}", self._anchor):
            yield "what was given as an anchor is none"
        elif self._anchor is not None and _anchor(self._anchored, self._anchored_heads) != self._anchor:
            yield "the ledger does not contain what it said when the anchor was taken: it was rewritten since"

    def _chain(self, scope: str, head: Head | None, rows: list[dict[str, Any]]) -> Iterator[str]:
        found = [*_links(scope, rows), *_end(scope, head, rows)]
        yield from found[:_MOST]
        replay = Replay()
        for row in rows:
            if row["seq"] <= self._anchored:
                self._anchored_heads[scope] = Head(row["n"], row["hash"])
        if found:
            return  # what follows from a broken chain proves nothing
        try:
            for row in rows:
                replay.tell(row)
                self._verdicts.tell(row)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            yield f"{scope}: an entry cannot be understood, so nothing could be compared with it"
            return
        if scope == ROOT:
            self._begun = {row["subject"] for row in rows}
            return
        for key, subjects in replay.linked.items():
            self._linked.setdefault(key, set()).update(subjects)
        stored = self._connection.execute(_all(_HOLDINGS).where(_HOLDINGS.c.scope == scope)).mappings()
        yield from (f"{scope}: {sentence}" for sentence in differences(replay, [dict(row) for row in stored])[:_MOST])

    def _vanished(self, heads: dict[str, Head]) -> Iterator[str]:
        for scope in sorted((self._begun | heads.keys()) - self._seen):
            yield f"{scope}: its entries are missing, all of them"
        for scope in sorted(self._begun - heads.keys()):
            yield f"{scope}: the record of where its chain ends is missing"
        if self._begun or ROOT not in self._seen:
            for scope in sorted(self._seen - self._begun - {ROOT}):
                yield f"{scope}: nothing says that this chain was ever begun"
        known = self._seen | self._begun | heads.keys()
        for scope in self._connection.execute(select(_HOLDINGS.c.scope).distinct()).scalars():
            if scope not in known:
                yield f"{scope}: it has holdings and no entries that explain them"

    def _names(self) -> Iterator[str]:
        """Names are shared by all chains: each link must have been said by one of them."""
        names: dict[str, str] = dict(self._connection.execute(_all(_ALIASES)).all())
        for key, subject in sorted(names.items()):
            said = {names.get(s, s) for s in self._linked.get(key, ())}
            if key != subject and subject not in said:
                yield f"{key} is said to be {subject}, and no entry explains it"
        for key in sorted(self._linked.keys() - names.keys()):
            yield f"{key} was linked to {', '.join(sorted(self._linked[key]))}, and the link is missing"


def _all(of: TableClause) -> Any:
    return select(*of.c)


def _links(scope: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    previous: str | None = START
    expected, last_seq = 1, 0
    for row in rows:
        n = row["n"]
        if n != expected:
            several = n - expected > 1
            which = f"entries {expected} to {n - 1} are" if several else f"entry {expected} is"
            yield f"{scope}: {which} missing"
            previous = None  # its hash is lost, so this one entry cannot be checked
        elif row["seq"] <= last_seq:
            yield f"{scope}: entry {n} is not in the place where it was written"
        if previous is not None and not _sealed(previous, row):
            yield f"{scope}: entry {n} was changed: its contents do not match its hash"
        previous, expected, last_seq = row["hash"], n + 1, row["seq"]


def _sealed(previous: str, row: dict[str, Any]) -> bool:
    try:
        return bool(seal(previous, row) == row["hash"])
    except (TypeError, ValueError):  # something that was never JSON stands there now
        return False


def _end(scope: str, head: Head | None, rows: list[dict[str, Any]]) -> Iterator[str]:
    if head is None:
        yield f"{scope}: the record of where its chain ends is missing"
        return
    last = rows[-1]
    if last["n"] < head.length:
        yield f"{scope}: the last entries are missing: {head.length} were written, {last['n']} are there"
    elif last["n"] > head.length:
        yield f"{scope}: there are entries after the end of the chain, {last['n']} instead of {head.length}"
    elif last["hash"] != head.hash:
        yield f"{scope}: the chain does not end as recorded"
