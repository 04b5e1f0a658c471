"""What deliveries that wait will tell: it must not be learned from the history before they are judged."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from github_app.fact import CommitsLanded, Fact, PullMerged, TagCreated
from github_app.store import Store, Watch
from github_app.store.waiting import waiting
from github_app.wake import partition_of
from workers.facts.webhook import Unreadable, decode

log = logging.getLogger(__name__)

_EVENTS = ("push", "create", "pull_request")
_MOST_WAITING = 5_000
_MARGIN = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Where the default branch stood before the waiting pushes (`tips`, best guess first), and what else they bring.

    `created` says that there was no default branch. `begins` is when the first of them was on its way (UTC), or now.
    """

    begins: dt.datetime
    tips: tuple[str, ...] = ()
    created: bool = False
    tags: frozenset[str] = frozenset()

    def tells(self, fact: Fact) -> bool:
        """Say whether a waiting delivery will tell this fact, too."""
        if isinstance(fact, TagCreated):
            return fact.name in self.tags
        return isinstance(fact, PullMerged) and fact.at >= self.begins


def look(store: Store, watch: Watch, now: dt.datetime) -> Later:
    """Look at what waits for a repository. To be called after a fetch, so that nothing fetched is known too early."""
    rows = waiting(store.engine, partition_of(watch.id, watch.owner_id), watch.id, _EVENTS, _MOST_WAITING)
    facts: list[Fact] = []
    for row in rows:
        try:
            facts.extend(decode(row.event, row.body, received_at=row.received_at, delivery=row.guid).facts)
        except Unreadable as error:
            log.info("a waiting delivery is unreadable: %s", error, extra={"delivery": row.guid})
    landed = [x for x in facts if isinstance(x, CommitsLanded) and x.guarded]
    reached = {x.after for x in landed}
    first = [x.before for x in landed if x.before not in reached]
    return Later(
        begins=min((row.received_at for row in rows), default=now) - _MARGIN,
        tips=tuple(tip for tip in dict.fromkeys(first) if tip.strip("0")),
        created=bool(first) and not first[0].strip("0"),
        tags=frozenset(x.name for x in facts if isinstance(x, TagCreated)),
    )
