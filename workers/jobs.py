"""The only RQ entry points. A job carries a number, never an object; it reads everything else from SQL.

Each clears its flag before it reads, so a wake-up that comes while it works leads to another job.
"""

from __future__ import annotations

import datetime as dt
import logging
import time

from sqlalchemy.exc import OperationalError

from github_app.store.engine import ConflictError
from workers import deliver, first_report, forgetting, fundings, incidents, orders, policy_watch, releases, time_passes
from workers import learn as baseline
from workers.batch import OvertakenError
from workers.drain import drain as drain_partition
from workers.reconcile.loop import reconcile as compare
from workers.reconcile.redeliver import EVERY as REDELIVER_EVERY
from workers.reconcile.redeliver import LOOKED
from workers.reconcile.redeliver import redeliver as send_again
from workers.runtime import Runtime, current, utcnow
from workers.turn import turn

log = logging.getLogger(__name__)

NOTIFY_SECONDS = 5.0
"""How long a job sends messages before it lets other jobs have their turn."""
COMPARE_SECONDS = 3.0
"""How long a job compares before it lets other jobs have their turn; one look that has begun is finished."""
STALE_SECONDS = 3
"""How long a delivery may wait before the sweep takes its wake-up for lost."""


def drain(partition: int) -> None:
    """Judge what waits in a partition."""
    runtime = current()
    runtime.waker.clear_partition(partition)
    with turn(runtime.waker.redis, f"drain:{partition}") as ours:
        if ours:
            _drain_until_empty(runtime, partition)
    # A delivery stored after our last look found the turn taken: whoever held it looks once more.
    if ours and runtime.store.inbox.pending(partition, 1, utcnow()):
        runtime.waker.partitions([partition])


def _drain_until_empty(runtime: Runtime, partition: int) -> None:
    started = time.monotonic()
    try:
        done = drain_partition(runtime, partition, utcnow())
    except (OvertakenError, ConflictError):
        log.info("overtaken by another worker", extra={"partition": partition})
        return
    except OperationalError as error:
        # SQL is busy or away: the rows are still pending and the sweep brings us back.
        log.warning("SQL is not available: %s", type(error.orig).__name__, extra={"partition": partition})
        return
    if done:
        seconds = round(time.monotonic() - started, 3)
        log.info("drained", extra={"partition": partition, "deliveries": done, "seconds": seconds})


def notify() -> None:
    """Send what is due in the outbox."""
    runtime = current()
    runtime.waker.clear_notify()
    # One worker at a time: channels want pauses between messages, and whoever waits out a pause judges no deliveries.
    with turn(runtime.waker.redis, "notify") as ours:
        if ours:
            orders.carry_out_due(runtime.store, runtime.writer, utcnow)
            deliver.deliver_due(runtime.store, runtime.notifiers, clock=utcnow, seconds=NOTIFY_SECONDS)
    if ours and _something_to_send(runtime):
        runtime.waker.notify()


def _something_to_send(runtime: Runtime) -> bool:
    now = utcnow()
    store = runtime.store
    waiting = (store.outbox.due(now, 1), store.notices.due(now, 1), store.replies.due(now, 1), store.orders.due(now, 1))
    return any(waiting)


def learn(repository_id: int) -> None:
    """Learn a repository's past."""
    runtime = current()
    runtime.waker.clear_learn(repository_id)
    baseline.learn(runtime, repository_id, utcnow())


def policies() -> None:
    """Look at the policy files and the pull requests that are due."""
    runtime = current()
    runtime.waker.clear_policies()
    with turn(runtime.waker.redis, "policies") as ours:
        if ours:
            policy_watch.look(runtime, utcnow)
    if ours and policy_watch.waiting(runtime, utcnow()):
        runtime.waker.policies()


def reconcile(installation_id: int) -> None:
    """Compare with GitHub what is due for an installation, for a short turn: deliveries and messages come in between."""
    runtime = current()
    try:
        done = compare(runtime, installation_id, utcnow, seconds=COMPARE_SECONDS)
    finally:
        runtime.waker.clear_reconcile(installation_id)
    after = runtime.store.allowances.get(installation_id)
    if done.looked and after is not None and after.next_at <= utcnow():
        runtime.waker.reconcile(installation_id)
    if done.looked or done.alerts:
        said = {"looked": done.looked, "requests": done.requests, "counted": done.counted, "alerts": len(done.alerts)}
        log.info("compared with GitHub", extra={"installation": installation_id, **said})


def redeliver() -> None:
    """Have GitHub send again what it could not deliver."""
    runtime = current()
    try:
        with turn(runtime.waker.redis, "redeliver") as ours:
            done = send_again(runtime, utcnow) if ours else None
    finally:
        runtime.waker.clear_redeliver()
    if done is not None and (done.failed or done.stopped):
        log.info("looked for failed deliveries", extra={"failed": done.failed, "asked": done.asked, "why": done.stopped})


def examine(repository_id: int) -> None:
    """Look into a repository's waiting releases."""
    runtime = current()
    try:
        releases.examine(runtime, repository_id, utcnow())
    finally:
        runtime.waker.clear_examine(repository_id)


def reports() -> None:
    """Make reports about incidents, and read where projects ask for support."""
    runtime = current()
    runtime.waker.clear_reports()
    with turn(runtime.waker.redis, "reports") as ours:
        if ours and incidents.work(runtime, utcnow) + fundings.look(runtime, utcnow):
            runtime.waker.notify()
    if ours and _something_to_report(runtime, utcnow()):
        runtime.waker.reports()


def _something_to_report(runtime: Runtime, now: dt.datetime) -> bool:
    return incidents.waiting(runtime, now) or fundings.waiting(runtime, now)


def sweep() -> None:
    """Wake whatever waits although nobody was told: lost wake-ups, due messages, histories to learn."""
    sweep_with(current())


def sweep_with(runtime: Runtime) -> dict[str, int]:
    """Do one sweep and say what it woke."""
    now = utcnow()
    aged = time_passes.sweep(runtime.store, now)
    partitions = runtime.store.inbox.stale_partitions(now - dt.timedelta(seconds=STALE_SECONDS), now)
    learnable = runtime.store.repositories.learnable(now)
    first_report.gather(runtime.store, runtime.settings, now)
    send = _something_to_send(runtime)
    runtime.waker.partitions(partitions)
    for watch in learnable:
        runtime.waker.learn(watch.id)
    if send:
        runtime.waker.notify()
    if policy_watch.waiting(runtime, now):
        runtime.waker.policies()
    if _something_to_report(runtime, now):
        runtime.waker.reports()
    comparing = _to_compare(runtime, now)
    for installation_id in comparing:
        runtime.waker.reconcile(installation_id)
    examinable = runtime.store.releases.due(now)
    for repository_id in examinable:
        runtime.waker.examine(repository_id)
    woke = {"partitions": len(partitions), "repositories": len(learnable), "outbox": int(send), "alerts": aged}
    return woke | {"installations": len(comparing), "releases": len(examinable)}


def _to_compare(runtime: Runtime, now: dt.datetime) -> list[int]:
    """Return the installations for which something is due; and every few minutes, have failed deliveries looked for."""
    if runtime.app is None:
        return []
    looked = runtime.store.redeliveries.marked(LOOKED)
    if looked is None or now - looked >= REDELIVER_EVERY:
        runtime.waker.redeliver()
    known = {a.installation_id: a.next_at for a in runtime.store.allowances.all()}
    wanted = {*known, *runtime.store.repositories.installations()}
    return sorted(number for number in wanted if known.get(number, now) <= now)


def daily() -> None:
    """Forget what nobody needs any more, and call repositories known whose people were watched long enough."""
    runtime = current()
    dropped = forgetting.forget(runtime.store, runtime.settings, utcnow())
    known = baseline.settle_known(runtime, utcnow())
    log.info("daily work is done", extra={"bodies_dropped": dropped, "repositories_settled": known})
