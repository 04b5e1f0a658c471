"""Which message of a Slack channel is sent by itself, and which alerts share one because too many came at once.

The decision is made when a message is about to be sent for the first time, so that it also holds after an outage or when
quiet hours end. Whatever was begun before stays a message of its own: it may be in the channel already.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, Engine, case, delete, func, select, text, update

from github_app.policy.model import Budget
from github_app.store.engine import inserting, writing
from github_app.store.schema import notifications as n
from github_app.store.schema import posts as p
from github_app.store.schema_rooms import room_posts as r

CHANNEL = "slack"
GROUP = "group:"
"""How the target of a message begins that many alerts share; the number of the first and its room follow."""
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
MOST_IN_GROUP = 200
_LOCK = 0x726F6F6D  # "room": any number works, as long as nothing else takes the same


class Rooms:
    """Verbs over `room_posts`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._spend = inserting(engine.dialect.name, r).on_conflict_do_nothing()
        self._open = inserting(engine.dialect.name, p).on_conflict_do_nothing()

    def admit(self, target: str, now: dt.datetime, budget: Budget, *, always: bool = False) -> bool:
        """Say whether a message about one alert is sent by itself; if not, its alert is now part of a group's message.

        Args:
            target: the post, `alert:ID` or `alert:ID@ROOM`.
            now: the time (UTC).
            budget: how many messages the room gets.
            always: it is sent by itself, and counts all the same.
        """
        room = target.partition("@")[2]
        with writing(self._engine) as connection:
            if connection.dialect.name == "postgresql":
                lock = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:room))")
                connection.execute(lock, {"kind": _LOCK, "room": room})
            mine = (p.c.channel == CHANNEL, p.c.target == target)
            post = connection.execute(select(p).where(*mine).with_for_update()).first()
            taken = post is not None and post.claimed_until is not None and post.claimed_until > now
            if post is None or post.external_id is not None or post.uncertain or taken:
                return True
            connection.execute(delete(r).where(r.c.target == target))  # let through before, and nothing came of it
            if always or _within(connection, room, now, budget):
                connection.execute(self._spend, {"target": target, "room": room, "at": now})
                return True
            group = _group(connection, room, now) or f"{GROUP}{target.removeprefix('alert:')}"
            connection.execute(self._spend, {"target": group, "room": room, "at": now})
            connection.execute(self._open, {"channel": CHANNEL, "target": group, "claim": 0, "uncertain": False})
            connection.execute(update(n).where(n.c.channel == CHANNEL, n.c.target == target).values(target=group))
            connection.execute(delete(p).where(*mine))
            return False

    def prune(self, before: dt.datetime) -> None:
        """Forget what was sent before a time."""
        with writing(self._engine) as connection:
            connection.execute(delete(r).where(r.c.at < before))


def _within(connection: Connection, room: str, now: dt.datetime, budget: Budget) -> bool:
    lately = (r.c.room == room, r.c.at > now - HOUR)
    counted = select(func.count(), func.count(case((r.c.at > now - MINUTE, 1)))).where(*lately)
    hour, minute = connection.execute(counted).one()
    return bool(minute < budget.per_minute and hour < budget.per_hour)


def _group(connection: Connection, room: str, now: dt.datetime) -> str | None:
    """Return the room's group that takes alerts: not older than an hour, and not full."""
    newest = select(r.c.target).where(r.c.room == room, r.c.target.startswith(GROUP, autoescape=True), r.c.at > now - HOUR)
    target: str | None = connection.execute(newest.order_by(r.c.at.desc(), r.c.target.desc()).limit(1)).scalar()
    if target is None:
        return None
    size = connection.execute(select(func.count()).where(n.c.channel == CHANNEL, n.c.target == target)).scalar_one()
    return target if size < MOST_IN_GROUP else None
