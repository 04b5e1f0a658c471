"""Orders given on GitHub: kept with the batch that read them, carried out once, answered until GitHub has the answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update

from github_app.model import Person
from github_app.order import OrderGiven
from github_app.store.columns import EPOCH, person_of, person_text
from github_app.store.engine import reading, writing
from github_app.store.schema_orders import orders as o


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order. `state` is given, done (carried out, `said` is the answer) or told; `changed`: it changed something."""

    id: int
    repository_id: int
    thread: int
    comment_id: int
    person: Person
    text: str
    button: str
    allowed: bool
    at: dt.datetime
    state: str
    said: str
    changed: bool
    attempts: int


_COLUMNS = [o.c[name] for name in Order.__dataclass_fields__]


class Orders:
    """Verbs over `orders`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, connection: Connection, order: OrderGiven) -> None:
        """Keep an order to be carried out; one without repository or author is nobody's."""
        if order.repository is None or order.actor is None:
            return
        values = {
            "repository_id": order.repository.id, "thread": order.thread, "comment_id": order.comment_id,
            "person": person_text(order.actor), "text": order.text, "button": order.button, "allowed": bool(order.allowed),
            "at": order.at, "state": "given", "said": "", "changed": False, "attempts": 0, "next_try_at": EPOCH,
        }  # fmt: skip
        connection.execute(insert(o).values(**values))

    def due(self, now: dt.datetime, limit: int) -> list[Order]:
        """Return orders to carry out or to answer now, oldest first."""
        query = select(*_COLUMNS).where(o.c.state != "told", o.c.next_try_at <= now).order_by(o.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [Order(**{**row, "person": person_of(row["person"])}) for row in connection.execute(query).mappings()]

    def claim(self, order_id: int, now: dt.datetime, ttl: dt.timedelta) -> bool:
        """Take an order until `now + ttl`; False when somebody else has it."""
        free = (o.c.id == order_id, o.c.state != "told", o.c.next_try_at <= now)
        with writing(self._engine) as connection:
            values = {"next_try_at": now + ttl, "attempts": o.c.attempts + 1}
            return connection.execute(update(o).where(*free).values(**values)).rowcount == 1

    def done(self, connection: Connection, order_id: int, said: str, *, changed: bool) -> None:
        """Record the answer in the transaction that carries the order out."""
        connection.execute(update(o).where(o.c.id == order_id).values(state="done", said=said, changed=changed))

    def told(self, order_id: int) -> None:
        """Record that GitHub has the answer, or that it will never take it."""
        with writing(self._engine) as connection:
            connection.execute(update(o).where(o.c.id == order_id).values(state="told"))

    def retry(self, order_id: int, at: dt.datetime) -> None:
        """Try again at a time."""
        with writing(self._engine) as connection:
            connection.execute(update(o).where(o.c.id == order_id).values(next_try_at=at))

    def answers(self, repository_id: int, thread: int, limit: int) -> list[Order]:
        """Return the latest orders of a thread that were carried out, oldest first."""
        query = select(*_COLUMNS).where(o.c.repository_id == repository_id, o.c.thread == thread, o.c.state != "given")
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(o.c.id.desc()).limit(limit)).mappings()
            found = [Order(**{**row, "person": person_of(row["person"])}) for row in rows]
        return found[::-1]

    def prune(self, before: dt.datetime) -> int:
        """Forget orders that were answered before a time; what they changed is in the chain."""
        with writing(self._engine) as connection:
            return connection.execute(delete(o).where(o.c.state == "told", o.c.at < before)).rowcount
