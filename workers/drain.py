"""Drain one partition of the inbox: deliveries -> facts -> ledger -> alerts, in one transaction per batch.

What is slow (asking GitHub) happens before the transaction; the transaction re-checks that every row is still
pending and rolls back if not, so two workers on one partition waste work but never judge anything twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from github_app.store.inbox import Outcome, Pending
from github_app.store.repositories import Watch
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from github_app import fact as f
from github_app.identity import keys
from github_app.ledger import Ledger
from github_app.model import Alert, Person
from workers import routing
from workers.facts.enrich import enrich
from workers.facts.webhook import Parsed, Unreadable, decode
from workers.github import Unavailable
from workers.judge import DetectorFailure, judge
from workers.runtime import Runtime

log = logging.getLogger(__name__)

BATCH = 200
MOST_ATTEMPTS = 5
_WATCHER_FACTS = (f.InstallationChanged,)


class Overtaken(Exception):
    """Another worker finished some of these rows first; nothing was written."""


@dataclass(slots=True)
class Batch:
    """What a batch will write if all goes well."""

    outcomes: list[Outcome] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    alerts: list[tuple[Alert, str]] = field(default_factory=list)
    pulls: list[f.PullChanged | f.PullMerged] = field(default_factory=list)
    failures: list[DetectorFailure] = field(default_factory=list)
    watcher: list[f.InstallationChanged] = field(default_factory=list)
    postponed: dict[int, tuple[dt.datetime, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A row of the inbox after reading it: its facts, or why there are none."""

    row: Pending
    parsed: Parsed | None
    error: str = ""

    @property
    def facts(self) -> tuple[f.Fact, ...]:
        """The facts of this delivery."""
        return self.parsed.facts if self.parsed else ()


def drain(runtime: Runtime, partition: int, now: dt.datetime) -> int:
    """Judge what waits in a partition until nothing is left that can be judged now; return how many deliveries.

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach; everything not committed stays pending.
    """
    done = 0
    while rows := runtime.store.inbox.pending(partition, BATCH, now):
        finished = _careful(runtime, rows, now)
        done += finished
        if finished == 0:
            break
    return done


def _careful(runtime: Runtime, rows: Sequence[Pending], now: dt.datetime) -> int:
    """Take a batch at once; if something in it breaks, one by one, so that one bad delivery cannot hold the others."""
    try:
        return drain_batch(runtime, rows, now)
    except (Overtaken, OperationalError):
        raise
    except Exception:
        log.exception("batch failed, taking its deliveries one by one", extra={"deliveries": len(rows)})
    done = 0
    stopped: set[int] = set()
    for row in rows:
        if row.repository_id in stopped:
            continue
        try:
            done += drain_batch(runtime, [row], now)
        except (Overtaken, OperationalError):
            raise
        except Exception as error:
            done += _failed(runtime, row, error, now)
            stopped.add(row.repository_id)
    return done


def _failed(runtime: Runtime, row: Pending, error: Exception, now: dt.datetime) -> int:
    note = (
        f"{type(error).__name__} while judging"
        if isinstance(error, DBAPIError)
        else f"{type(error).__name__}: {error}"[:300]
    )
    log.error("delivery failed", exc_info=error, extra={"delivery": row.guid, "attempt": row.attempts + 1})
    with runtime.store.begin() as conn:
        if row.attempts + 1 < MOST_ATTEMPTS:
            runtime.store.inbox.retry(conn, [row.seq], note)
            if row.repository_id:
                until = now + dt.timedelta(seconds=5 * 4**row.attempts)
                runtime.store.repositories.block(conn, row.repository_id, until, note)
            return 0
        runtime.store.inbox.finish(conn, [Outcome(seq=row.seq, state="failed", note=note)])
        sentence = f"Delivery {row.guid} ({row.event}) could not be judged and was set aside: {note}"
        runtime.store.problems.report(conn, f"delivery:{row.guid}", sentence, row.received_at)
    return 1


def read(row: Pending) -> Read:
    """Turn a stored delivery into facts, or say why there are none."""
    try:
        return Read(row=row, parsed=decode(row.event, row.body, received_at=row.received_at, delivery=row.guid))
    except Unreadable as error:
        return Read(row=row, parsed=None, error=str(error))


def drain_batch(runtime: Runtime, rows: Sequence[Pending], now: dt.datetime) -> int:
    """Judge these rows and commit everything they lead to, or nothing.

    Returns:
        How many rows were dealt with: finished, or put to wait until their repository's past is learned or GitHub
        answers again.

    Raises:
        Overtaken: another worker was faster with some of the rows.
    """
    reads = [read(row) for row in rows]
    watches = runtime.store.repositories.get_many(_repository_ids(reads))
    unknown = [r for r in reads if _needs_history(r) and _watch_of(r, watches) is None]
    waiting = {id(r) for r in unknown}
    batch = Batch()
    _judge_all(runtime, [r for r in reads if id(r) not in waiting], watches, batch, now)
    with runtime.store.begin() as conn:
        _see(runtime, conn, unknown, watches, reads)
        _write(runtime, conn, batch, now)
    _wake(runtime, batch, unknown)
    return len(batch.outcomes) + len(unknown) + len(batch.postponed)


def _needs_history(read: Read) -> bool:
    return any(x.repository is not None for x in read.facts)


def _repository_ids(reads: Iterable[Read]) -> set[int]:
    return {r.parsed.repository.id for r in reads if r.parsed and r.parsed.repository}


def _watch_of(read: Read, watches: dict[int, Watch]) -> Watch | None:
    repository = read.parsed.repository if read.parsed else None
    return watches.get(repository.id) if repository else None


def _scope(fact: f.Fact) -> str:
    return f"repo:{fact.repository.id}" if fact.repository is not None else f"org:{fact.organization_id}"


def _subject_keys(facts: Iterable[f.Fact]) -> set[str]:
    people: set[Person] = set()
    for fact in facts:
        named = (fact.actor, getattr(fact, "subject", None), getattr(fact, "author", None), getattr(fact, "tagger", None))
        people.update(p for p in named if isinstance(p, Person))
        if isinstance(fact, f.CommitsLanded):
            people.update(p for c in fact.commits for p in (c.author, c.committer))
    return {key for person in people for key in keys(person)}


def _judge_all(runtime: Runtime, reads: Sequence[Read], watches: dict[int, Watch], batch: Batch, now: dt.datetime) -> None:
    facts = [x for r in reads for x in r.facts]
    batch.ledgers = runtime.store.ledgers.load({_scope(x) for x in facts}, _subject_keys(facts))
    by_repository: dict[str, list[Read]] = defaultdict(list)
    for r in reads:
        if r.facts:
            by_repository[_scope(r.facts[0])].append(r)
        else:
            batch.outcomes.append(_outcome_without_facts(r))
    for scope, mine in by_repository.items():
        _judge_scope(runtime, scope, mine, watches, batch, now)


def _outcome_without_facts(r: Read) -> Outcome:
    if r.parsed is None:
        return Outcome(seq=r.row.seq, state="failed", note=f"unreadable: {r.error}"[:500])
    return Outcome(seq=r.row.seq, state="ignored", note=r.parsed.ignored)


def _judge_scope(
    runtime: Runtime, scope: str, reads: Sequence[Read], watches: dict[int, Watch], batch: Batch, now: dt.datetime
) -> None:
    """Judge one repository's deliveries in order; when GitHub cannot be asked now, this one and those after it wait."""
    ledger = batch.ledgers[scope]
    if scope.startswith("org:") and ledger.settled_at is None:
        # Who owned an organisation before we came is in no history; a grant counts from the first day.
        ledger.settle(now, "first seen")
    for r in reads:
        watch = _watch_of(r, watches)
        if watch is not None and watch.state == "removed" and not any(isinstance(x, _WATCHER_FACTS) for x in r.facts):
            batch.outcomes.append(Outcome(seq=r.row.seq, state="ignored", note="the app no longer watches this repository"))
            continue
        try:
            facts = enrich(r.facts, ledger, runtime.reader, watch.installation_id if watch else None)
        except Unavailable as error:
            assert r.parsed is not None
            if r.row.repository_id:
                batch.postponed[r.row.repository_id] = (error.retry_at, str(error))
            return
        _judge_delivery(runtime, r, facts, ledger, batch, now)


def _judge_delivery(
    runtime: Runtime, r: Read, facts: Sequence[f.Fact], ledger: Ledger, batch: Batch, now: dt.datetime
) -> None:
    judgement = judge(facts, ledger, runtime.detectors, now=now)
    batch.alerts.extend((alert, r.row.guid) for alert in judgement.alerts)
    batch.failures.extend(judgement.failures)
    batch.pulls.extend(x for x in facts if isinstance(x, f.PullChanged | f.PullMerged))
    batch.watcher.extend(x for x in facts if isinstance(x, f.InstallationChanged))
    said = ", ".join(sorted({x.kind for x in facts}))
    raised = ", ".join(a.finding.detector for a in judgement.alerts)
    broken = ", ".join(x.detector for x in judgement.failures)
    note = f"facts: {said}" + (f"; raised: {raised}" if raised else "") + (f"; detector failed: {broken}" if broken else "")
    batch.outcomes.append(Outcome(seq=r.row.seq, state="done", note=note))


def _see(
    runtime: Runtime, conn: Connection, unknown: Sequence[Read], watches: dict[int, Watch], reads: Sequence[Read]
) -> None:
    """Get to know repositories that no installation event announced, and follow renames."""
    repositories = runtime.store.repositories
    new = {r.parsed.repository.id: r for r in unknown if r.parsed and r.parsed.repository}
    for r in new.values():
        assert r.parsed is not None
        assert r.parsed.repository is not None
        repositories.see(conn, r.parsed.repository, r.parsed.installation_id, r.row.received_at)
    for r in reads:
        watch, seen = _watch_of(r, watches), r.parsed.repository if r.parsed else None
        if watch is None or seen is None or r.parsed is None:
            continue
        installed = r.parsed.installation_id or watch.installation_id
        branch = seen.default_branch or watch.default_branch
        if (seen.full_name, branch, installed) != (watch.full_name, watch.default_branch, watch.installation_id):
            repositories.see(conn, seen, installed, r.row.received_at)


def _write(runtime: Runtime, conn: Connection, batch: Batch, now: dt.datetime) -> None:
    store = runtime.store
    if batch.outcomes and not store.inbox.finish(conn, batch.outcomes):
        raise Overtaken
    for repository_id, (until, why) in batch.postponed.items():
        store.repositories.block(conn, repository_id, until, why)
    store.ledgers.write(conn, batch.ledgers)
    for alert, delivery in batch.alerts:
        alert_id = store.alerts.raise_(conn, alert, delivery)
        if alert_id is None:
            continue
        for channel, target in routing.targets(alert, alert_id, runtime.settings):
            store.outbox.add(conn, alert_id, channel, target)
    routing.attach_pulls(conn, store, batch.pulls, runtime.settings)
    for failure in batch.failures:
        sentence = f"The detector {failure.detector} failed on a {failure.fact.kind}: {failure.error}"
        store.problems.report(conn, f"detector:{failure.detector}", sentence, now)
    for change in batch.watcher:
        _installation(runtime, conn, change)


def _installation(runtime: Runtime, conn: Connection, change: f.InstallationChanged) -> None:
    repositories = runtime.store.repositories
    for repository in change.added:
        repositories.see(conn, repository, change.installation_id, change.at)
    for repository in change.removed:
        repositories.set_state(conn, repository.id, "removed", at=change.at)
    if change.action == "deleted":
        repositories.remove_installation(conn, change.installation_id, change.at)


def _wake(runtime: Runtime, batch: Batch, unknown: Sequence[Read]) -> None:
    learn = {r.parsed.repository.id for r in unknown if r.parsed and r.parsed.repository}
    learn.update(repository.id for change in batch.watcher for repository in change.added)
    for repository_id in sorted(learn):
        runtime.waker.learn(repository_id)
    if batch.alerts or batch.pulls:
        runtime.waker.notify()
