"""Forget what nobody needs any more, after as many days as the policy of each repository says."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from github_app.policy.model import Retention
from github_app.store import Store
from workers import policies


def forget(store: Store, now: dt.datetime) -> int:
    """Drop bodies of deliveries and the rest that is kept for a time only; return how many bodies were dropped."""
    default = Retention().bodies_days
    watches = store.repositories.all()
    known = policies.load(store, {(w.id, w.owner_id) for w in watches})
    by_days: dict[int, list[int]] = defaultdict(list)
    for watch in watches:
        by_days[known.of(watch.id, watch.owner_id).retention.bodies_days].append(watch.id)
    by_days.pop(default, None)
    others = [repository_id for ids in by_days.values() for repository_id in ids]
    dropped = store.prune(now, keep_bodies=dt.timedelta(days=default), without=others)
    for days, ids in sorted(by_days.items()):
        dropped += store.prune_deliveries(ids, now, dt.timedelta(days=days))
    return dropped
