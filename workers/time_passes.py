"""What time alone does to alerts, as the policy of each repository wants it: snoozes end, acknowledgements age."""

from __future__ import annotations

import datetime as dt

from github_app import decisions
from github_app.ageing import Patience
from github_app.model import Alert
from github_app.policy import Policy, hours
from github_app.store import Store
from workers import policies

_SHORTEST = dt.timedelta(hours=1)
"""No policy can be less patient than this; acknowledgements younger than it need no look at a policy."""


def sweep(store: Store, now: dt.datetime) -> int:
    """End snoozes that are over, remind of acknowledgements and take back old ones; return how many alerts changed.

    Where nothing waits this is one query for each of both; otherwise the policies of all of them are one more.
    """
    over = [(a.id, a.repository.id, a.repository.owner_id) for a in store.alerts.snoozed(now)]
    taken = store.alerts.acknowledged(now - _SHORTEST)
    known = policies.load(store, {place[1:] for place in over} | {(t.repository_id, t.owner_id) for t in taken})
    for found in taken:
        patience = patience_of(known.of(found.repository_id, found.owner_id))
        if found.last_at <= now - min(patience.remind, patience.reopen):
            over.append((found.id, found.repository_id, found.owner_id))
    changed = 0
    for alert_id, repository_id, owner_id in over:
        policy = known.of(repository_id, owner_id)

        def quiet_until(alert: Alert, policy: Policy = policy) -> dt.datetime | None:
            return hours.quiet_until(policy.quiet_hours, now, alert.finding.severity)

        changed += decisions.pass_time(store, alert_id, now, patience_of(policy), quiet_until=quiet_until)
    return changed


def patience_of(policy: Policy) -> Patience:
    """Return how long an acknowledgement may wait; it is opened again last of all, whatever the file says."""
    remind = dt.timedelta(hours=policy.acknowledgement.remind_after_hours)
    return Patience(remind=remind, reopen=max(remind, dt.timedelta(hours=policy.acknowledgement.reopen_after_hours)))
