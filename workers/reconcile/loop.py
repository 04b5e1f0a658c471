"""Go round: one installation, source after source, as far as time and budget allow; the rest is done the next time.

All progress is in SQL, in the same transaction as what it led to, so a run that is killed is continued where it was.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import Connection

from github_app.settings import Settings
from github_app.store import Allowance, Check, ConflictError, Watch
from github_app.store.checks import GLANCE, ORGANISATION, REPOSITORY
from workers.batch import OvertakenError
from workers.github import GitHubApp, Refused, Unavailable
from workers.reconcile import blind, budget, declare, glance, plan, sources
from workers.reconcile.account import Gone, account, fresh
from workers.reconcile.asking import Asking, HalfAnswerError, Meter, OutOfBudgetError
from workers.reconcile.compare import compare
from workers.reconcile.declare import Look, Origin
from workers.reconcile.glance import Glances
from workers.reconcile.repositories_seen import follow, nodes
from workers.runtime import Runtime

log = logging.getLogger(__name__)

SECONDS = 10.0
"""How long one run works before others have their turn; the clock sees to the next."""
LEASE_SECONDS = 60.0
_AT_ONCE = 20
_FEW_FAILURES = 3


@dataclass(slots=True)
class Result:
    """What a run did, for the log and the command."""

    looked: int = 0
    glanced: int = 0
    requests: int = 0
    counted: int = 0
    alerts: list[str] = field(default_factory=list)
    stopped: str = ""


def interval(settings: Settings) -> dt.timedelta:
    """Return how often everything is looked at, if the budget allows."""
    return dt.timedelta(minutes=settings.reconcile_minutes)


def reconcile(
    runtime: Runtime,
    installation_id: int,
    clock: Callable[[], dt.datetime],
    *,
    seconds: float = SECONDS,
    everything: bool = False,
) -> Result:
    """Look at what is due for one installation.

    Args:
        runtime: the collaborators of a job; without a GitHub App there is nothing to do.
        installation_id: whose.
        clock: the time, in UTC.
        seconds: how long to go on.
        everything: whether to look at all sources now, due or not.

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach; nothing half done is left.
    """
    if runtime.app is None:
        return Result(stopped="no GitHub App is configured")
    owner = f"{os.getpid()}-{secrets.token_hex(4)}"
    lease = f"reconcile:{installation_id}"
    if not runtime.store.leases.acquire(lease, owner, LEASE_SECONDS, clock()):
        return Result(stopped="another process is at it")
    try:
        run = _Run(runtime, runtime.app, installation_id, clock)
        return run.go(seconds, everything, partial(runtime.store.leases.acquire, lease, owner, LEASE_SECONDS))
    finally:
        runtime.store.leases.release(lease, owner)


class _Run:
    """One run for one installation, while it holds the lease."""

    def __init__(self, runtime: Runtime, app: GitHubApp, installation_id: int, clock: Callable[[], dt.datetime]) -> None:
        self.runtime, self.app, self.id, self.clock = runtime, app, installation_id, clock
        self.store = runtime.store
        self.every = interval(runtime.settings)
        self.result = Result()
        self.watches: dict[int, Watch] = {}
        self.moved = False

    def go(self, seconds: float, everything: bool, renew: Callable[[dt.datetime], bool]) -> Result:
        """Find out whose it is, plan, and go round."""
        now = self.clock()
        known = self.store.allowances.get(self.id)
        if known is not None and known.next_at > now and (known.paused or not everything):
            self.result.stopped = known.paused or "nothing is due"
            return self.result
        try:
            found = account(self.runtime, self.app, known or fresh(self.id, now), now, self.every)
        except Unavailable as error:
            self._pause(self.store.allowances.get(self.id) or fresh(self.id, now), error)
            return self.result
        except Gone as gone:
            self.result.stopped = str(gone)
            return self.result
        self.watches = {w.id: w for w in self.store.repositories.all()}
        if found.asked_at == now or everything:
            self._plan(found, everything)
        self._round(found, seconds, renew)
        return self.result

    def _plan(self, allowance: Allowance, everything: bool) -> None:
        """Bring what is looked at in line with which repositories there are, and say what cannot be seen."""
        now = self.clock()
        wanted = plan.wanted(allowance, self.watches.values(), now, nodes(self.runtime, allowance.scope))
        known = self.store.checks.of(self.id)
        new = [check for k, check in wanted.items() if k not in known]
        gone = [check for k, check in known.items() if k not in wanted]
        checks = {k: known.get(k, check) for k, check in wanted.items()}
        with self.store.begin() as conn:
            self.store.checks.plan(conn, new, gone)
            for check in checks.values() if everything else ():
                if not check.blind:
                    self.store.checks.done(conn, check, due_at=now, priority=check.priority, checked_at=None)
            blind.survey(self.store, conn, allowance, checks, now)
            self.store.allowances.put(conn, allowance)

    def _round(self, allowance: Allowance, seconds: float, renew: Callable[[dt.datetime], bool]) -> None:
        steady = self.runtime.settings.reconcile_requests
        waiting = self.store.checks.unseen(self.id) + self.store.checks.changed(self.id)
        rate = budget.per_hour(steady, much_to_read=waiting > 0)
        meter = budget.meter(allowance, rate, self.clock())
        glances = Glances(
            app=self.app,
            store=self.store,
            installation_id=self.id,
            account=allowance.account,
            every=self.every,
            size=allowance.glance_size,
            fields=glance.fields(allowance.permissions),
        )
        until = time.monotonic() + seconds
        next_at = self.clock()
        try:
            while time.monotonic() < until and renew(self.clock()):
                due = self.store.checks.due(self.id, self.clock(), _AT_ONCE)
                if not due:
                    next_at = self.store.checks.next_due(self.id) or self.clock() + self.every
                    break
                self._look_at(due, allowance, meter, glances, until)
        except OutOfBudgetError:
            self.result.stopped = "the budget for now is spent"
            next_at = budget.enough_at(meter, rate, self.clock())
        except Unavailable as error:
            self._pause(replace(budget.spent(allowance, meter, self.clock()), glance_size=glances.size), error)
            return
        finally:
            self.result.requests, self.result.counted, self.result.glanced = meter.requests, meter.counted, glances.done
        ends = replace(
            budget.spent(allowance, meter, self.clock()),
            glance_size=glances.size,
            next_at=self.clock() if self.moved else next_at,
            asked_at=None if self.moved else allowance.asked_at,
            paused="",
            complete_at=self.store.checks.oldest(self.id, ORGANISATION) or allowance.complete_at,
        )
        with self.store.begin() as conn:
            self.store.allowances.put(conn, ends)
            self.store.problems.clear(conn, f"reconcile:{self.id}")

    def _look_at(self, due: list[Check], allowance: Allowance, meter: Meter, glances: Glances, until: float) -> None:
        for check in due:
            if time.monotonic() >= until:
                return
            if check.source == GLANCE:
                glances.look(self.clock(), meter, check)
                continue
            origin = sources.load().get(check.source)
            if origin is not None:  # a source that this version no longer has is dropped by the next plan
                self._look(check, origin, allowance, meter)

    def _look(self, check: Check, origin: Origin, allowance: Allowance, meter: Meter) -> None:
        now = self.clock()
        look = self._aimed(check, allowance, meter, now)
        try:
            alerts = compare(self.runtime, look, check, origin, partial(self._done, check, origin, now))
        except Refused as error:
            self._refused(check, origin, str(error), now)
        except HalfAnswerError as error:
            self._failed(check, str(error), now)
        except (ConflictError, OvertakenError):
            # An event changed the same things while we asked: look again with what it told.
            self._later(check, now + dt.timedelta(seconds=5))
        else:
            self.result.looked += 1
            self.result.alerts += [alert.finding.title for alert in alerts]
            if origin.scope == declare.INSTALLATION:
                # Repositories that came or went are planned for in the next run, which then is at once.
                self.moved = follow(self.runtime, look, self.watches, now) or self.moved

    def _aimed(self, check: Check, allowance: Allowance, meter: Meter, now: dt.datetime) -> Look:
        watch = self.watches.get(int(check.scope.partition(":")[2])) if check.scope.startswith("repo:") else None
        ask = Asking(app=self.app, store=self.store, installation_id=self.id, scope=check.scope, meter=meter)
        return Look(
            ask=ask,
            account=allowance.account,
            account_id=allowance.account_id,
            now=now,
            since=check.checked_at,
            repository=watch.repository if watch else None,
            default_branch=watch.default_branch if watch else "",
            app_id=self.runtime.settings.github_app_id,
        )

    def _done(self, check: Check, origin: Origin, now: dt.datetime, conn: Connection) -> None:
        due = plan.next_turn(check.scope, now, self._unread(check))
        self.store.checks.done(conn, check, due_at=due, priority=plan.priority(origin), checked_at=now)
        if check.blind:
            blind.seen_again(self.store, conn, check)
        if check.failures:
            self.store.problems.clear(conn, f"half:{check.scope}:{origin.name}")

    def _unread(self, check: Check) -> dt.timedelta:
        """How long something need not be read again while nothing says that it changed."""
        if check.source not in plan.HINTED:
            return self.every
        found = self.store.checks.one(check.scope, check.source)  # its hint may be younger than what we hold
        if found is None or not found.hint or not plan.glanced_at(found, self.store.checks.one(check.scope, GLANCE)):
            return self.every
        mine = sum(w.installation_id == self.id and w.state != "removed" for w in self.watches.values())
        return plan.unread(self.every, mine, self.runtime.settings.reconcile_requests)

    def _refused(self, check: Check, origin: Origin, said: str, now: dt.datetime) -> None:
        """GitHub will not tell however often it is asked: a blind spot, said once for all scopes of a source."""
        text = blind.by_github(origin, said)
        with self.store.begin() as conn:
            due, turn = now + blind.AGAIN, plan.priority(origin)
            self.store.checks.done(conn, check, due_at=due, priority=turn, checked_at=None, blind=text)
            self.store.problems.report(conn, blind.key(self.id, origin.name), text, now)

    def _failed(self, check: Check, said: str, now: dt.datetime) -> None:
        log.warning("half an answer: %s", said, extra={"scope": check.scope, "source": check.source})
        times = check.failures + 1
        with self.store.begin() as conn:
            due = plan.after_failure(check.failures, now)
            self.store.checks.done(conn, check, due_at=due, priority=REPOSITORY, checked_at=None, failures=times)
            if times >= _FEW_FAILURES:
                sentence = f"{said}, {times} times in a row: what changed there is not seen."
                self.store.problems.report(conn, f"half:{check.scope}:{check.source}", sentence, now)

    def _later(self, check: Check, at: dt.datetime) -> None:
        with self.store.begin() as conn:
            self.store.checks.done(
                conn, check, due_at=at, priority=check.priority, checked_at=None, failures=check.failures, blind=check.blind
            )

    def _pause(self, allowance: Allowance, error: Unavailable) -> None:
        """GitHub cannot be asked now: nothing was concluded, and it is asked again when it wants to be."""
        self.result.stopped = str(error)
        name = allowance.account or f"Installation {self.id}"
        sentence = f"{name} cannot be compared with GitHub now: {error}."
        with self.store.begin() as conn:
            self.store.allowances.put(conn, replace(allowance, next_at=error.retry_at, paused=str(error)))
            self.store.problems.report(conn, f"reconcile:{self.id}", sentence, self.clock())
