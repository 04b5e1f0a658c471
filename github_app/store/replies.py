"""Short answers to people who clicked or typed in Slack; sent once more rather than not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from github_app.store.columns import EPOCH
from github_app.store.engine import reading, writing
from github_app.store.schema import replies as r


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that only one person sees. `thread_ts` is empty outside of a thread."""

    id: int
    channel: str
    slack_user: str
    thread_ts: str
    text: str
    attempts: int


class Replies:
    """Verbs over `replies`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, connection: Connection, channel: str, slack_user: str, thread_ts: str, text: str) -> None:
        """Want an answer sent."""
        values = {"channel": channel, "slack_user": slack_user, "thread_ts": thread_ts, "text": text}
        connection.execute(insert(r).values(**values, attempts=0, next_try_at=EPOCH))

    def due(self, now: dt.datetime, limit: int) -> list[Reply]:
        """Return answers to send now, oldest first."""
        columns = [r.c[name] for name in Reply.__dataclass_fields__]
        query = select(*columns).where(r.c.next_try_at <= now).order_by(r.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [Reply(**row) for row in connection.execute(query).mappings()]

    def claim(self, reply_id: int, now: dt.datetime, ttl: dt.timedelta) -> bool:
        """Take an answer for sending, until `now + ttl`; False when somebody else has it."""
        free = (r.c.id == reply_id, r.c.next_try_at <= now)
        with writing(self._engine) as connection:
            taken = connection.execute(update(r).where(*free).values(next_try_at=now + ttl, attempts=r.c.attempts + 1))
            return taken.rowcount == 1

    def done(self, reply_id: int) -> None:
        """Forget an answer: it was sent, or nobody waits for it any more."""
        with writing(self._engine) as connection:
            connection.execute(delete(r).where(r.c.id == reply_id))

    def retry(self, reply_id: int, at: dt.datetime) -> None:
        """Send an answer again at a time."""
        with writing(self._engine) as connection:
            connection.execute(update(r).where(r.c.id == reply_id).values(next_try_at=at))

    def prune(self, before: dt.datetime) -> int:
        """Forget answers that could not be sent since a time: they would only confuse now."""
        with writing(self._engine) as connection:
            old = (r.c.next_try_at < before, r.c.attempts > 0)
            return connection.execute(delete(r).where(*old)).rowcount
