"""How guards and inventory were when they were last seen: the memory that a difference is told from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, bindparam, delete, select

from github_app.estate import Setting, Settings
from github_app.store.columns import PAGE, among, canonical, clean
from github_app.store.engine import inserting, reading
from github_app.store.schema_snapshots import snapshots as s


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One thing as it was seen; `scope` as in the ledger (`repo:7`, `org:70`), `kind` one of `Guard` or `Thing`.

    Without settings it is gone.
    """

    scope: str
    kind: str
    key: str
    name: str
    settings: Settings
    seen_at: dt.datetime


class Snapshots:
    """Verbs over `snapshots`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        among_keys = among(s.c.key, "keys", engine.dialect.name)
        self._some = select(s).where(s.c.scope == bindparam("scope"), s.c.kind == bindparam("kind"), among_keys)
        among_scopes = among(s.c.scope, "scopes", engine.dialect.name)
        self._having = select(s).where(among_scopes, s.c.kind == bindparam("kind"), s.c.key.like(bindparam("keys")))
        among_kinds = among(s.c.kind, "kinds", engine.dialect.name)
        self._of = select(s).where(among_scopes, among_kinds)
        put = inserting(engine.dialect.name, s)
        new = {name: put.excluded[name] for name in ("name", "settings", "seen_at")}
        self._put = put.on_conflict_do_update(index_elements=[s.c.scope, s.c.kind, s.c.key], set_=new)

    def all(self, scope: str, kind: str, connection: Connection | None = None) -> dict[str, Snapshot]:
        """Return everything of one kind in a scope, by key."""
        query = select(s).where(s.c.scope == scope, s.c.kind == kind)
        with reading(self._engine, connection) as conn:
            return {row["key"]: _snapshot(row) for row in conn.execute(query).mappings()}

    def get_many(
        self, wanted: Collection[tuple[str, str, str]], connection: Connection | None = None
    ) -> dict[tuple[str, str, str], Snapshot]:
        """Return those of the wanted (scope, kind, key) that are known."""
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for scope, kind, key in sorted(set(wanted)):
            groups[scope, kind].append(key)
        found: dict[tuple[str, str, str], Snapshot] = {}
        if groups:
            with reading(self._engine, connection) as conn:
                for (scope, kind), names in groups.items():
                    for row in conn.execute(self._some, {"scope": scope, "kind": kind, "keys": names}).mappings():
                        found[scope, kind, row["key"]] = _snapshot(row)
        return found

    def having(self, scopes: Collection[str], kind: str, prefix: str) -> list[Snapshot]:
        """Return everything of one kind in some scopes whose key begins so, without what is gone."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                self._having, {"scopes": sorted(scopes), "kind": kind, "keys": f"{prefix}%"}
            ).mappings()
            return [found for row in rows if (found := _snapshot(row)).settings]

    def of(self, scopes: Collection[str], kinds: Collection[str]) -> list[Snapshot]:
        """Return everything of some kinds in some scopes, what is remembered as gone as well."""
        with self._engine.connect() as connection:
            rows = connection.execute(self._of, {"scopes": sorted(scopes), "kinds": sorted(kinds)}).mappings()
            return [_snapshot(row) for row in rows]

    def put(self, connection: Connection, snapshot: Snapshot) -> None:
        """Remember how a thing is now, in place of how it was."""
        pairs = [[clean(x.name, PAGE), clean(x.value, PAGE)] for x in snapshot.settings]
        values = {
            "scope": snapshot.scope,
            "kind": snapshot.kind,
            "key": snapshot.key,
            "name": snapshot.name,
            "settings": canonical(pairs).decode(),
            "seen_at": snapshot.seen_at,
        }
        connection.execute(self._put, values)

    def drop(self, connection: Connection, scope: str, kind: str, key: str) -> None:
        """Forget a thing that is gone."""
        connection.execute(delete(s).where(s.c.scope == scope, s.c.kind == kind, s.c.key == key))

    def prune(self, before: dt.datetime) -> None:
        """Forget what was seen to be gone before a time."""
        with self._engine.begin() as connection:
            connection.execute(delete(s).where(s.c.settings == "[]", s.c.seen_at < before))


def _snapshot(row: object) -> Snapshot:
    values = dict(row)  # type: ignore[call-overload]  # a mapping of SQLAlchemy's
    pairs = orjson.loads(values.pop("settings"))
    return Snapshot(**values, settings=tuple(Setting(name=name, value=value) for name, value in pairs))
