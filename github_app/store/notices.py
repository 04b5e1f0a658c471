"""Messages that belong to no single alert: first reports, and what is said when a case gets worse.

As in the outbox, whoever sends one claims it first, and who comes after somebody who died is told that it is uncertain
whether the message went out. A notice is sent once and never edited; its `key` says once for all what it tells.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, or_, select, update

from github_app.store.columns import EPOCH
from github_app.store.engine import inserting, reading, writing
from github_app.store.schema_notices import notices as t


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to send once. `kind` says what it tells: `report`, or `case`, and then `about` is the case's number.

    `uncertain` says that a send was begun before and its end never recorded; `claim` counts the claims.
    """

    id: int
    channel: str
    key: str
    kind: str
    about: int
    made_at: dt.datetime
    attempts: int
    claim: int
    uncertain: bool
    error: str


_COLUMNS = [t.c[name] for name in Notice.__dataclass_fields__]


class Notices:
    """Verbs over `notices`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._add = inserting(engine.dialect.name, t).on_conflict_do_nothing(index_elements=[t.c.channel, t.c.key])

    def add(self, connection: Connection, channel: str, key: str, *, kind: str, at: dt.datetime, about: int = 0) -> None:
        """Want a message sent; a second one with the same key is none."""
        row = {"channel": channel, "key": key, "kind": kind, "about": about, "made_at": at, "state": "pending", "error": ""}
        connection.execute(self._add, row | {"attempts": 0, "next_try_at": EPOCH, "claim": 0, "uncertain": False})

    def due(self, now: dt.datetime, limit: int) -> list[Notice]:
        """Return notices that somebody should send now, oldest first."""
        free = or_(t.c.claimed_until.is_(None), t.c.claimed_until <= now)
        query = select(*_COLUMNS).where(t.c.state == "pending", t.c.next_try_at <= now, free).order_by(t.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [Notice(**row) for row in connection.execute(query).mappings()]

    def claim(self, notice: Notice, now: dt.datetime, ttl: dt.timedelta) -> Notice | None:
        """Take a notice for sending, until `now + ttl`; None when somebody else has taken it since it was read."""
        same = (t.c.id == notice.id, t.c.state == "pending", t.c.claim == notice.claim)
        with writing(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(*same).with_for_update()).mappings().first()
            if row is None:
                return None
            taken = {"claim": notice.claim + 1, "claimed_until": now + ttl, "uncertain": True}
            connection.execute(update(t).where(*same).values(**taken))
        return Notice(**{**row, "claim": notice.claim + 1})

    def sent(self, notice: Notice, external_id: str, at: dt.datetime) -> bool:
        """Record that a claimed notice was sent; False when somebody else has taken it over."""
        return self._end(notice, {"state": "sent", "external_id": external_id, "sent_at": at, "error": ""})

    def failed(self, notice: Notice, error: str, retry_at: dt.datetime | None, *, nothing_sent: bool = False) -> bool:
        """Record that sending failed, to be tried again at a time or, with None, given up; False as in `sent`.

        An error does not say that nothing arrived, so the next try is uncertain unless `nothing_sent` is known.
        """
        values = {"state": "failed" if retry_at is None else "pending", "next_try_at": retry_at or EPOCH, "error": error}
        uncertain = notice.uncertain if nothing_sent else True
        return self._end(notice, {**values, "attempts": notice.attempts + 1, "uncertain": uncertain})

    def failures(self, limit: int) -> list[Notice]:
        """Return notices that were given up, newest first."""
        query = select(*_COLUMNS).where(t.c.state == "failed").order_by(t.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [Notice(**row) for row in connection.execute(query).mappings()]

    def counts(self) -> dict[str, int]:
        """Return the number of notices in each state."""
        with reading(self._engine) as connection:
            return dict(connection.execute(select(t.c.state, func.count()).group_by(t.c.state)).all())

    def _end(self, notice: Notice, values: dict[str, object]) -> bool:
        ours = (t.c.id == notice.id, t.c.claim == notice.claim, t.c.claimed_until.is_not(None))
        with writing(self._engine) as connection:
            return connection.execute(update(t).where(*ours).values(claimed_until=None, **values)).rowcount == 1
