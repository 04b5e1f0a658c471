"""The outbox: which alert has to be shown where, and how far that is.

A *post* is one message of one channel: `(channel, target)`. It can show several alerts, and is edited when one of them
changes. A row of `notifications` says that an alert belongs to a post and which version of it a reader sees there.
Whoever sends a post claims it first. If he dies in between, the next one is told that it is uncertain whether the
message went out, and looks for it before sending again: so each alert reaches each channel once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, Engine, Table, case, func, literal, or_, select, text, update

from github_app.store.columns import EPOCH
from github_app.store.engine import inserting, reading, writing
from github_app.store.schema import notifications as n
from github_app.store.schema import posts as p

_NOW = literal(EPOCH, n.c.next_try_at.type)
# As text, so that SQLite recognises the condition of its partial index.
_ALIVE = text("notifications.state IN ('pending', 'sending')")


@dataclass(frozen=True, slots=True)
class Post:
    """One message of one channel."""

    channel: str
    target: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an alert is shown: the post's target, the channel's own name of it once sent, and whether that was given up."""

    target: str
    external_id: str | None
    given_up: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One notification: an alert, and the version of it that is wanted in the post."""

    id: int
    alert_id: int
    wanted_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A claimed post.

    `rows` are the notifications that are due, `alert_ids` every alert the post shows. `external_id` is the channel's
    own name of the message once it was sent. `uncertain` says that a send was begun before and its end never
    recorded. `attempts` is how often sending failed in a row, for backing off. `claim` counts the claims of this post.
    `told` says for alerts that were named in the post's thread how many decisions about them were told there.
    """

    channel: str
    target: str
    rows: tuple[Row, ...]
    alert_ids: tuple[int, ...]
    external_id: str | None
    uncertain: bool
    attempts: int
    owner: str
    claim: int
    told: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A notification that was given up."""

    id: int
    alert_id: int
    channel: str
    target: str
    attempts: int
    error: str


class Outbox:
    """Verbs over `notifications` and `posts`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        dialect = engine.dialect.name
        self._add = inserting(dialect, n).on_conflict_do_nothing()
        self._open = inserting(dialect, p).on_conflict_do_nothing()

    def add(
        self, connection: Connection, alert_id: int, channel: str, target: str, *, not_before: dt.datetime | None = None
    ) -> None:
        """Want an alert shown in a post, not before a time (UTC) where one is given; once is enough."""
        connection.execute(self._open, {"channel": channel, "target": target, "claim": 0, "uncertain": False})
        row = {"alert_id": alert_id, "channel": channel, "target": target, "state": "pending", "wanted_version": 1}
        due = not_before or EPOCH
        connection.execute(self._add, row | {"sent_version": 0, "attempts": 0, "next_try_at": due, "error": ""})

    def touch(self, connection: Connection, alert_id: int, *, channel: str | None = None, target: str | None = None) -> None:
        """Want every post of an alert sent again, because the alert changed; what was given up gets a new chance.

        With `channel` or `target` only the posts of that channel or target. What waits for its first time still does.
        """
        only = [n.c[name] == value for name, value in (("channel", channel), ("target", target)) if value is not None]
        waits = (n.c.sent_version == 0) & (n.c.attempts == 0) & (n.c.state == "pending")
        again = {"state": "pending", "attempts": 0, "error": "", "next_try_at": case((waits, n.c.next_try_at), else_=_NOW)}
        connection.execute(
            update(n).where(n.c.alert_id == alert_id, *only).values(wanted_version=n.c.wanted_version + 1, **again)
        )

    def hold(self, connection: Connection, alert_id: int, channel: str, until: dt.datetime) -> None:
        """Let what is wanted of an alert in a channel wait at least until a time (UTC)."""
        mine = (n.c.alert_id == alert_id, n.c.channel == channel, n.c.state == "pending", n.c.next_try_at < until)
        connection.execute(update(n).where(*mine).values(next_try_at=until))

    def release(self, connection: Connection, alert_id: int, channel: str) -> None:
        """Let what waits for its time in a channel go out now."""
        mine = (n.c.alert_id == alert_id, n.c.channel == channel, n.c.state == "pending", n.c.attempts == 0)
        connection.execute(update(n).where(*mine).values(next_try_at=EPOCH))

    def due(self, now: dt.datetime, limit: int) -> list[Post]:
        """Return posts that somebody should send now, longest waiting first."""
        query = (
            select(n.c.channel, n.c.target)
            .join(p, (p.c.channel == n.c.channel) & (p.c.target == n.c.target))
            .where(_ALIVE, n.c.wanted_version > n.c.sent_version, n.c.next_try_at <= now)
            .where(or_(p.c.claimed_until.is_(None), p.c.claimed_until <= now))
            .group_by(n.c.channel, n.c.target)
            .order_by(func.min(n.c.next_try_at), func.min(n.c.id))
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [Post(channel, target) for channel, target in connection.execute(query)]

    def claim(self, channel: str, target: str, owner: str, now: dt.datetime, ttl: dt.timedelta) -> Work | None:
        """Take a post for sending, until `now + ttl`; None when somebody else has it or nothing is due."""
        with writing(self._engine) as connection:
            post = connection.execute(select(p).where(*_of(p, channel, target)).with_for_update()).first()
            if post is None or (post.claimed_until is not None and post.claimed_until > now):
                return None
            every = connection.execute(select(n).where(*_of(n, channel, target)).order_by(n.c.id)).all()
            due = [
                row
                for row in every
                if row.wanted_version > row.sent_version and row.state != "failed" and row.next_try_at <= now
            ]
            if not due:
                return None
            taken = {"owner": owner, "claimed_until": now + ttl, "uncertain": True, "claim": post.claim + 1}
            connection.execute(update(p).where(*_of(p, channel, target)).values(**taken))
            connection.execute(update(n).where(n.c.id.in_([row.id for row in due])).values(state="sending"))
        return Work(
            channel=channel,
            target=target,
            rows=tuple(Row(row.id, row.alert_id, row.wanted_version) for row in due),
            alert_ids=tuple(dict.fromkeys(row.alert_id for row in every)),
            external_id=post.external_id,
            uncertain=post.uncertain,
            attempts=max(row.attempts for row in due),
            owner=owner,
            claim=post.claim + 1,
            told={row.alert_id: row.told for row in every if row.told is not None},
        )

    def sent(self, work: Work, external_id: str, at: dt.datetime) -> bool:
        """Record that a claimed post was sent; False, and nothing recorded, when somebody else has taken it over."""
        with writing(self._engine) as connection:
            if not _release(connection, work, {"external_id": external_id, "uncertain": False}):
                return False
            for row in work.rows:
                newer = n.c.wanted_version > row.wanted_version
                done = {
                    "sent_version": row.wanted_version,
                    "sent_at": at,
                    "state": case((newer, "pending"), else_="sent"),
                    "attempts": 0,
                    "error": "",
                }
                connection.execute(update(n).where(n.c.id == row.id).values(**done))
        return True

    def partly(self, work: Work, external_id: str, told: Mapping[int, int | None]) -> bool:
        """Record that a part of a claimed post is out and the rest is still due; False as in `sent`.

        `told` says for alerts how many decisions about them the post's thread tells of; None where it does not name the
        alert.
        """
        with writing(self._engine) as connection:
            if not _release(connection, work, {"external_id": external_id, "uncertain": False}):
                return False
            for alert_id, steps in sorted(told.items()):
                mine = (*_of(n, work.channel, work.target), n.c.alert_id == alert_id)
                connection.execute(update(n).where(*mine).values(told=steps))
            again = (n.c.id.in_([row.id for row in work.rows]), n.c.state == "sending")
            connection.execute(update(n).where(*again).values(state="pending", attempts=0, error=""))
        return True

    def failed(self, work: Work, error: str, retry_at: dt.datetime | None, *, nothing_sent: bool = False) -> bool:
        """Record that sending failed, to be tried again at a time or, with None, given up; False as in `sent`.

        An error does not say that nothing arrived, so the next try is uncertain unless `nothing_sent` is known.
        """
        with writing(self._engine) as connection:
            if not _release(connection, work, {"uncertain": work.uncertain if nothing_sent else True}):
                return False
            for row in work.rows:
                # An alert that changed meanwhile is due again at once and not given up.
                same = (n.c.id == row.id, n.c.wanted_version == row.wanted_version)
                state = "failed" if retry_at is None else "pending"
                later = {"state": state, "next_try_at": retry_at or EPOCH, "error": error, "attempts": n.c.attempts + 1}
                connection.execute(update(n).where(*same).values(**later))
        return True

    def external_id(self, channel: str, target: str) -> str | None:
        """Return the channel's own name of a post that was sent."""
        with reading(self._engine) as connection:
            found: str | None = connection.execute(select(p.c.external_id).where(*_of(p, channel, target))).scalar()
            return found

    def shown(self, alert_ids: Collection[int], channel: str) -> dict[int, Shown]:
        """Return where alerts are shown, or will be, in a channel; without those that go elsewhere only."""
        query = (
            select(n.c.alert_id, n.c.target, p.c.external_id, (n.c.state == "failed").label("given_up"))
            .join(p, (p.c.channel == n.c.channel) & (p.c.target == n.c.target))
            .where(n.c.channel == channel, n.c.alert_id.in_(list(alert_ids)))
            .order_by(n.c.id.desc())
        )
        with reading(self._engine) as connection:
            return {row.alert_id: Shown(row.target, row.external_id, row.given_up) for row in connection.execute(query)}

    def counts(self) -> dict[str, int]:
        """Return the number of notifications in each state."""
        with reading(self._engine) as connection:
            return dict(connection.execute(select(n.c.state, func.count()).group_by(n.c.state)).all())

    def failures(self, limit: int) -> list[Failure]:
        """Return notifications that were given up, newest first."""
        columns = [n.c[name] for name in Failure.__dataclass_fields__]
        query = select(*columns).where(n.c.state == "failed").order_by(n.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [Failure(**row) for row in connection.execute(query).mappings()]


def _of(of: Table, channel: str, target: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return of.c.channel == channel, of.c.target == target


def _release(connection: Connection, work: Work, values: dict[str, object]) -> bool:
    """End a claim if it is still the one that was given out."""
    ours = (*_of(p, work.channel, work.target), p.c.claim == work.claim, p.c.claimed_until.is_not(None))
    return connection.execute(update(p).where(*ours).values(owner=None, claimed_until=None, **values)).rowcount == 1
