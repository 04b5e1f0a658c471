"""What is compared with GitHub, source by source and scope by scope, and when it is the turn of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, literal, not_, or_, select, update

from github_app.store.columns import canonical
from github_app.store.engine import inserting, reading
from github_app.store.schema_reconcile import allowances as a
from github_app.store.schema_reconcile import checks as c
from github_app.store.schema_reconcile import validators as v

GLANCE = "glance"
"""The source that looks at many repositories at once. Its `hint` is what GitHub's GraphQL calls the repository."""

WHOLE, PARTLY = "=", "~"
"""How a hint begins that a glance left: it stands for all that a source sees, or for a part of it."""

URGENT, ORGANISATION, CHANGED, REPOSITORY = 0, 1, 2, 3
"""Whose turn comes first: what an event points at, an organisation's own, what a cheaper source says changed, the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One source of one scope (`org:70`, `repo:7`).

    `checked_at` is when all of it was last read, None before the first time. `blind` says why it cannot be seen; `hint` is
    what a cheaper source said about it, kept to notice when that changes.
    """

    installation_id: int
    scope: str
    source: str
    priority: int
    due_at: dt.datetime
    checked_at: dt.datetime | None = None
    failures: int = 0
    blind: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """An answer of GitHub as we keep it: what we use of it, and its ETags, by the token they were given to."""

    url: str
    etags: Mapping[str, str]
    body: object


_COLUMNS = [c.c[name] for name in Check.__dataclass_fields__]


class Checks:
    """Verbs over `checks` and `validators`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        put = inserting(engine.dialect.name, v)
        changed = {"etags": put.excluded.etags, "body": put.excluded.body}
        self._put = put.on_conflict_do_update(index_elements=[v.c.scope, v.c.url], set_=changed)
        self._new = inserting(engine.dialect.name, c).on_conflict_do_nothing(index_elements=[c.c.scope, c.c.source])

    def of(self, installation_id: int) -> dict[tuple[str, str], Check]:
        """Return everything that is looked at for an installation, by scope and source."""
        query = select(*_COLUMNS).where(c.c.installation_id == installation_id)
        with reading(self._engine) as connection:
            return {(row["scope"], row["source"]): Check(**row) for row in connection.execute(query).mappings()}

    def plan(self, connection: Connection, fresh: Iterable[Check], gone: Iterable[Check]) -> None:
        """Begin to look at some things and stop looking at others; what GitHub said about those is forgotten."""
        rows = [{name: getattr(check, name) for name in Check.__dataclass_fields__} for check in fresh]
        if rows:
            connection.execute(self._new, rows)
        left = list(gone)
        for check in left:
            connection.execute(delete(c).where(c.c.scope == check.scope, c.c.source == check.source))
        for scope in {check.scope for check in left}:
            connection.execute(delete(v).where(v.c.scope == scope))

    def due(self, installation_id: int, now: dt.datetime, limit: int) -> list[Check]:
        """Return what is to be looked at now: the urgent first, then an organisation's own, then the longest overdue."""
        query = select(*_COLUMNS).where(c.c.installation_id == installation_id, c.c.due_at <= now)
        query = query.order_by(c.c.priority, c.c.due_at, c.c.scope, c.c.source).limit(limit)
        with reading(self._engine) as connection:
            return [Check(**row) for row in connection.execute(query).mappings()]

    def done(
        self,
        connection: Connection,
        check: Check,
        *,
        due_at: dt.datetime,
        priority: int,
        checked_at: dt.datetime | None,
        failures: int = 0,
        blind: str = "",
    ) -> None:
        """Record how a look went and when the next is due; None leaves `checked_at` as it was."""
        values: dict[str, object] = {"due_at": due_at, "priority": priority, "failures": failures, "blind": blind}
        if checked_at is not None:
            values["checked_at"] = checked_at
        connection.execute(update(c).where(c.c.scope == check.scope, c.c.source == check.source).values(**values))

    def hurry(self, connection: Connection, scope: str, sources: Collection[str], now: dt.datetime) -> None:
        """Have some sources of a scope looked at next, if they were seen before and can be."""
        which = (c.c.scope == scope, c.c.source.in_(sorted(sources)), c.c.checked_at.is_not(None), c.c.blind == "")
        changed = connection.execute(update(c).where(*which).values(due_at=now, priority=URGENT)).rowcount
        if changed:
            theirs = select(c.c.installation_id).where(c.c.scope == scope)
            waiting = (a.c.installation_id.in_(theirs), a.c.paused == "", a.c.next_at > now)
            connection.execute(update(a).where(*waiting).values(next_at=now))

    def hinted(self, connection: Connection, source: str, hints: Mapping[str, str], now: dt.datetime) -> int:
        """Have a source looked at next in the scopes of which something cheaper says that they changed; return how many."""
        query = select(c.c.scope, c.c.hint, c.c.checked_at, c.c.blind)
        query = query.where(c.c.source == source, c.c.scope.in_(sorted(hints)))
        moved = 0
        for scope, hint, checked_at, blind in connection.execute(query).all():
            if hint == hints[scope]:
                continue
            values: dict[str, object] = {"hint": hints[scope]}
            # That it stands for all again, or for a part only, is no change.
            if hint[1:] != hints[scope][1:] and hint and checked_at is not None and not blind:
                values |= {"due_at": now, "priority": CHANGED}
                moved += 1
            connection.execute(update(c).where(c.c.scope == scope, c.c.source == source).values(**values))
        return moved

    # -- glances -----------------------------------------------------------------------------------------------

    def glances(self, installation_id: int, now: dt.datetime, until: dt.datetime, limit: int) -> list[Check]:
        """Return the glances that are due until then, the longest overdue first; none if none is due now."""
        mine = (c.c.installation_id == installation_id, c.c.source == GLANCE, c.c.hint != "")
        query = select(*_COLUMNS).where(*mine, c.c.due_at <= until).order_by(c.c.due_at, c.c.scope).limit(limit)
        with reading(self._engine) as connection:
            found = [Check(**row) for row in connection.execute(query).mappings()]
        return found if found and found[0].due_at <= now else []

    def glanced(
        self,
        connection: Connection,
        batch: Iterable[Check],
        *,
        due_at: dt.datetime,
        checked_at: dt.datetime | None,
        failures: int = 0,
        blind: str = "",
    ) -> None:
        """Record how a glance went and when the next is due; None leaves `checked_at` as it was."""
        values: dict[str, object] = {"due_at": due_at, "failures": failures, "blind": blind}
        if checked_at is not None:
            values["checked_at"] = checked_at
        scopes = [check.scope for check in batch]
        connection.execute(update(c).where(c.c.source == GLANCE, c.c.scope.in_(scopes)).values(**values))

    def unsure(self, connection: Connection, source: str, scopes: Iterable[str]) -> None:
        """Take hints of a glance for a part of what a source sees, where the last glance could not tell."""
        which = (c.c.source == source, c.c.scope.in_(sorted(scopes)), c.c.hint.startswith(WHOLE))
        connection.execute(update(c).where(*which).values(hint=literal(PARTLY) + func.substr(c.c.hint, 2)))

    def no_glances(self, connection: Connection, installation_id: int, until: dt.datetime) -> None:
        """Glance at nothing of an installation before a time."""
        which = (c.c.installation_id == installation_id, c.c.source == GLANCE, c.c.due_at < until)
        connection.execute(update(c).where(*which).values(due_at=until))

    def unnamed(self, connection: Connection, scope: str, why: str, due_at: dt.datetime) -> None:
        """Leave a repository out until it is known what GraphQL calls it."""
        which = (c.c.scope == scope, c.c.source == GLANCE, c.c.hint == "")
        connection.execute(update(c).where(*which).values(due_at=due_at, blind=why))

    def one(self, scope: str, source: str) -> Check | None:
        """Return one check."""
        query = select(*_COLUMNS).where(c.c.scope == scope, c.c.source == source)
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else Check(**row)

    def named(self, connection: Connection, nodes: Mapping[str, str], now: dt.datetime) -> None:
        """Learn what GraphQL calls repositories, by scope; from then on they can be glanced at."""
        query = select(c.c.scope, c.c.hint).where(c.c.source == GLANCE, c.c.scope.in_(sorted(nodes)))
        for scope, hint in connection.execute(query).all():
            if hint != nodes[scope]:
                values = {"hint": nodes[scope], "due_at": now, "blind": ""}
                connection.execute(update(c).where(c.c.scope == scope, c.c.source == GLANCE).values(**values))

    def sooner(self, connection: Connection, scopes: Iterable[str], sources: Collection[str], by: dt.datetime) -> None:
        """Have some sources looked at by then, where they were due later and can be seen."""
        which = (c.c.scope.in_(sorted(scopes)), c.c.source.in_(sorted(sources)), c.c.due_at > by, c.c.blind == "")
        connection.execute(update(c).where(*which).values(due_at=by))

    # -- how far it is -----------------------------------------------------------------------------------------

    def unseen(self, installation_id: int) -> int:
        """Return how many things were never read and can be: 0 once the first round is over."""
        query = select(func.count()).where(c.c.installation_id == installation_id, c.c.checked_at.is_(None), c.c.blind == "")
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def changed(self, installation_id: int) -> int:
        """Return how many things wait to be read because something cheaper says that they changed."""
        which = (c.c.installation_id == installation_id, c.c.priority == CHANGED, c.c.blind == "")
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).where(*which)).scalar_one())

    def next_due(self, installation_id: int) -> dt.datetime | None:
        """Return when the next look is due."""
        query = select(c.c.due_at).where(c.c.installation_id == installation_id).order_by(c.c.due_at).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def oldest(self, installation_id: int, priority: int) -> dt.datetime | None:
        """Return when the one that was looked at longest ago was; None when one never was.

        What is left to a cheaper source counts as looked at with that one, once it was read.
        """
        mine = (c.c.installation_id == installation_id, c.c.priority == priority, c.c.blind == "")
        left = and_(c.c.checked_at.is_not(None), or_(c.c.hint.startswith(WHOLE), c.c.source == "tags"))
        query = select(c.c.checked_at).where(*mine, not_(left))
        with reading(self._engine) as connection:
            seen = list(connection.execute(query).scalars())
        return None if not seen or None in seen else min(at for at in seen if at is not None)

    def unread(self, installation_id: int, source: str, since: dt.datetime) -> list[Check]:
        """Return where a source was not read since a time, but for those scopes where it cannot be seen."""
        mine = (c.c.installation_id == installation_id, c.c.source == source, c.c.blind == "")
        query = select(*_COLUMNS).where(*mine, or_(c.c.checked_at.is_(None), c.c.checked_at < since))
        with reading(self._engine) as connection:
            return [Check(**row) for row in connection.execute(query).mappings()]

    # -- what GitHub answered ----------------------------------------------------------------------------------

    def validators(self, scope: str, urls: Collection[str]) -> dict[str, Validator]:
        """Return what is kept of GitHub's answers."""
        return {kept.url: kept for kept in self._kept(scope, v.c.url.in_(sorted(urls)))}

    def answers(self, scope: str, path: str) -> list[Validator]:
        """Return what is kept of GitHub's answers to one path, whatever the query."""
        return self._kept(scope, v.c.url.startswith(path, autoescape=True))

    def _kept(self, scope: str, which: ColumnElement[bool]) -> list[Validator]:
        query = select(v.c.url, v.c.etags, v.c.body).where(v.c.scope == scope, which).order_by(v.c.url)
        with reading(self._engine) as connection:
            return [
                Validator(url=row.url, etags=orjson.loads(row.etags), body=orjson.loads(row.body))
                for row in connection.execute(query)
            ]

    def keep(self, connection: Connection, scope: str, validators: Iterable[Validator]) -> None:
        """Keep answers of GitHub."""
        for kept in validators:
            values = {
                "scope": scope,
                "url": kept.url,
                "etags": canonical(dict(kept.etags)).decode(),
                "body": canonical(kept.body).decode().replace("\\u0000", "\\ufffd"),
            }
            connection.execute(self._put, values)
