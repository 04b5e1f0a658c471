"""Learn a repository's past from its git history, so that on the day of installation nobody is new.

Until that is done the repository's deliveries wait. The past ends where the first waiting delivery begins: what that one
tells must not be known before it is judged.
"""

from __future__ import annotations

import datetime as dt
import heapq
import logging
import shutil
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from github_app.fact import CommitsLanded, Fact, PullMerged
from github_app.identity import keys
from github_app.ledger import Ledger
from github_app.model import Person, Power, Stage
from github_app.report import ACTIVE, Report
from github_app.store import ConflictError, Watch
from github_app.wake import partition_of
from workers import clones, first_report
from workers.facts.git_history import History, HistoryError
from workers.github import Refused, Unavailable
from workers.hindsight import Hindsight
from workers.history import accounts, clone, later, learned
from workers.history.git import Git, GitError
from workers.history.learned import Learned
from workers.runtime import Runtime, utcnow

log = logging.getLogger(__name__)

DELAYS = tuple(dt.timedelta(seconds=s) for s in (5, 30, 120, 600, 900, 1800))
"""How long to wait after each failure that may pass: about an hour in all, then the repository is watched as it is."""

GET_TO_KNOW = dt.timedelta(days=90)
"""How long a repository without a history is only watched before somebody can be new in it."""

_LEASE_SECONDS = 180
_RENEW_SECONDS = 10
_CHUNK = 200


class NotOursError(Exception):
    """Another worker learns this repository by now, or nobody should any more: it was removed."""


def learn(runtime: Runtime, repository_id: int, now: dt.datetime) -> None:
    """Learn one repository's past and let its deliveries be judged; does nothing when that is done or somebody is at it.

    Killed at any time, the next call starts again; the clone is kept, and nothing is written before everything is known.
    """
    watch = runtime.store.repositories.get_many([repository_id]).get(repository_id)
    if watch is None or watch.state not in {"new", "learning"} or (watch.blocked_until or now) > now:
        return
    lease, owner = f"learn:{repository_id}", f"{socket.gethostname()}:{uuid.uuid4()}"
    if not runtime.store.leases.acquire(lease, owner, _LEASE_SECONDS, now):
        return
    log.info("%s: learning its past begins", watch.full_name, extra={"repository": watch.full_name})
    try:
        _attempt(runtime, watch, _Progress(runtime, watch, lease, owner), now)
    finally:
        runtime.store.leases.release(lease, owner)


def _attempt(runtime: Runtime, watch: Watch, progress: Callable[[str], None], now: dt.datetime) -> None:
    try:
        git = clones.fetched(runtime, watch, progress)
        past = _past(runtime, watch, git, progress)
        _settle(runtime, watch, past)
        learned.note(git, past.read)
    except NotOursError as error:
        log.info("%s: %s", watch.full_name, error)
    except (clone.CloneUnavailableError, Unavailable, ConflictError, OSError) as error:
        _later(runtime, watch, str(error), now, getattr(error, "retry_at", None))
    except GitError as error:
        # Our own copy is damaged: the next attempt fetches everything again.
        shutil.rmtree(clones.path_of(runtime, watch), ignore_errors=True)
        _later(runtime, watch, str(error), now, None)
    except (HistoryError, Refused) as error:
        _without(runtime, watch, str(error))
    except SQLAlchemyError:
        raise  # nothing can be noted without SQL; the sweep comes back
    except Exception as error:
        log.exception("learning failed", extra={"repository": watch.full_name})
        _later(runtime, watch, f"{type(error).__name__}: {error}"[:300], now, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What was learned and is not written yet."""

    ledger: Ledger
    how: str
    report: Report
    read: Learned


def _past(runtime: Runtime, watch: Watch, git: Git, progress: Callable[[str], None]) -> _Past:
    """Read the past into a ledger that is not written yet, and see what its last year would have raised.

    What was learned of it once is not read again.
    """
    now = utcnow()
    waiting = later.look(runtime.store, watch, now)
    if waiting.created:
        raise clones.NoHistoryError("its default branch was made after the app was installed")
    history, scope = _open(git, waiting), _scope(watch)
    vouched, merges, gap = _from_github(runtime, watch, history)
    people = {*history.people(), *vouched, *(p for m in merges for p in (m.actor, m.author) if p is not None)}
    ledger = runtime.store.ledgers.load([scope], {key for person in people for key in keys(person)})[scope]
    for person in vouched:
        ledger.link(person, now)
    stable = [d for d in runtime.detectors if d.stage is Stage.STABLE]
    hindsight = Hindsight(ledger, stable, now - ACTIVE)
    told, known = 0, learned.noted(git)
    if known is not None and ledger.settled_at is not None and history.continues(known):
        merges = [merge for merge in merges if watch.settled_at is None or merge.at >= watch.settled_at]
        who = [h.person.email for power in (Power.COMMITTER, Power.MERGER) for h in ledger.holders(power)]
        facts = history.facts(watch.repository, beyond=known, landers=who)
    else:
        facts = history.facts(watch.repository)
    facts = heapq.merge(facts, merges, key=lambda fact: fact.at)
    for chunk in _chunks(fact for fact in facts if not waiting.tells(fact)):
        hindsight.tell(chunk)
        told += sum(len(fact.commits) for fact in chunk if isinstance(fact, CommitsLanded))
        progress(f"learning its past: {told:,} of {history.commit_count:,} commits")
    failed = dict.fromkeys(f"the detector {x.detector} failed on it: {x.error}" for x in hindsight.failures)
    gaps = [text for text in (*history.gaps, gap, *failed) if text]
    how = f"learned {told} commits, {history.tag_count} tags and {len(merges)} merges up to {history.tip}"
    report = first_report.make(
        watch.repository,
        ledger,
        now,
        commits=history.commit_count,
        tags=history.tag_count,
        raised=hindsight.raised,
        gaps=gaps,
    )
    read = Learned(history.tip, history.tag_names - waiting.tags)
    return _Past(ledger=ledger, how=how + "".join(f"; {text}" for text in gaps), report=report, read=read)


def _from_github(runtime: Runtime, watch: Watch, history: History) -> tuple[list[Person], list[PullMerged], str]:
    """Ask whose accounts the addresses of those who landed are, and who merged lately; git cannot tell either."""
    if runtime.app is None or watch.installation_id is None:
        return [], [], ""
    about = (runtime.app, watch.installation_id, watch.repository)
    try:
        return list(accounts.accounts(*about, history.landers())), accounts.merges(*about), ""
    except Refused as error:
        log.warning("%s: %s", watch.full_name, error)
        return [], [], f"the accounts behind it are not known: {error}"


def _open(git: Git, waiting: later.Later) -> History:
    for tip in waiting.tips:
        try:
            return History.open(git.git_dir, ref=tip)
        except GitError:
            raise
        except HistoryError:
            log.info("a push that waits began at a commit that is gone: %s", tip)
    return History.open(git.git_dir)


def _chunks(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    chunk: list[Fact] = []
    for fact in facts:
        chunk.append(fact)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _scope(watch: Watch) -> str:
    return f"repo:{watch.id}"


def _settle(runtime: Runtime, watch: Watch, past: _Past) -> None:
    """Write what was learned and let the deliveries go, in one transaction; the report about it is told later."""
    store, now = runtime.store, utcnow()
    _still_ours(runtime, watch)
    past.ledger.settle(now, past.how)
    with store.begin() as connection:
        store.ledgers.write(connection, {_scope(watch): past.ledger})
        first_report.put(connection, store, past.report, watch)
        store.repositories.set_state(connection, watch.id, "watched", at=now, settled_at=now, attempts=0)
        store.problems.clear(connection, _scope_problem(watch))
    log.info("%s is watched: %s", watch.full_name, past.how, extra={"repository": watch.full_name})
    runtime.waker.partitions([partition_of(watch.id, watch.owner_id)])
    _tell(runtime, now)


def _without(runtime: Runtime, watch: Watch, why: str) -> None:
    """Watch a repository whose past nobody can tell; that is a blind spot, so it is said.

    Its ledger stays unsettled for `GET_TO_KNOW`: nobody is called new there while everybody is.
    """
    store, now = runtime.store, utcnow()
    _still_ours(runtime, watch)
    problem = (
        f"{watch.full_name} is watched without its history, so newcomers are not told for {GET_TO_KNOW.days} days: {why}"
    )
    with store.begin() as connection:
        store.repositories.set_state(connection, watch.id, "watched", at=now, attempts=0, problem=problem)
        store.problems.report(connection, _scope_problem(watch), problem, now)
        first_report.put(connection, store, first_report.without_past(watch.repository, why, now), watch)
    log.warning("%s", problem, extra={"repository": watch.full_name})
    runtime.waker.partitions([partition_of(watch.id, watch.owner_id)])
    _tell(runtime, now)


def _tell(runtime: Runtime, now: dt.datetime) -> None:
    """Have reports sent whose installation is learned; killed before this, the sweep does it."""
    if first_report.gather(runtime.store, runtime.settings, now):
        runtime.waker.notify()


def settle_known(runtime: Runtime, now: dt.datetime) -> int:
    """Settle repositories that were watched without history long enough to know their people; return how many."""
    store = runtime.store
    due = [w for w in store.repositories.all() if w.state == "watched" and w.settled_at is None]
    due = [w for w in due if w.state_at <= now - GET_TO_KNOW]
    for watch in due:
        ledger = store.ledgers.load([_scope(watch)], ())[_scope(watch)]
        ledger.settle(now, f"watched for {GET_TO_KNOW.days} days")
        with store.begin() as connection:
            store.ledgers.write(connection, {_scope(watch): ledger})
            store.repositories.set_state(connection, watch.id, "watched", at=now, settled_at=now)
            store.problems.clear(connection, _scope_problem(watch))
    return len(due)


def _later(runtime: Runtime, watch: Watch, why: str, now: dt.datetime, retry_at: dt.datetime | None) -> None:
    """Try again after a while, and in the end watch the repository without its past."""
    if watch.attempts >= len(DELAYS):
        _without(runtime, watch, f"it could not be read in {watch.attempts + 1} attempts, at last: {why}")
        return
    until = max(now + DELAYS[watch.attempts], retry_at or now)
    sentence = f"attempt {watch.attempts + 1} to learn its past failed, the next is at {until:%H:%M:%S} UTC: {why}"
    store = runtime.store
    with store.begin() as connection:
        store.repositories.set_state(
            connection, watch.id, "learning", at=now, problem=sentence, blocked_until=until, attempts=watch.attempts + 1
        )
        store.problems.report(connection, _scope_problem(watch), f"{watch.full_name}: {sentence}", now)
    log.warning("%s: %s", watch.full_name, sentence, extra={"repository": watch.full_name})


def _scope_problem(watch: Watch) -> str:
    return f"history:{watch.id}"


def _still_ours(runtime: Runtime, watch: Watch) -> None:
    present = runtime.store.repositories.get_many([watch.id]).get(watch.id)
    if present is None or present.state not in {"new", "learning"}:
        raise NotOursError(f"it is {present.state if present else 'forgotten'} by now")


class _Progress:
    """Says how far it is, keeps the lease, and stops when somebody else took it or the repository was removed."""

    def __init__(self, runtime: Runtime, watch: Watch, lease: str, owner: str) -> None:
        self.runtime, self.watch, self.lease, self.owner = runtime, watch, lease, owner
        self.spoken = utcnow()

    def __call__(self, sentence: str) -> None:
        now = utcnow()
        if (now - self.spoken).total_seconds() < _RENEW_SECONDS:
            return
        self.spoken = now
        store = self.runtime.store
        if not store.leases.acquire(self.lease, self.owner, _LEASE_SECONDS, now):
            raise NotOursError("another worker learns it by now")
        _still_ours(self.runtime, self.watch)
        with store.begin() as connection:
            store.repositories.set_state(connection, self.watch.id, "learning", at=now, problem=sentence)
        log.info("%s: %s", self.watch.full_name, sentence, extra={"repository": self.watch.full_name})
