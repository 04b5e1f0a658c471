"""Join new alerts to stored cases, in the transaction that stores them; `workers.cases` says what belongs together."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from github_app.model import Alert, Case, Severity
from github_app.settings import Settings
from github_app.store import Store
from workers import cases, routing

KIND = "case"
"""What a notice is called that says that a case became worse."""


def join(connection: Connection, store: Store, raised: Sequence[Alert], settings: Settings, now: dt.datetime) -> None:
    """Put alerts that were just stored into cases, and have told what changes by it.

    To be called last in the transaction, because it waits for others who join alerts of the same owner. A case that was
    there before and becomes worse gets a notice, once for each severity.

    Args:
        connection: the transaction.
        store: where alerts and cases are.
        raised: the new alerts, with their ids.
        settings: says which channels there are.
        now: the time (UTC).
    """
    by_owner: dict[int, list[Alert]] = defaultdict(list)
    for alert in raised:
        by_owner[alert.repository.owner_id].append(alert)
    for owner_id in sorted(by_owner):
        store.cases.lock(connection, owner_id)
        _Owner(connection, store, settings, now, owner_id).join(by_owner[owner_id])


def notice_key(number: int, level: Severity) -> str:
    """Return what the notice is called that says that a case became so bad: one for each case and severity."""
    return f"case:{number}:{level}"


class _Owner:
    """The new alerts of one owner."""

    def __init__(self, connection: Connection, store: Store, settings: Settings, now: dt.datetime, owner_id: int) -> None:
        self._connection, self._store, self._settings = connection, store, settings
        self._now, self._owner_id = now, owner_id

    def join(self, new: Sequence[Alert]) -> None:
        since = min(a.at for a in new) - cases.WINDOW
        found = self._store.cases.near(self._connection, self._owner_id, new, since)
        alerts = [alert for alert, _ in found]
        before: dict[int, list[int]] = defaultdict(list)
        for position, (_, case) in enumerate(found):
            if case is not None:
                before[case].append(position)
        fresh = {a.id for a in new}
        for joined in cases.join(alerts, before.values()):
            if any(alerts[i].id in fresh for i in joined.alerts):
                ids = [case for case, positions in before.items() if not set(positions).isdisjoint(joined.alerts)]
                self._save(joined, [alerts[i] for i in joined.alerts], fresh, ids)

    def _save(self, joined: Case, members: list[Alert], fresh: set[int], ids: list[int]) -> None:
        old = [a for a in members if a.id not in fresh]
        stored = self._store.cases.get_many(ids, self._connection)
        levels = [case.severity for case in stored.values()] or [cases.severity(old)]
        worst_before = max(levels, key=lambda s: s.rank) if old else None
        level = joined.severity
        high = level if worst_before is None or level.at_least(worst_before) else worst_before
        number = self._store.cases.save(self._connection, ids, self._owner_id, high, members)
        first = next((a for a in members if routing.loud(a)), None)
        if first is None or first.id in fresh:
            return
        # The first message shows the whole story, so it is brought up to date; the new alert's own message is on its way.
        self._store.outbox.touch(self._connection, first.id, channel="slack")
        if level is Severity.CRITICAL:  # quiet hours do not hold back what is critical, nor what it answers
            self._store.outbox.release(self._connection, first.id, "slack")
        if worst_before is not None and level.rank > worst_before.rank:
            self._announce(number, level)

    def _announce(self, number: int, level: Severity) -> None:
        if self._settings.has_slack and level.at_least(routing.LOUD):
            self._store.notices.add(
                self._connection, "slack", notice_key(number, level), kind=KIND, about=number, at=self._now
            )
