"""Which waiting deliveries may be judged now: by jumps through an index, however many wait that may not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, bindparam, func, or_, select

from github_app.store.schema import deliveries as d
from github_app.store.schema import repositories as r

STATES = ("watched", "removed")
"""States of a repository in which its deliveries are judged; those of a removed one are put aside."""


def _least(column: str, conditions: Mapping[str, object], above: object = None) -> Select[Any]:
    waiting = d.alias()
    found = select(func.min(waiting.c[column]).label("value")).where(waiting.c.finished_at.is_(None))
    for name, value in conditions.items():
        found = found.where(waiting.c[name] == value)
    return found if above is None else found.where(waiting.c[column] > above)


def _distinct(column: str, conditions: Mapping[str, object]) -> CTE:
    """Return the values of a column among waiting rows, by jumps through the index: the number of rows costs nothing."""
    seen = _least(column, conditions).cte(f"each_{column}", recursive=True)
    following = _least(column, conditions, seen.c.value).scalar_subquery()
    return seen.union_all(select(following).where(seen.c.value.is_not(None)))


PARTITIONS: Select[Any] = select(_distinct("partition", {}).c.value)
"""The query for partitions in which anything waits."""


@cache
def ready(*, stale: bool) -> Select[Any]:
    """Return the query for repositories with waiting deliveries that may be judged, given `partition` and `now`.

    A repository that nobody knows yet is ready: somebody has to get to know it. With `stale`, only whether there is
    one whose oldest delivery was received before `before`.
    """
    waiting = _distinct("repository_id", {"partition": bindparam("partition")})
    ready = r.c.state.in_(STATES) & or_(
        r.c.blocked_until.is_(None), r.c.blocked_until <= bindparam("now", type_=r.c.blocked_until.type)
    )
    query = (
        select(waiting.c.value)
        .select_from(waiting.outerjoin(r, r.c.id == waiting.c.value))
        .where(waiting.c.value.is_not(None), or_(r.c.id.is_(None), ready))
    )
    if not stale:
        return query
    oldest = (
        select(d.c.received_at)
        .where(d.c.finished_at.is_(None), d.c.partition == bindparam("partition"), d.c.repository_id == waiting.c.value)
        .order_by(d.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    return query.where(oldest < bindparam("before", type_=d.c.received_at.type)).limit(1)
