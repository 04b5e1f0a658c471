"""Reports about incidents: wanted in the transaction of the decision, made once, and shown on GitHub once.

A report is about one subject in one story: the alerts of a case, or an alert that stands alone. Another incident of the
same story is a new version of the same report. Nothing deletes one.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, Row, or_, select, update

from github_app.acts import BlastRadius
from github_app.identity import keys
from github_app.model import Alert, Person, Step
from github_app.store import codec
from github_app.store.alerts import loaded
from github_app.store.columns import EPOCH, person_of, person_text
from github_app.store.engine import inserting, reading, writing
from github_app.store.schema import alerts as a
from github_app.store.schema_cases import case_alerts as m
from github_app.store.schema_incidents import incident_reports as t


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReport:
    """One report. `wanted`, `made` and `published` are versions; `mark` names it for good, also in what GitHub shows.

    `alert_id` is the alert that was decided last. `place` is where it is on GitHub (`advisory acme/tool`), "" for nowhere.
    `uncertain` says that publishing was begun before and its end never recorded; `claim` counts the claims.
    """

    id: int
    anchor_id: int
    alert_id: int
    mark: str
    person: Person
    private: bool
    wanted: int
    made: int
    made_at: dt.datetime | None
    published: int
    place: str
    external_id: str
    url: str
    claim: int
    uncertain: bool
    attempts: int


_COLUMNS = [t.c[name] for name in IncidentReport.__dataclass_fields__]


class Incidents:
    """Verbs over `incident_reports`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        add = inserting(engine.dialect.name, t)
        again = {
            "wanted": t.c.wanted + 1, "alert_id": add.excluded.alert_id, "private": or_(t.c.private, add.excluded.private),
            "attempts": 0, "next_try_at": EPOCH,
        }  # fmt: skip
        self._add = add.on_conflict_do_update(index_elements=[t.c.anchor_id, t.c.subject], set_=again)

    def want(self, connection: Connection, alert: Alert) -> None:
        """Want the report about an alert that was decided an incident; nothing happens when it names no account."""
        story = self._story(connection, alert)
        person = subject_of(alert, story)
        if not (names := keys(person)):
            return
        known = select(t.c.anchor_id).where(t.c.anchor_id.in_([x.id for x in story]), t.c.subject == names[0])
        anchor = connection.execute(known.order_by(t.c.id).limit(1)).scalar()
        values = {
            "anchor_id": story[0].id if anchor is None else anchor, "subject": names[0], "alert_id": alert.id,
            "mark": secrets.token_hex(16), "person": person_text(person), "private": alert.finding.private, "wanted": 1,
            "made": 0, "made_at": None, "body": "", "published": 0, "place": "", "external_id": "", "url": "", "claim": 0,
            "claimed_until": None, "uncertain": False, "attempts": 0, "next_try_at": EPOCH,
        }  # fmt: skip
        connection.execute(self._add, values)

    def get(self, number: int) -> IncidentReport | None:
        """Return a report by its number."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(t.c.id == number)).first()
            return None if row is None else _report(row)

    def body(self, number: int) -> BlastRadius | None:
        """Return what a report says; None while it was not made."""
        with reading(self._engine) as connection:
            text = connection.execute(select(t.c.body).where(t.c.id == number)).scalar()
            return codec.load(BlastRadius, text) if text else None

    def about(self, alert: Alert) -> list[IncidentReport]:
        """Return the reports of an alert's story that were made, oldest first."""
        with reading(self._engine) as connection:
            ids = [x.id for x in self._story(connection, alert)]
            same = or_(t.c.anchor_id.in_(ids), t.c.alert_id.in_(ids))
            query = select(*_COLUMNS).where(same, t.c.made > 0).order_by(t.c.id)
            return [_report(row) for row in connection.execute(query)]

    def due(self, now: dt.datetime, limit: int) -> list[IncidentReport]:
        """Return reports to be made or to be published now."""
        free = or_(t.c.claimed_until.is_(None), t.c.claimed_until <= now)
        query = select(*_COLUMNS).where(t.c.published < t.c.wanted, t.c.next_try_at <= now, free)
        with reading(self._engine) as connection:
            return [_report(row) for row in connection.execute(query.order_by(t.c.id).limit(limit))]

    def claim(self, report: IncidentReport, now: dt.datetime, ttl: dt.timedelta) -> IncidentReport | None:
        """Take a report for making or publishing, until `now + ttl`; None when somebody else has taken it."""
        same = (t.c.id == report.id, t.c.claim == report.claim)
        with writing(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(*same).with_for_update()).first()
            if row is None:
                return None
            connection.execute(update(t).where(*same).values(claim=report.claim + 1, claimed_until=now + ttl))
            return _report(row, claim=report.claim + 1)

    def made(self, connection: Connection, report: IncidentReport, found: BlastRadius, now: dt.datetime) -> bool:
        """Store what a claimed report says, for the version that was wanted; False when somebody has taken it over."""
        values = {"made": report.wanted, "made_at": now, "body": codec.dump(found), "attempts": 0, "next_try_at": EPOCH}
        return connection.execute(update(t).where(*_ours(report)).values(claimed_until=None, **values)).rowcount == 1

    def begun(self, report: IncidentReport) -> bool:
        """Say that a claimed report is about to be sent to GitHub; False as in `made`."""
        with writing(self._engine) as connection:
            return connection.execute(update(t).where(*_ours(report)).values(uncertain=True)).rowcount == 1

    def published(self, report: IncidentReport, *, place: str, external_id: str, url: str) -> bool:
        """Record where a claimed report is shown, in the version that was made; False as in `made`."""
        values = {"published": report.made, "place": place, "external_id": external_id, "url": url, "uncertain": False}
        return self._end(report, {**values, "attempts": 0, "next_try_at": EPOCH})

    def put_off(self, report: IncidentReport, until: dt.datetime) -> bool:
        """Try again at a time; False as in `made`."""
        return self._end(report, {"attempts": report.attempts + 1, "next_try_at": until})

    def _end(self, report: IncidentReport, values: dict[str, object]) -> bool:
        with writing(self._engine) as connection:
            return connection.execute(update(t).where(*_ours(report)).values(claimed_until=None, **values)).rowcount == 1

    @staticmethod
    def _story(connection: Connection, alert: Alert) -> list[Alert]:
        """Return the alerts of the case an alert is in, in order of time; itself where it is in none."""
        case = select(m.c.case_id).where(m.c.alert_id == alert.id).scalar_subquery()
        query = select(a.c.id, a.c.body).join(m, m.c.alert_id == a.c.id).where(m.c.case_id == case)
        return [loaded(row) for row in connection.execute(query.order_by(a.c.at, a.c.id))] or [alert]


def subject_of(alert: Alert, story: list[Alert]) -> Person:
    """Return whom the report about an alert is about: its subject.

    Whoever pressed a maintainer held no power, so an alert of pressure leads to whoever its case is about otherwise.
    """
    own = alert.finding.subject.person
    others = [x.finding.subject.person for x in story if x.step is not Step.PRESSURE and keys(x.finding.subject.person)]
    if (alert.step is Step.PRESSURE or not keys(own)) and others:
        return max(others, key=others.count)
    return own


def _ours(report: IncidentReport) -> tuple[ColumnElement[bool], ...]:
    return t.c.id == report.id, t.c.claim == report.claim, t.c.claimed_until.is_not(None)


def _report(row: Row[tuple[object, ...]], **changes: object) -> IncidentReport:
    values = dict(row._mapping)
    return IncidentReport(**{**values, "person": person_of(str(values["person"])), **changes})
