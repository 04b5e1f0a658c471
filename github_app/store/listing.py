"""Alerts as a list for people who may see some repositories and not others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Engine, and_, func, or_, select

from github_app.model import Alert, Severity, State
from github_app.store.alerts import Alerts
from github_app.store.columns import among
from github_app.store.engine import reading
from github_app.store.schema import alerts as a
from github_app.store.schema_cases import case_alerts as m


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whose alerts somebody may see: of these repositories, and of these accounts as a whole."""

    repositories: Collection[int]
    owners: Collection[int] = ()

    def covers(self, alert: Alert) -> bool:
        """Say whether an alert is among them."""
        repository = alert.repository
        return repository.id in self.repositories if repository.id else repository.owner_id in self.owners


class Listing:
    """Verbs for the dashboard."""

    def __init__(self, engine: Engine, alerts: Alerts) -> None:
        self._engine = engine
        self._alerts = alerts
        dialect = engine.dialect.name
        self._seen = or_(
            among(a.c.repository_id, "repositories", dialect, BigInteger()),
            and_(a.c.repository_id == 0, among(a.c.owner_id, "owners", dialect, BigInteger())),
        )

    def page(
        self,
        sight: Sight,
        *,
        states: Collection[State] = (),
        severities: Collection[Severity] = (),
        repository_id: int | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[Alert]:
        """Return alerts somebody may see, newest first; an empty filter lets everything through."""
        wanted: list[ColumnElement[bool]] = [self._seen]
        if states:
            wanted.append(a.c.state.in_([state.value for state in states]))
        if severities:
            wanted.append(a.c.severity.in_([severity.value for severity in severities]))
        if repository_id is not None:
            wanted.append(a.c.repository_id == repository_id)
        if before_id is not None:
            wanted.append(a.c.id < before_id)
        query = select(a.c.id).where(*wanted).order_by(a.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            numbers = list(connection.execute(query, _bound(sight)).scalars())
        found = (self._alerts.get(number) for number in numbers)
        return [alert for alert in found if alert is not None]

    def waiting(self, sight: Sight) -> dict[Severity, int]:
        """Return how many alerts somebody may see wait for a verdict, by severity, worst first."""
        query = (
            select(a.c.severity, func.count()).where(self._seen, a.c.state != State.RESOLVED.value).group_by(a.c.severity)
        )
        with reading(self._engine) as connection:
            found: dict[str, int] = dict(connection.execute(query, _bound(sight)).all())
        return {severity: found[severity.value] for severity in reversed(Severity) if severity.value in found}

    def open_cases(self, sight: Sight, limit: int) -> list[int]:
        """Return the numbers of the latest cases in which an alert somebody may see waits for a verdict."""
        query = (
            select(m.c.case_id)
            .join(a, a.c.id == m.c.alert_id)
            .where(self._seen, a.c.state != State.RESOLVED.value)
            .group_by(m.c.case_id)
            .order_by(func.max(a.c.at).desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(query, _bound(sight)).scalars())


def _bound(sight: Sight) -> dict[str, Any]:
    return {"repositories": sorted(sight.repositories), "owners": sorted(sight.owners)}
