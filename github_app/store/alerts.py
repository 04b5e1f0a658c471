"""Alerts and the decisions about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, insert, or_, select, update

from github_app.ledger import Entry, Ledger
from github_app.model import Alert, Evidence, Power, Repository, Severity, Stage, State, Verdict
from github_app.review import Action, DecisionRecord
from github_app.store import chain, codec
from github_app.store.columns import person_of, person_text, whole
from github_app.store.engine import inserting, reading
from github_app.store.ledger import Ledgers
from github_app.store.schema import alert_pulls as shown
from github_app.store.schema import alerts as a
from github_app.store.schema import decisions as d

FORGOTTEN = "deleted on GitHub"
"""What stands where a comment's text was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullAt:
    """A pull request on which an alert is shown, and the commit it was at when that was last seen."""

    repository_id: int
    number: int
    head_sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An alert that somebody looks into, and when something was last said about it (UTC)."""

    id: int
    repository_id: int
    owner_id: int
    last_at: dt.datetime


def scope_of(repository: Repository) -> str:
    """Return the scope of the ledger that an alert about this repository (or whole organisation) belongs to."""
    return f"repo:{repository.id}" if repository.id else f"org:{repository.owner_id}"


class Alerts:
    """Verbs over `alerts`, `alert_pulls` and `decisions`."""

    def __init__(self, engine: Engine, ledgers: Ledgers) -> None:
        self._engine = engine
        self._ledgers = ledgers
        dialect = engine.dialect.name
        self._raise = inserting(dialect, a).on_conflict_do_nothing(index_elements=[a.c.fingerprint]).returning(a.c.id)
        attach = inserting(dialect, shown)
        self._attach = attach.on_conflict_do_update(
            index_elements=list(shown.primary_key.columns), set_={"head_sha": attach.excluded.head_sha}
        )

    def raise_(self, connection: Connection, alert: Alert, delivery: str) -> int | None:
        """Store a new alert; return its id, or None when the same finding was raised before."""
        values = {
            **_columns(alert),
            "fingerprint": alert.fingerprint,
            "repository_id": whole(alert.repository.id),
            "owner_id": whole(alert.repository.owner_id),
            "detector": alert.finding.detector,
            "severity": alert.finding.severity.value,
            "stage": alert.stage.value,
            "at": alert.at,
            "raised_at": alert.raised_at,
            "delivery": delivery,
        }
        alert_id = connection.execute(self._raise, values).scalar()
        if alert_id is None:
            return None
        if alert.finding.pull is not None:
            self.attach_pull(connection, alert_id, alert.repository.id, alert.finding.pull, "")
        return int(alert_id)

    def get(self, alert_id: int, connection: Connection | None = None, *, lock: bool = False) -> Alert | None:
        """Return an alert; with `lock` nobody else changes it until the caller's transaction ends."""
        query = _select().where(a.c.id == alert_id)
        with reading(self._engine, connection) as c:
            row = c.execute(query.with_for_update() if lock else query).first()
            return None if row is None else loaded(row)

    def get_many(self, ids: Collection[int]) -> list[Alert]:
        """Return those of the alerts that there are, oldest first."""
        return self._all(_select().where(a.c.id.in_(ids)).order_by(a.c.id))

    def open_about(
        self, repository_id: int, subject_keys: Collection[str], connection: Connection | None = None
    ) -> list[Alert]:
        """Return unresolved alerts of a repository whose subject has one of these identity keys, oldest first."""
        query = _select().where(a.c.repository_id == repository_id, a.c.state != State.RESOLVED.value).order_by(a.c.id)
        wanted = set(subject_keys)
        return [found for found in self._all(query, connection) if not wanted.isdisjoint(_subjects(found))]

    def on_pull(self, repository_id: int, number: int, connection: Connection | None = None) -> list[Alert]:
        """Return every alert that is shown on a pull request, oldest first."""
        query = _select().join(shown, shown.c.alert_id == a.c.id).order_by(a.c.id)
        return self._all(query.where(shown.c.repository_id == repository_id, shown.c.number == number), connection)

    def recent(
        self,
        limit: int,
        *,
        repository_id: int | None = None,
        states: Collection[State] = (),
        severities: Collection[Severity] = (),
        stage: Stage | None = None,
        before_id: int | None = None,
    ) -> list[Alert]:
        """Return the latest alerts, newest first; an empty filter lets everything through, `before_id` turns pages."""
        query = _select().order_by(a.c.id.desc()).limit(limit)
        if repository_id is not None:
            query = query.where(a.c.repository_id == repository_id)
        if states:
            query = query.where(a.c.state.in_([state.value for state in states]))
        if severities:
            query = query.where(a.c.severity.in_([severity.value for severity in severities]))
        if stage is not None:
            query = query.where(a.c.stage == stage.value)
        if before_id is not None:
            query = query.where(a.c.id < before_id)
        return self._all(query)

    def snoozed(self, now: dt.datetime) -> list[Alert]:
        """Return alerts whose snooze is over."""
        return self._all(_select().where(a.c.state == State.SNOOZED.value, a.c.snoozed_until <= now).order_by(a.c.id))

    def acknowledged(self, before: dt.datetime) -> list[Taken]:
        """Return acknowledged alerts about which nothing was said after a time, oldest first; their bodies are not read."""
        last = select(func.max(d.c.at)).where(d.c.alert_id == a.c.id).scalar_subquery().label("last_at")
        query = select(a.c.id, a.c.repository_id, a.c.owner_id, last).where(a.c.state == State.ACKNOWLEDGED.value)
        with reading(self._engine) as connection:
            return [Taken(**row) for row in connection.execute(query.where(last <= before).order_by(a.c.id)).mappings()]

    def counts(self) -> dict[str, int]:
        """Return the number of alerts in each state."""
        with reading(self._engine) as connection:
            return dict(connection.execute(select(a.c.state, func.count()).group_by(a.c.state)).all())

    def unresolved(self) -> dict[str, int]:
        """Return the number of alerts that are not resolved, for each severity."""
        open_ = select(a.c.severity, func.count()).where(a.c.state != State.RESOLVED.value).group_by(a.c.severity)
        with reading(self._engine) as connection:
            return {severity.value: 0 for severity in Severity} | dict(connection.execute(open_).all())

    def save(self, connection: Connection, alert: Alert, decision: DecisionRecord) -> bool:
        """Store a decision and the alert as it is after it; False when somebody decided in between.

        The decision becomes an entry of the hash chain in the same transaction, and `expected` marks the subject's
        holdings. `alert.version` is the new version: one above what the decision was made on.
        """
        unchanged = (a.c.id == alert.id, a.c.version == alert.version - 1)
        if connection.execute(update(a).where(*unchanged).values(**_columns(alert))).rowcount != 1:
            return False
        connection.execute(insert(d).values(**_decision_columns(decision)))
        scope = scope_of(alert.repository)
        chain.lock(connection, [scope])
        ledger = self._ledgers.load([scope], _subjects(alert), connection)[scope]
        _record(ledger, alert, decision)
        self._ledgers.write(connection, {scope: ledger})
        return True

    def decisions(self, alert_id: int, connection: Connection | None = None) -> list[DecisionRecord]:
        """Return what was decided about an alert, oldest first."""
        with reading(self._engine, connection) as c:
            rows = c.execute(select(d).where(d.c.alert_id == alert_id).order_by(d.c.id))
            return [_decision(row) for row in rows]

    def attach_pull(self, connection: Connection, alert_id: int, repository_id: int, number: int, head_sha: str) -> None:
        """Show an alert on a pull request too, or remember the commit that this one is at now."""
        values = {"alert_id": alert_id, "repository_id": repository_id, "number": number, "head_sha": head_sha}
        connection.execute(self._attach, values)

    def pulls(self, alert_id: int) -> list[PullAt]:
        """Return the pull requests on which an alert is shown."""
        query = select(shown.c.repository_id, shown.c.number, shown.c.head_sha).where(shown.c.alert_id == alert_id)
        with reading(self._engine) as connection:
            return [PullAt(**row) for row in connection.execute(query.order_by(shown.c.number)).mappings()]

    def forget_comment(self, connection: Connection, repository_id: int, comment_id: int, *, thread: int = 0) -> list[int]:
        """Drop what alerts of a repository hold of a comment deleted on GitHub; return the ids of those that did.

        Its evidence is found by kind `comment` and an address that names the comment, or its number as the value. With
        comment 0 the issue `thread` itself was deleted, and everything in it. An alert with no comment left no longer
        says whom they would have helped.
        """
        marks = (
            (f"issuecomment-{comment_id}", f"discussion_r{comment_id}", str(comment_id)) if comment_id else (str(thread),)
        )
        query = _select().where(a.c.repository_id == repository_id, or_(*(a.c.body.contains(mark) for mark in marks)))
        changed = []
        for alert in self._all(query, connection):
            evidence = tuple(_forget(e, marks, 0 if comment_id else thread) for e in alert.finding.evidence)
            if evidence == alert.finding.evidence:
                continue
            forgot = replace(alert, finding=replace(alert.finding, evidence=evidence))
            if all(e.value == FORGOTTEN for e in evidence if e.kind == "comment"):
                forgot = replace(forgot, beneficiary_keys=(), finding=replace(forgot.finding, beneficiaries=()))
            connection.execute(update(a).where(a.c.id == alert.id).values(body=codec.dump(forgot)))
            changed.append(alert.id)
        return changed

    def _all(self, query: Select[Any], connection: Connection | None = None) -> list[Alert]:
        with reading(self._engine, connection) as c:
            return [loaded(row) for row in c.execute(query)]


def _select() -> Select[Any]:
    return select(a.c.id, a.c.body)


def loaded(row: Any) -> Alert:
    """Return the alert of a row that has its `id` and `body`."""
    return replace(codec.load(Alert, row.body), id=row.id)


def _subjects(alert: Alert) -> set[str]:
    return {*alert.subject_keys, alert.finding.subject.key} - {""}


def _columns(alert: Alert) -> dict[str, Any]:
    return {
        "state": alert.state.value,
        "verdict": None if alert.verdict is None else alert.verdict.value,
        "snoozed_until": alert.snoozed_until,
        "version": alert.version,
        "body": codec.dump(alert),
    }


def _decision_columns(decision: DecisionRecord) -> dict[str, Any]:
    return {
        "alert_id": decision.alert_id,
        "at": decision.at,
        "action": decision.action.value,
        "verdict": None if decision.verdict is None else decision.verdict.value,
        "reason": decision.reason,
        "by_person": person_text(decision.by),
        "via": decision.via,
    }


def _decision(row: Any) -> DecisionRecord:
    return DecisionRecord(
        alert_id=row.alert_id,
        at=row.at,
        action=Action(row.action),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        reason=row.reason,
        by=person_of(row.by_person),
        via=row.via,
    )


def _record(ledger: Ledger, alert: Alert, decision: DecisionRecord) -> None:
    """Add a decision to the ledger's entries; a verdict of expected also changes the subject's holdings."""
    finding = alert.finding
    who = finding.subject.key or finding.subject.person
    taught: list[Power] = []
    if alert.state is State.RESOLVED and alert.verdict is Verdict.EXPECTED:
        held = ((power, ledger.holding(power, who)) for power in dict.fromkeys(finding.powers))
        taught = [power for power, holding in held if holding is not None and holding.revoked_at is None]
        for power in taught:
            ledger.expect(power, who)
    detail = {
        "alert": str(alert.id),
        "action": decision.action.value,
        "verdict": decision.verdict.value if decision.verdict else "",
        "reason": decision.reason,
        "via": decision.via,
        "state": alert.state.value,
        "expected": ",".join(taught),
    }
    person, subject = finding.subject.person, ledger.resolve(who)
    ledger.entries.append(
        Entry(at=decision.at, kind="decision", subject=subject, person=person, by=decision.by, detail=detail)
    )


def _forget(evidence: Evidence, marks: Collection[str], thread: int) -> Evidence:
    if evidence.kind != "comment":
        return evidence
    page = evidence.url.partition("#")[0]
    in_thread = thread and (page.endswith((f"/issues/{thread}", f"/pull/{thread}")) or evidence.value == str(thread))
    named = evidence.value in marks or any(evidence.url.endswith(f"#{mark}") for mark in marks)
    return replace(evidence, value=FORGOTTEN, url="") if in_thread or (named and not thread) else evidence
