"""Which names are one subject, over all repositories.

Ledgers are judged apart and at once, so two of them can name the same account differently: one found its history
under an e-mail, the other had none and used the id. Here their claims are joined before they are stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from github_app.ledger import Entry
from github_app.store.columns import KEY, among, clean, utcnow
from github_app.store.engine import ConflictError, inserting
from github_app.store.schema import aliases as a


class Names:
    """Which keys belong to which subject, as far as was asked."""

    def __init__(self) -> None:
        self._subject: dict[str, str] = {}
        self._keys: dict[str, list[str]] = {}

    def read_keys(self, connection: Connection, keys: Collection[str]) -> None:
        """Get to know the subjects of some keys, and every other key of these."""
        self._add(connection.execute(_CLOSURE[connection.dialect.name], {"names": list(keys)}).all())

    def read_subjects(self, connection: Connection, subjects: Collection[str]) -> None:
        """Get to know every key of some subjects."""
        unread = [subject for subject in subjects if subject not in self._keys]
        self._add(connection.execute(_OF_SUBJECTS[connection.dialect.name], {"names": unread}).all())

    def _add(self, linked: Iterable[Sequence[str]]) -> None:
        for key, subject in linked:
            self._subject[key] = subject
            self._keys.setdefault(subject, []).append(key)

    def among(self, keys: Iterable[str]) -> dict[str, str]:
        """Return key -> subject for some keys and all other keys of their subjects; nothing for unknown keys.

        A key that had to be changed to be stored leads to what it is stored as.
        """
        found: dict[str, str] = {}
        for raw in keys:
            key = clean(raw, KEY)
            subject = self._subject.get(key, key)
            if raw != key:
                found[raw] = subject
            for other in self._keys.get(subject, ()):
                found[other] = subject
        return found


def join(connection: Connection, claims: Mapping[str, Mapping[str, str]]) -> dict[str, list[Entry]]:
    """Store what ledgers claim, scope -> key -> subject; return the entries that record a joining of two subjects.

    A key that is known keeps its subject, but a login can move to another account. When an account (`id:`) turns out to
    have two subjects, these become one, unless the other one is an account of its own.

    Raises:
        ConflictError: another transaction stored a different answer at the same moment.
    """
    wanted = [
        (scope, clean(key, KEY), clean(subject, KEY)) for scope in sorted(claims) for key, subject in claims[scope].items()
    ]
    if not wanted:
        return {}
    names = sorted({name for _, key, subject in wanted for name in (key, subject)})
    stored = dict(connection.execute(_STORED[connection.dialect.name], {"keys": names}).all())
    joined: dict[str, list[Entry]] = {}
    new: dict[str, str] = {}

    def root(name: str) -> str:
        above = new.get(name) or stored.get(name) or name
        return name if above == name else root(above)

    for scope, key, subject in wanted:
        old = new.get(key) or stored.get(key) or ""
        target = root(subject)
        if not (new.get(target) or stored.get(target)):
            new[target] = target  # a subject leads to itself, so that nobody takes it for a free name
        if not old:
            new[key] = target
        elif root(old) == target:
            continue
        elif key.startswith("login:") and old != key:
            new[key] = target
        elif key.startswith("id:") and not _is_account(connection, target, key, new):
            keep = new[target] = root(old)
            connection.execute(_RENAME, {"old": target, "new": keep})
            joined.setdefault(scope, []).append(Entry(at=utcnow(), kind="alias", subject=keep, detail={"key": target}))
    _store(connection, [{"key": key, "subject": root(key)} for key in sorted(new)])
    return joined


def _store(connection: Connection, rows: Sequence[dict[str, str]]) -> None:
    if not rows:
        return
    done = connection.execute(_UPSERT[connection.dialect.name], rows, execution_options={"preserve_rowcount": True})
    if done.rowcount != len(rows):
        raise ConflictError("the same names were linked by somebody else")


def _is_account(connection: Connection, subject: str, but: str, new: Mapping[str, str]) -> bool:
    linked = {key for key, of in new.items() if of == subject} | {subject}
    linked |= set(connection.execute(select(a.c.key).where(a.c.subject == subject)).scalars())
    return any(key.startswith("id:") and key != but for key in linked)


def _upsert(dialect: str) -> Any:
    insert = inserting(dialect, a)
    subject = insert.excluded.subject
    # Counts a row only where the answer is ours, or may be changed: see `_store`.
    may = or_(a.c.subject == subject, a.c.key.startswith("login:"))
    return insert.on_conflict_do_update(index_elements=[a.c.key], set_={"subject": subject}, where=may)


_linked = a.alias()
_DIALECTS = ("sqlite", "postgresql")
_CLOSURE = {
    dialect: select(_linked.c.key, _linked.c.subject)
    .select_from(a.join(_linked, _linked.c.subject == a.c.subject))
    .where(among(a.c.key, "names", dialect))
    .distinct()
    for dialect in _DIALECTS
}
_OF_SUBJECTS = {dialect: select(a.c.key, a.c.subject).where(among(a.c.subject, "names", dialect)) for dialect in _DIALECTS}
_STORED = {dialect: select(a.c.key, a.c.subject).where(among(a.c.key, "keys", dialect)) for dialect in _DIALECTS}
_UPSERT = {dialect: _upsert(dialect) for dialect in _DIALECTS}
_RENAME = update(a).where(a.c.subject == bindparam("old")).values(subject=bindparam("new"))
