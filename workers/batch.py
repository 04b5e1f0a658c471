"""One batch of deliveries of one partition: read, ask, judge, and write all of it in one transaction.

What is slow (asking GitHub) happens before the transaction; the transaction re-checks that every row is still
pending and rolls back if not, so two workers on one partition waste work but never judge anything twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from github_app import fact as f
from github_app.acts import Act, acts_of
from github_app.handover import Handover, in_the_light_of
from github_app.ledger import Ledger
from github_app.model import Alert, Repository
from github_app.order import OrderGiven
from github_app.policy import Policy, obey
from github_app.store.inbox import Outcome, Pending
from github_app.store.policies import Cause
from github_app.store.repositories import Watch
from workers import casework, clones, installed, policies, related, release_queue, routing
from workers.facts.enrich import enrich
from workers.github import Unavailable
from workers.judge import DetectorFailure, judge
from workers.reading import with_contents
from workers.reads import Read, read, scope_of, subject_keys
from workers.recall import Recall
from workers.remarks import remember_comments, spoken_of
from workers.ruled import with_rules
from workers.runtime import Runtime

log = logging.getLogger(__name__)


class OvertakenError(Exception):
    """Another worker finished some of these rows first; nothing was written."""


@dataclass(slots=True)
class Batch:
    """Deliveries on their way through: `prepare` may ask GitHub, `write` only SQL."""

    runtime: Runtime
    rows: Sequence[Pending]
    now: dt.datetime
    outcomes: list[Outcome] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    alerts: list[tuple[Alert, str]] = field(default_factory=list)
    quiet: list[tuple[obey.Obeyed, str]] = field(default_factory=list)
    policy_pushes: list[tuple[Repository, Cause]] = field(default_factory=list)
    pulls: list[f.PullChanged | f.PullMerged] = field(default_factory=list)
    failures: list[DetectorFailure] = field(default_factory=list)
    deleted: list[f.CommentDeleted] = field(default_factory=list)
    watcher: list[f.InstallationChanged] = field(default_factory=list)
    orders: list[OrderGiven] = field(default_factory=list)
    acts: list[tuple[str, str, Act]] = field(default_factory=list)
    postponed: dict[int, tuple[dt.datetime, str]] = field(default_factory=dict)
    unknown: list[Read] = field(default_factory=list)
    also: Callable[[Connection], None] | None = None
    releases: list[release_queue.Told] = field(default_factory=list)
    _reads: list[Read] = field(default_factory=list)
    _watches: dict[int, Watch] = field(default_factory=dict)
    _handovers: Mapping[int, Sequence[Handover]] = field(default_factory=dict)
    in_force: policies.InForce = field(default_factory=lambda: policies.InForce({}))
    _recall: Recall | None = None

    def prepare(self) -> None:
        """Read the rows and judge those whose repository's past is known."""
        self._reads = [read(row) for row in self.rows]
        named = {r.repository.id for r in self._reads if r.repository}
        self._watches = self.runtime.store.repositories.get_many(named)
        self._handovers = self.runtime.store.handovers.of(named)
        owners = {(r.row.repository_id, r.row.owner_id) for r in self._reads}
        self.in_force = policies.load(self.runtime.store, owners)
        self.unknown = [r for r in self._reads if r.needs_history and self._watch(r) is None]
        waiting = {r.row.seq for r in self.unknown}
        whole = (self._whole(r) for r in self._reads if r.row.seq not in waiting)
        ready = [r for r in whole if r is not None]
        facts = [x for r in ready for x in r.facts]
        asked_about = subject_keys(facts)
        spoken = spoken_of(self.runtime, facts, asked_about)
        self.ledgers = self.runtime.store.ledgers.load(asked_about, asked_about)
        for repository_id, comments in spoken.items():
            self.ledgers[f"repo:{repository_id}"].comments = comments
        self._recall = Recall(self.runtime.store.snapshots, ((scope_of(x), x) for x in facts))
        by_scope: dict[str, list[Read]] = defaultdict(list)
        for r in ready:
            if r.facts:
                by_scope[scope_of(r.facts[0])].append(r)
            else:
                self._without_facts(r)
        for scope, mine in by_scope.items():
            self._judge_scope(scope, mine)

    def write(self) -> None:
        """Commit everything, or nothing.

        Raises:
            OvertakenError: another worker was faster with some of the rows.
        """
        store = self.runtime.store
        with store.begin() as conn:
            if self.outcomes and not store.inbox.finish(conn, self.outcomes):
                raise OvertakenError
            if self.also is not None:
                self.also(conn)
            self._see_repositories(conn)
            for repository_id, (until, why) in self.postponed.items():
                store.repositories.block(conn, repository_id, until, why)
            store.ledgers.write(conn, self.ledgers)
            remember_comments(conn, self.runtime, self.ledgers, self.deleted)
            if self._recall is not None:
                self._recall.write(conn, store.snapshots)
            raised = self._raise_alerts(conn)
            store.acts.add(conn, self.acts)
            for order in self.orders:
                store.orders.add(conn, order)
            if self.runtime.policy_reader is not None:
                seen = [(r.repository, r.installation_id) for r in self._reads if r.repository and r.installation_id]
                policies.remember(conn, store, self.in_force, seen, self.now)
                policies.to_look_at(conn, store, self.policy_pushes, self.pulls, self.now)
            for failure in self.failures:
                sentence = f"The detector {failure.detector} failed on a {failure.fact.kind}: {failure.error}"
                store.problems.report(conn, f"detector:{failure.detector}", sentence, self.now)
            for change in self.watcher:
                installed.follow(conn, store, change)
            casework.join(conn, store, raised, self.runtime.settings, self.now)
            related.hurry(store, conn, ((r.event, r.repository_id, r.owner_id) for r in self.rows), self.now)
            release_queue.attach(conn, store, self.releases, self.now)

    def wake(self) -> None:
        """After the commit: have histories learned and messages sent."""
        learn = {r.repository.id for r in self.unknown if r.repository}
        learn.update(repository.id for change in self.watcher for repository in change.added)
        for repository_id in sorted(learn):
            self.runtime.waker.learn(repository_id)
        if self.alerts or self.pulls or self.orders:
            self.runtime.waker.notify()
        if self.runtime.policy_reader is not None and (self.policy_pushes or self.pulls):
            self.runtime.waker.policies()

    @property
    def progress(self) -> int:
        """How many rows were dealt with: finished, or put to wait for a history or for GitHub."""
        return len(self.outcomes) + len(self.unknown) + len(self.postponed)

    def _watch(self, r: Read) -> Watch | None:
        return self._watches.get(r.repository.id) if r.repository else None

    def _whole(self, r: Read) -> Read | None:
        """Return a delivery with the commits that GitHub left out, before it is asked whom they are by; None: it waits."""
        if r.row.repository_id in self.postponed:
            return None
        if r.parsed is None or not any(isinstance(x, f.CommitsLanded) and clones.is_cut(x) for x in r.facts):
            return r
        try:
            return replace(r, parsed=replace(r.parsed, facts=clones.whole(self.runtime, self._watch(r), r.facts)))
        except Unavailable as error:
            self.postponed[r.row.repository_id or 0] = (error.retry_at, str(error))
            return None

    def _without_facts(self, r: Read) -> None:
        state, note = ("ignored", r.parsed.ignored) if r.parsed else ("failed", f"unreadable: {r.error}"[:500])
        self.outcomes.append(Outcome(seq=r.row.seq, state=state, note=note))

    def _judge_scope(self, scope: str, reads: Sequence[Read]) -> None:
        """Judge one repository's deliveries in order; when GitHub cannot be asked now, this one and those after it wait."""
        ledger = self.ledgers[scope]
        if scope.startswith("org:") and ledger.settled_at is None:
            # Who owned an organisation before we came is in no history; a grant counts from the first day.
            ledger.settle(min(x.at for r in reads for x in r.facts), "first seen")
        for r in reads:
            watch = self._watch(r)
            if watch is not None and watch.state == "removed" and r.needs_history and not r.about_the_watcher:
                note = "the app no longer watches this repository"
                self.outcomes.append(Outcome(seq=r.row.seq, state="ignored", note=note))
                continue
            try:
                facts = enrich(r.facts, ledger, self.runtime.reader, watch.installation_id if watch else None)
                facts, failures = with_contents(facts, ledger, self.runtime, watch.installation_id if watch else None)
                self.failures.extend(failures)
                facts = self._ruled(facts, scope, watch)
            except Unavailable as error:
                if r.row.repository_id:
                    self.postponed[r.row.repository_id] = (error.retry_at, str(error))
                return
            facts = installed.news(self.runtime.store, facts)
            facts = self._recall.fill(scope, facts) if self._recall is not None else facts
            if not facts:
                note = "nothing changed since it was last seen"
                self.outcomes.append(Outcome(seq=r.row.seq, state="ignored", note=note))
                continue
            self._judge_delivery(r, facts, ledger)

    def _ruled(self, facts: tuple[f.Fact, ...], scope: str, watch: Watch | None) -> tuple[f.Fact, ...]:
        if self._recall is None:
            return facts
        return with_rules(facts, scope, self._recall, self.runtime.branches, watch.installation_id if watch else None)

    def _judge_delivery(self, r: Read, facts: Sequence[f.Fact], ledger: Ledger) -> None:
        self.policy_pushes.extend(policies.pushes(facts))
        announced = self._handovers.get(r.repository.id, ()) if r.repository else ()
        policy = self.in_force.of(r.row.repository_id, r.row.owner_id)
        note = self.judged(facts, ledger, policy, announced, r.row.guid)
        self.pulls.extend(x for x in facts if isinstance(x, f.PullChanged | f.PullMerged))
        self.orders.extend(x for x in facts if isinstance(x, OrderGiven))
        self.outcomes.append(Outcome(seq=r.row.seq, state="done", note=note))

    def judged(
        self, facts: Sequence[f.Fact], ledger: Ledger, policy: Policy, announced: Sequence[Handover], delivery: str
    ) -> str:
        """Judge facts of one scope under its policy and what was announced, and say in a line what came of it."""
        facts = obey.guard(facts, policy)
        judgement = judge(facts, ledger, self.runtime.detectors, now=self.now)
        obeyed = [obey.obey(alert, policy) for alert in judgement.alerts]
        loud = [in_the_light_of(o.alert, announced) for o in obeyed if not o.quiet]
        quiet = [o for o in obeyed if o.quiet]
        self.alerts.extend((alert, delivery) for alert in loud)
        self.quiet.extend((o, delivery) for o in quiet)
        self.failures.extend(judgement.failures)
        self.deleted.extend(x for x in facts if isinstance(x, f.CommentDeleted))
        self.watcher.extend(x for x in facts if isinstance(x, f.InstallationChanged))
        self.releases.extend(release_queue.concerning(facts))
        self.acts.extend((scope_of(x), ledger.resolve(act.person), act) for x in facts for act in acts_of(x))
        note = "facts: " + ", ".join(sorted({x.kind for x in facts}))
        if loud:
            note += "; raised: " + ", ".join(a.finding.detector for a in loud)
        if quiet:
            note += "; quiet: " + ", ".join(f"{o.alert.finding.detector} ({o.quiet})" for o in quiet)
        if judgement.failures:
            note += "; detector failed: " + ", ".join(x.detector for x in judgement.failures)
        return note

    def _see_repositories(self, conn: Connection) -> None:
        """Get to know repositories that no installation event announced, and follow renames."""
        for r in self._reads:
            watch, seen = self._watch(r), r.repository
            if seen is None or (watch is None and not r.needs_history):
                continue
            installed = r.installation_id or (watch.installation_id if watch else None)
            branch = seen.default_branch or (watch.default_branch if watch else "")
            known = (watch.full_name, watch.default_branch, watch.installation_id) if watch else None
            if (seen.full_name, branch, installed) != known:
                self.runtime.store.repositories.see(conn, seen, installed, r.row.received_at)

    def _raise_alerts(self, conn: Connection) -> list[Alert]:
        """Store those alerts that are new, with where each is to be shown; return them with their ids."""
        store, settings = self.runtime.store, self.runtime.settings
        raised: list[Alert] = []
        for alert, delivery in self.alerts:
            policy = self.in_force.of(alert.repository.id, alert.repository.owner_id)
            alert_id = routing.raise_alert(conn, store, alert, delivery, settings=settings, policy=policy)
            if alert_id is not None:
                raised.append(replace(alert, id=alert_id))
        for obeyed, delivery in self.quiet:
            if store.policies.keep_quiet(conn, obeyed.alert, obeyed.quiet, delivery):
                log.info("kept quiet: %s: %s", obeyed.alert.finding.detector, obeyed.quiet, extra={"delivery": delivery})
        routing.attach_pulls(conn, store, self.pulls, settings)
        return raised
