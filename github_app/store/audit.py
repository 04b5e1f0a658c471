"""What an auditor takes away: every alert with the decisions about it, and where each stands in the hash chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy import Engine, select

from github_app.model import Alert
from github_app.review import DecisionRecord
from github_app.store.alerts import Alerts, scope_of
from github_app.store.engine import reading
from github_app.store.schema import entries

_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a decision stands: entry `n` of the chain `scope`, with the hash that fixes it and all before it."""

    scope: str
    n: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One alert and what was decided about it, oldest first; a decision without a place is not in the chain."""

    alert: Alert
    decisions: tuple[tuple[DecisionRecord, Place | None], ...]


class Audit:
    """Verbs for the export."""

    def __init__(self, engine: Engine, alerts: Alerts) -> None:
        self._engine = engine
        self._alerts = alerts

    def alerts(
        self, *, repository_id: int | None = None, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> Iterator[Audited]:
        """Yield every alert raised in [since, until), newest first, a page of them at a time.

        Args:
            repository_id: only of this repository.
            since: raised at or after this time (UTC).
            until: raised before this time (UTC).
        """
        places: dict[str, dict[int, list[Place]]] = {}
        before_id: int | None = None
        while page := self._alerts.recent(_PAGE, repository_id=repository_id, before_id=before_id):
            before_id = page[-1].id
            for alert in page:
                if (since is None or alert.raised_at >= since) and (until is None or alert.raised_at < until):
                    scope = scope_of(alert.repository)
                    if scope not in places:
                        places[scope] = self._places(scope)
                    yield self._audited(alert, places[scope])

    def _audited(self, alert: Alert, places: dict[int, list[Place]]) -> Audited:
        found = places.get(alert.id, [])
        decided = self._alerts.decisions(alert.id)
        # Decisions are written in the transaction of their entry, so both lists have one order.
        pairs = tuple((record, found[i] if i < len(found) else None) for i, record in enumerate(decided))
        return Audited(alert=alert, decisions=pairs)

    def _places(self, scope: str) -> dict[int, list[Place]]:
        query = select(entries.c.n, entries.c.hash, entries.c.detail).where(
            entries.c.scope == scope, entries.c.kind == "decision"
        )
        found: dict[int, list[Place]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query.order_by(entries.c.n)):
                number = str(orjson.loads(row.detail).get("alert", ""))
                if number.isdecimal():
                    found.setdefault(int(number), []).append(Place(scope=scope, n=row.n, hash=row.hash))
        return found
