"""Policy files as they were last read, so that judging needs no network and an outage changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, Row, delete, select, update

from github_app.model import Alert, Person
from github_app.store import codec
from github_app.store.columns import person_of, person_text, whole
from github_app.store.engine import inserting, reading
from github_app.store.policy_schema import policies as p
from github_app.store.policy_schema import policy_pulls as pulls
from github_app.store.policy_schema import quieted as q

_MOST_CAUSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A push that touched a policy file."""

    commit: str
    at: dt.datetime
    by: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A place for a policy file. `scope` is `repo:ID` or `org:OWNER-ID`, `full_name` the repository that holds it.

    `text` is the last version that could be read, "" for none. `broken` says what is wrong with the present one, whose
    name is `version`. `causes` are the pushes since it was last looked at; it is looked at again at `due_at`.
    """

    scope: str
    full_name: str
    installation_id: int | None
    etag: str = ""
    version: str = ""
    text: str = ""
    broken: str = ""
    causes: tuple[Cause, ...] = ()
    checked_at: dt.datetime | None = None
    due_at: dt.datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullToLook:
    """A pull request that may edit the policy file."""

    repository_id: int
    number: int
    head_sha: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quieted:
    """A finding that the policy kept quiet, and why."""

    alert: Alert
    reason: str
    at: dt.datetime


class Policies:
    """Verbs over `policies`, `policy_pulls` and `quieted`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        dialect = engine.dialect.name
        expect = inserting(dialect, p)
        self._expect = expect.on_conflict_do_update(
            index_elements=[p.c.scope],
            set_={"full_name": expect.excluded.full_name, "installation_id": expect.excluded.installation_id},
        )
        look = inserting(dialect, pulls)
        self._look = look.on_conflict_do_update(
            index_elements=list(pulls.primary_key.columns),
            set_={"head_sha": look.excluded.head_sha, "due_at": look.excluded.due_at, "attempts": 0},
        )
        self._quiet = inserting(dialect, q).on_conflict_do_nothing(index_elements=[q.c.fingerprint])

    def get_many(self, scopes: Iterable[str], connection: Connection | None = None) -> dict[str, Stored]:
        """Return those of the places that are known."""
        query = select(p).where(p.c.scope.in_(sorted(set(scopes))))
        with reading(self._engine, connection) as c:
            return {row.scope: _stored(row) for row in c.execute(query)}

    def all(self) -> list[Stored]:
        """Return every place that is known, by name."""
        with reading(self._engine) as c:
            return [_stored(row) for row in c.execute(select(p).order_by(p.c.full_name, p.c.scope))]

    def expect(self, connection: Connection, places: Iterable[tuple[str, str, int | None]], now: dt.datetime) -> None:
        """Get to know places (scope, full name, installation), or their present names; new ones are looked at soon."""
        rows = [
            {
                "scope": scope, "full_name": name, "installation_id": installation, "etag": "", "version": "", "text": "",
                "broken": "", "causes": "[]", "checked_at": None, "due_at": now, "attempts": 0,
            }
            for scope, name, installation in sorted(set(places), key=str)
        ]  # fmt: skip
        if rows:
            connection.execute(self._expect, rows)

    def touched(self, connection: Connection, scope: str, cause: Cause) -> None:
        """Say that a push touched a file, so that it is looked at now."""
        causes = connection.execute(select(p.c.causes).where(p.c.scope == scope)).scalar()
        if causes is not None:
            told = (*_causes(causes), cause)[-_MOST_CAUSES:]
            values = {"causes": _causes_text(told), "due_at": cause.at, "attempts": 0}
            connection.execute(update(p).where(p.c.scope == scope).values(**values))

    def due(self, now: dt.datetime, limit: int) -> list[Stored]:
        """Return places to look at now, those that wait longest first."""
        query = select(p).where(p.c.due_at <= now).order_by(p.c.due_at, p.c.scope).limit(limit)
        with reading(self._engine) as c:
            return [_stored(row) for row in c.execute(query)]

    def save(self, connection: Connection, stored: Stored, seen: Stored) -> bool:
        """Store what was found; False when a push came in between, so that it has to be looked at again."""
        values = {
            "full_name": stored.full_name, "installation_id": stored.installation_id, "etag": stored.etag,
            "version": stored.version, "text": stored.text, "broken": stored.broken, "causes": _causes_text(stored.causes),
            "checked_at": stored.checked_at, "due_at": stored.due_at, "attempts": stored.attempts,
        }  # fmt: skip
        unchanged = (p.c.scope == seen.scope, p.c.causes == _causes_text(seen.causes), p.c.version == seen.version)
        return connection.execute(update(p).where(*unchanged).values(**values)).rowcount == 1

    def look_at_pull(self, connection: Connection, repository_id: int, number: int, head_sha: str, now: dt.datetime) -> None:
        """Want a pull request looked at, at its newest commit."""
        values = {"repository_id": repository_id, "number": number, "head_sha": head_sha, "due_at": now, "attempts": 0}
        connection.execute(self._look, values)

    def pulls_due(self, now: dt.datetime, limit: int) -> list[PullToLook]:
        """Return pull requests to look at now."""
        columns = [pulls.c[name] for name in PullToLook.__dataclass_fields__]
        query = select(*columns).where(pulls.c.due_at <= now).order_by(pulls.c.due_at).limit(limit)
        with reading(self._engine) as c:
            return [PullToLook(**row) for row in c.execute(query).mappings()]

    def pull_done(self, connection: Connection, pull: PullToLook, retry_at: dt.datetime | None = None) -> None:
        """Say that a pull request was looked at, or when to try again; a newer commit of it stays to be looked at."""
        same = (
            pulls.c.repository_id == pull.repository_id,
            pulls.c.number == pull.number,
            pulls.c.head_sha == pull.head_sha,
        )
        if retry_at is None:
            connection.execute(delete(pulls).where(*same))
        else:
            connection.execute(update(pulls).where(*same).values(due_at=retry_at, attempts=pull.attempts + 1))

    def waiting(self, now: dt.datetime) -> bool:
        """Say whether anything is to be looked at now."""
        with reading(self._engine) as c:
            found = (c.execute(select(t.c.due_at).where(t.c.due_at <= now).limit(1)).first() for t in (p, pulls))
            return any(row is not None for row in found)

    def keep_quiet(self, connection: Connection, alert: Alert, reason: str, delivery: str) -> bool:
        """Record a finding that nobody is told of; False when it is recorded already."""
        values = {
            "fingerprint": alert.fingerprint, "repository_id": whole(alert.repository.id),
            "owner_id": whole(alert.repository.owner_id), "detector": alert.finding.detector, "at": alert.at,
            "quieted_at": alert.raised_at, "reason": reason, "delivery": delivery, "body": codec.dump(alert),
        }  # fmt: skip
        return connection.execute(self._quiet, values, execution_options={"preserve_rowcount": True}).rowcount == 1

    def quieted(self, *, repository_id: int | None = None, limit: int = 200) -> list[Quieted]:
        """Return what was kept quiet, newest first."""
        query = select(q.c.body, q.c.reason, q.c.quieted_at).order_by(q.c.quieted_at.desc()).limit(limit)
        if repository_id is not None:
            query = query.where(q.c.repository_id == repository_id)
        with reading(self._engine) as c:
            return [
                Quieted(alert=codec.load(Alert, row.body), reason=row.reason, at=row.quieted_at) for row in c.execute(query)
            ]


def _stored(row: Row[tuple[object, ...]]) -> Stored:
    values = dict(row._mapping)
    return Stored(**{**values, "causes": _causes(str(values["causes"]))})


def _causes(text: str) -> tuple[Cause, ...]:
    return tuple(
        Cause(
            commit=told["commit"],
            at=dt.datetime.fromisoformat(told["at"]),
            by=person_of(told["by"]) if told["by"] else None,
        )
        for told in orjson.loads(text)
    )


def _causes_text(causes: Sequence[Cause]) -> str:
    told = [
        {"commit": c.commit, "at": c.at.astimezone(dt.UTC).isoformat(), "by": person_text(c.by) if c.by else ""}
        for c in causes
    ]
    return orjson.dumps(told).decode()
