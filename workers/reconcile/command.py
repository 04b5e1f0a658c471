"""`trust-alerts reconcile`: one round for every installation, with what it costs and finds, for operators."""

from __future__ import annotations

import time
from collections.abc import Callable

from github_app.settings import Settings
from workers.reconcile.loop import Result, reconcile
from workers.reconcile.redeliver import redeliver
from workers.runtime import Runtime, build, utcnow

_SLICE = 20.0


def run(settings: Settings, *, everything: bool, minutes: int, say: Callable[[str], object]) -> int:
    """Go round until nothing is due, the budget is spent or the time is over; return the exit status.

    Args:
        settings: with a GitHub App.
        everything: whether to look at all sources, due or not.
        minutes: how long at most, for all installations together.
        say: prints a line.

    Returns:
        0, or 1 when GitHub could not be asked.
    """
    runtime = build(settings)
    until = time.monotonic() + minutes * 60
    try:
        known = {a.installation_id for a in runtime.store.allowances.all()}
        installations = sorted(known | set(runtime.store.repositories.installations()))
        if not installations:
            say("The app is not installed anywhere yet: nothing to compare.")
        good = [_one(runtime, number, everything, until, say) for number in installations]
        again = redeliver(runtime, utcnow)
        trouble = f" GitHub could not be asked: {again.stopped}" if again.stopped else ""
        say(f"Deliveries that failed: {again.failed}; asked for again: {again.asked}; given up: {again.given_up}.{trouble}")
        return 0 if all(good) and not again.stopped else 1
    finally:
        runtime.store.close()
        if runtime.app is not None:
            runtime.app.close()


def _one(runtime: Runtime, number: int, everything: bool, until: float, say: Callable[[str], object]) -> bool:
    total = Result()
    while time.monotonic() < until:
        step = reconcile(runtime, number, utcnow, seconds=min(_SLICE, until - time.monotonic()), everything=everything)
        everything = False
        total.looked += step.looked
        total.requests += step.requests
        total.counted += step.counted
        total.alerts += step.alerts
        total.stopped = step.stopped
        allowance = runtime.store.allowances.get(number)
        name = allowance.account if allowance and allowance.account else f"installation {number}"
        unseen = runtime.store.checks.unseen(number)
        say(f"{name}: {total.looked} sources read with {total.requests} requests, {total.counted} of them counted by GitHub"
            + (f"; {unseen} never read yet" if unseen else ""))  # fmt: skip
        for title in step.alerts:
            say(f"{name}: {title}")
        if step.stopped or allowance is None or allowance.next_at > utcnow():
            break
    if total.stopped and total.stopped != "nothing is due":
        say(f"{name}: stopped, because {total.stopped}.")
    return total.stopped in {"", "nothing is due", "the budget for now is spent"}
