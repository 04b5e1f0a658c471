"""Deliveries that GitHub could not make: GitHub does not repeat them by itself, but does when asked, for three days.

https://docs.github.com/en/webhooks/using-webhooks/automatically-redelivering-failed-deliveries-for-a-github-app-webhook
https://docs.github.com/en/rest/apps/webhooks
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from github_app.store import Redelivery, Store
from github_app.store.redeliveries import ARRIVED, GIVEN_UP
from workers.github import GitHubApp, Refused, Unavailable
from workers.reconcile import as_app
from workers.reconcile.as_app import FailedDelivery
from workers.runtime import Runtime

log = logging.getLogger(__name__)

EVERY = dt.timedelta(minutes=5)
LOOK_BACK = dt.timedelta(days=3)
"""For how long GitHub can send a delivery again (7 days on GitHub Enterprise Server)."""
OVERLAP = dt.timedelta(hours=1)
MOST_ASKS = 5
"""How often one delivery is asked for before it is given up."""
AT_ONCE = 50
"""How many are asked for in one run: GitHub wants a second between writes."""
MOST_PAGES = 100
SHOWN = dt.timedelta(days=14)
"""How long a gap that nothing can close is shown."""
LOOKED = "redeliver:looked"
_WHOLE = "redeliver:whole"
_PATIENCE = dt.timedelta(minutes=5)


@dataclass(slots=True)
class Result:
    """What a run found and did, by number of deliveries."""

    failed: int = 0
    asked: int = 0
    arrived: int = 0
    given_up: int = 0
    stopped: str = ""


def redeliver(runtime: Runtime, clock: Callable[[], dt.datetime]) -> Result:
    """Look for deliveries that failed, and have GitHub send again those that are not in the inbox.

    Args:
        runtime: the collaborators of a job; without a GitHub App there is nothing to do.
        clock: the time, in UTC.
    """
    result = Result()
    if runtime.app is None:
        result.stopped = "no GitHub App is configured"
        return result
    store, now = runtime.store, clock()
    looked = store.redeliveries.marked(_WHOLE)
    with store.begin() as conn:
        store.redeliveries.mark(conn, LOOKED, now)
    since = max(now - LOOK_BACK, looked - OVERLAP) if looked else now - LOOK_BACK
    # What was asked for and failed again is found by its new failure, which can be no older than our question.
    since = min([since, *(r.asked_at for r in store.redeliveries.waiting() if r.asked_at > now - LOOK_BACK)])
    try:
        failed = as_app.failed_deliveries(runtime.app, since, MOST_PAGES)
        result.failed = len({f.guid for f in failed})
        whole = _ask_again(runtime.app, store, failed, now, result)
    except (Unavailable, Refused) as error:
        result.stopped = str(error)
        with store.begin() as conn:
            sentence = f"GitHub could not be asked which deliveries failed: {error}."
            store.problems.report(conn, "redeliver:unasked", sentence, now)
        return result
    _report(store, now, looked, whole=whole)
    return result


def _ask_again(app: GitHubApp, store: Store, failed: Sequence[FailedDelivery], now: dt.datetime, result: Result) -> bool:
    """Ask for what is missing; say whether all of it was asked for."""
    newest: dict[str, FailedDelivery] = {}
    for one in sorted(failed, key=lambda f: f.at):
        newest[one.guid] = one
    waiting = {r.guid for r in store.redeliveries.waiting()}
    here = store.redeliveries.received([*newest, *waiting])
    earlier = store.redeliveries.of(newest)
    arrived = waiting & here
    with store.begin() as conn:
        store.redeliveries.settle(conn, arrived, ARRIVED)
        for guid in arrived:
            store.problems.clear(conn, f"delivery-lost:{guid}")
    result.arrived = len(arrived)
    for guid, one in newest.items():
        if guid in here or not _due(earlier.get(guid, []), one, now):
            continue
        asks = earlier.get(guid, [])
        if len(asks) >= MOST_ASKS:
            _give_up(store, one, f"it failed {len(asks) + 1} times, the last time with “{one.status}”", now)
            result.given_up += 1
            continue
        if result.asked >= AT_ONCE:
            return False
        try:
            as_app.redeliver(app, one.id)
        except Refused as error:
            _give_up(store, one, str(error), now)
            result.given_up += 1
            continue
        result.asked += 1
        with store.begin() as conn:
            asked = Redelivery(delivery_id=one.id, guid=guid, event=one.event, failed_at=one.at, asked_at=now)
            store.redeliveries.asked(conn, asked)
    return True


def _due(asks: Sequence[Redelivery], one: FailedDelivery, now: dt.datetime) -> bool:
    """Each failed attempt is asked to be repeated once, and each time with more patience; what was given up stays so."""
    if not asks:
        return True
    if any(r.delivery_id == one.id or r.state == GIVEN_UP for r in asks):
        return False
    wait: dt.timedelta = _PATIENCE * (1 << len(asks))
    return now - max(r.asked_at for r in asks) >= wait


def _give_up(store: Store, one: FailedDelivery, why: str, now: dt.datetime) -> None:
    log.warning("a delivery was given up", extra={"delivery": one.guid})
    with store.begin() as conn:
        known = Redelivery(
            delivery_id=one.id, guid=one.guid, event=one.event, failed_at=one.at, asked_at=now, state=GIVEN_UP
        )
        store.redeliveries.asked(conn, known)
        store.redeliveries.settle(conn, [one.guid], GIVEN_UP)
        sentence = f"The delivery {one.guid} ({one.event}) of {_when(one.at)} is lost: {why}. What it told was not judged."
        store.problems.report(conn, f"delivery-lost:{one.guid}", sentence, now)


def _report(store: Store, now: dt.datetime, looked: dt.datetime | None, *, whole: bool) -> None:
    waiting = {r.guid: r for r in store.redeliveries.waiting()}
    with store.begin() as conn:
        store.problems.clear(conn, "redeliver:unasked")
        if waiting:
            times = sorted(r.failed_at for r in waiting.values())
            sentence = (
                f"{len(waiting)} deliveries failed between {_when(times[0])} and {_when(times[-1])}; GitHub was asked to "
                "send them again, and they have not come yet."
            )
            store.problems.report(conn, "redeliver:waiting", sentence, now)
        else:
            store.problems.clear(conn, "redeliver:waiting")
        if looked is not None and now - looked > LOOK_BACK:
            sentence = (
                f"Nobody looked for failed deliveries from {_when(looked)} until {_when(now)}. GitHub sends none again that "
                f"are older than {_when(now - LOOK_BACK)}: what happened before may be missing."
            )
            store.problems.report(conn, f"gap:{looked:%Y%m%d%H%M}", sentence, now)
        for problem in store.problems.open():
            if problem.key.startswith(("gap:", "delivery-lost:")) and now - problem.last_at > SHOWN:
                store.problems.clear(conn, problem.key)
        if whole:
            store.redeliveries.mark(conn, _WHOLE, now)
        store.redeliveries.prune(conn, now - SHOWN)


def _when(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
