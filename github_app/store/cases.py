"""Cases as stored: which alerts are told as one story. What joins them is decided elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, Select, delete, insert, or_, select, text, update

from github_app.model import Alert, Severity, Stage
from github_app.store.alerts import loaded
from github_app.store.columns import among, whole
from github_app.store.engine import inserting, reading
from github_app.store.schema import alerts as a
from github_app.store.schema_cases import case_alerts as m
from github_app.store.schema_cases import cases as c

MOST_NEAR = 500
"""Whoever floods a repository with alerts must not make each new one slower."""
_LOCK = 0x63617365  # "case": any number works, as long as nothing else takes the same


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """A case with its alerts in order of time. `severity` is the worst it ever was when an alert joined."""

    id: int
    severity: Severity
    alerts: tuple[Alert, ...]

    @property
    def opened_at(self) -> dt.datetime:
        """When its first change landed."""
        return self.alerts[0].at


class Cases:
    """Verbs over `cases` and `case_alerts`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        member = inserting(engine.dialect.name, m)
        self._join = member.on_conflict_do_update(index_elements=[m.c.alert_id], set_={"case_id": member.excluded.case_id})

    def lock(self, connection: Connection, owner_id: int) -> None:
        """Keep others from joining alerts of an owner until the transaction ends; take several in order of their ids.

        To be the last lock of a transaction. SQLite lets one write at a time anyway.
        """
        if connection.dialect.name == "postgresql":
            key = {"kind": _LOCK, "owner": whole(owner_id) & 0x7FFF_FFFF}
            connection.execute(text("SELECT pg_advisory_xact_lock(:kind, :owner)"), key)

    def near(
        self, connection: Connection, owner_id: int, new: Sequence[Alert], since: dt.datetime
    ) -> list[tuple[Alert, int | None]]:
        """Return new alerts with what they may belong to, each with the case it is in, in order of time.

        These are the stable alerts since then of the same repositories, and of the owner as a whole (the latest 500 of
        them), with everything that is in one case with them. An alert about the owner as a whole may belong to any.
        """
        repository_ids = {alert.repository.id for alert in new}
        where: list[ColumnElement[bool]] = [a.c.repository_id.in_([*map(whole, repository_ids)])]
        if owner_id:
            everywhere = a.c.owner_id == whole(owner_id)
            where.append(everywhere if 0 in repository_ids else everywhere & (a.c.repository_id == 0))
        stable = _select().where(a.c.stage == Stage.STABLE.value)
        query = stable.where(or_(*where), a.c.at >= since).order_by(a.c.at.desc(), a.c.id.desc()).limit(MOST_NEAR)
        rows = [*connection.execute(query), *connection.execute(stable.where(a.c.id.in_([x.id for x in new])))]
        found = {row.id: row for row in rows}
        cases = {row.case_id for row in found.values()} - {None}
        for row in self._members(connection, cases):
            found[row.id] = row
        pairs = [(loaded(row), row.case_id) for row in found.values()]
        return sorted(pairs, key=lambda pair: (pair[0].at, pair[0].id))

    def get_many(self, ids: Collection[int], connection: Connection | None = None) -> dict[int, StoredCase]:
        """Return those of the cases that there are."""
        members: dict[int, list[Alert]] = {}
        with reading(self._engine, connection) as conn:
            wanted = among(c.c.id, "ids", conn.dialect.name, BigInteger())
            levels = {row.id: Severity(row.severity) for row in conn.execute(select(c).where(wanted), {"ids": list(ids)})}
            for row in self._members(conn, levels):
                members.setdefault(row.case_id, []).append(loaded(row))
        return {
            number: StoredCase(id=number, severity=levels[number], alerts=tuple(sorted(told, key=lambda x: (x.at, x.id))))
            for number, told in members.items()
        }

    def of_alert(self, alert_id: int) -> StoredCase | None:
        """Return the case an alert belongs to."""
        with reading(self._engine) as connection:
            number = connection.execute(select(m.c.case_id).where(m.c.alert_id == alert_id)).scalar()
            return None if number is None else self.get_many([number], connection).get(number)

    def recent(self, limit: int, *, repository_id: int | None = None) -> list[StoredCase]:
        """Return the cases with the latest alerts, newest first; with a repository those that touch it."""
        query = select(c.c.id).order_by(c.c.latest_at.desc(), c.c.id.desc()).limit(limit)
        if repository_id is not None:
            touched = select(m.c.case_id).join(a, a.c.id == m.c.alert_id).where(a.c.repository_id == whole(repository_id))
            query = query.where(c.c.id.in_(touched))
        with reading(self._engine) as connection:
            ids = list(connection.execute(query).scalars())
            found = self.get_many(ids, connection)
        return [found[number] for number in ids if number in found]

    def save(
        self,
        connection: Connection,
        ids: Sequence[int],
        owner_id: int,
        severity: Severity,
        members: Sequence[Alert],
    ) -> int:
        """Make these alerts one case and return its id.

        Args:
            connection: the transaction to write in, which holds `lock`.
            ids: the cases any of them is in; the oldest takes the others in.
            owner_id: whose repositories they are about.
            severity: how bad the case is now; a stored severity never falls.
            members: in order of time.
        """
        values = {"opened_at": members[0].at, "latest_at": members[-1].at, "severity": severity.value}
        if not ids:
            made = insert(c).values(owner_id=whole(owner_id), **values).returning(c.c.id)
            number = int(connection.execute(made).scalar_one())
        else:
            number = min(ids)
            connection.execute(update(c).where(c.c.id == number).values(**values))
        connection.execute(self._join, [{"alert_id": x.id, "case_id": number} for x in members])
        if gone := sorted(set(ids) - {number}):
            connection.execute(delete(c).where(c.c.id.in_(gone)))
        return number

    @staticmethod
    def _members(connection: Connection, cases: Iterable[int]) -> list[Any]:
        ids = sorted(set(cases))
        wanted = among(m.c.case_id, "ids", connection.dialect.name, BigInteger())
        return list(connection.execute(_select().where(wanted), {"ids": ids})) if ids else []


def _select() -> Select[Any]:
    return select(a.c.id, a.c.body, m.c.case_id).join(m, m.c.alert_id == a.c.id, isouter=True)
