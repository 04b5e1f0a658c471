"""What waits in the inbox for one repository, whether it may be judged yet or not: the learner has to know."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from github_app.store.accept import Delivery
from github_app.store.engine import reading
from github_app.store.schema import bodies as b
from github_app.store.schema import deliveries as d

_COLUMNS = [b.c.body if name == "body" else d.c[name] for name in Delivery.__dataclass_fields__]


def waiting(engine: Engine, partition: int, repository_id: int, events: Sequence[str], limit: int) -> list[Delivery]:
    """Return a repository's waiting deliveries of some events, oldest first."""
    query = (
        select(*_COLUMNS)
        .select_from(d.outerjoin(b, b.c.seq == d.c.seq))
        .where(d.c.finished_at.is_(None), d.c.partition == partition, d.c.repository_id == repository_id)
        .where(d.c.event.in_(events))
        .order_by(d.c.seq)
        .limit(limit)
    )
    with reading(engine) as connection:
        return [Delivery(**{**row, "body": bytes(row["body"] or b"")}) for row in connection.execute(query).mappings()]
