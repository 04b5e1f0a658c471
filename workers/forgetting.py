"""Forget what nobody needs any more, after as many days as the policy of each repository says."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from github_app.policy import Policy
from github_app.settings import Settings
from github_app.store import Store
from workers import policies


def forget(store: Store, settings: Settings, now: dt.datetime) -> int:
    """Drop bodies of deliveries, signals of comments and the rest that is kept for a time only; return how many bodies.

    Signals are kept for `PRESSURE_KEEP_DAYS` at most; a policy that says `retention.signals_days` can only shorten that.
    """
    watches = store.repositories.all()
    known = policies.load(store, {(w.id, w.owner_id) for w in watches})
    bodies: dict[int, list[int]] = defaultdict(list)
    signals: dict[int, list[int]] = defaultdict(list)
    for watch in watches:
        policy = known.of(watch.id, watch.owner_id)
        bodies[policy.retention.bodies_days].append(watch.id)
        if policy.source("retention.signals_days") != "default":
            signals[policy.retention.signals_days].append(watch.id)
    store.comments.prune(now - dt.timedelta(days=settings.pressure_keep_days))
    for days, ids in sorted(signals.items()):
        store.comments.prune(now - dt.timedelta(days=days), ids)
    usual = Policy().retention.bodies_days
    bodies.pop(usual, None)
    others = [repository_id for ids in bodies.values() for repository_id in ids]
    dropped = store.prune(now, keep_bodies=dt.timedelta(days=usual), without=others)
    for days, ids in sorted(bodies.items()):
        dropped += store.prune_deliveries(ids, now, dt.timedelta(days=days))
    return dropped
