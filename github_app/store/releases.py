"""Releases: which are to be looked into, and what earlier ones held, so that only what is new is told.

What is kept of a release is bounded: a few thousand short marks of how its archives differ from the tag, and its proofs.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, delete, select, update

from github_app.proofs import Proof
from github_app.store.columns import LINE, clean
from github_app.store.engine import inserting, reading
from github_app.store.schema_releases import releases as r

WAITING, DONE, GIVEN_UP = "waiting", "done", "given up"
MOST_EARLIER = 30
"""How many earlier releases of a repository are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A release as far as it was looked into. `archives` counts those that were compared with the tag.

    `files` stands for its tag and all its files: while it stays the same there is nothing to look into again.
    """

    repository_id: int
    release_id: int
    tag: str
    published_at: dt.datetime
    files: str = ""
    line: str = ""
    state: str = WAITING
    attempts: int = 0
    note: str = ""
    archives: int = 0
    marks: frozenset[str] = frozenset()
    proofs: tuple[Proof, ...] = ()


class Releases:
    """Verbs over `releases`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        want = inserting(engine.dialect.name, r)
        again = {name: want.excluded[name] for name in ("tag", "files", "state", "attempts", "next_try_at")}
        self._want = want.on_conflict_do_update(
            index_elements=[r.c.repository_id, r.c.release_id], set_=again, where=r.c.files != want.excluded.files
        )

    def want(self, connection: Connection, release: Looked, at: dt.datetime) -> None:
        """Have a release looked into from `at` on; again only if its tag or files are others now.

        What is known of it stays until it was looked into again.
        """
        values = {
            "repository_id": release.repository_id, "release_id": release.release_id, "tag": release.tag, "line": "",
            "published_at": release.published_at, "files": release.files, "state": WAITING, "attempts": 0, "next_try_at": at,
            "note": "",
            "archives": 0, "marks": "[]", "proofs": "[]",
        }  # fmt: skip
        connection.execute(self._want, values)

    def due(self, now: dt.datetime) -> list[int]:
        """Return the repositories whose releases are to be looked into now."""
        query = select(r.c.repository_id).distinct().where(r.c.state == WAITING, r.c.next_try_at <= now)
        with reading(self._engine) as connection:
            return list(connection.execute(query.order_by(r.c.repository_id)).scalars())

    def waiting(self, repository_id: int, now: dt.datetime) -> list[Looked]:
        """Return a repository's releases that are to be looked into now, oldest first."""
        due = (r.c.repository_id == repository_id, r.c.state == WAITING, r.c.next_try_at <= now)
        with reading(self._engine) as connection:
            return [
                _looked(row)
                for row in connection.execute(select(r).where(*due).order_by(r.c.published_at, r.c.release_id)).mappings()
            ]

    def earlier(self, repository_id: int, release_id: int) -> list[Looked]:
        """Return the other releases that were looked into, newest first."""
        query = select(r).where(r.c.repository_id == repository_id, r.c.release_id != release_id, r.c.state == DONE)
        newest = query.order_by(r.c.published_at.desc(), r.c.release_id.desc()).limit(MOST_EARLIER)
        with reading(self._engine) as connection:
            return [_looked(row) for row in connection.execute(newest).mappings()]

    def done(self, connection: Connection, looked: Looked, at: dt.datetime) -> None:
        """Remember what was found in a release, and forget those that are too old to matter."""
        values = {
            "repository_id": looked.repository_id, "release_id": looked.release_id, "tag": looked.tag, "line": looked.line,
            "published_at": looked.published_at, "files": looked.files, "state": DONE, "attempts": looked.attempts,
            "next_try_at": at,
            "note": looked.note, "archives": looked.archives, "marks": _text(looked.marks),
            "proofs": json.dumps([_row(proof) for proof in looked.proofs]),
        }  # fmt: skip
        put = inserting(self._engine.dialect.name, r)
        new = {name: put.excluded[name] for name in values if name not in {"repository_id", "release_id"}}
        connection.execute(put.on_conflict_do_update(index_elements=[r.c.repository_id, r.c.release_id], set_=new), values)
        known = select(r.c.release_id).where(r.c.repository_id == looked.repository_id, r.c.state == DONE)
        old = known.order_by(r.c.published_at.desc(), r.c.release_id.desc()).offset(2 * MOST_EARLIER)
        forgotten = list(connection.execute(old).scalars())
        if forgotten:
            connection.execute(delete(r).where(r.c.repository_id == looked.repository_id, r.c.release_id.in_(forgotten)))

    def later(self, connection: Connection, looked: Looked, at: dt.datetime, note: str, *, failed: bool = True) -> None:
        """Look again at `at`; `failed` counts as an attempt."""
        self._set(connection, looked, next_try_at=at, note=note, attempts=looked.attempts + failed)

    def give_up(self, connection: Connection, looked: Looked, note: str) -> None:
        """Say that a release cannot be looked into, and why."""
        self._set(connection, looked, state=GIVEN_UP, note=note)

    def _set(self, connection: Connection, looked: Looked, **values: object) -> None:
        this = (r.c.repository_id == looked.repository_id, r.c.release_id == looked.release_id)
        connection.execute(update(r).where(*this).values(**values))


def _text(marks: Collection[str]) -> str:
    return json.dumps([clean(mark, LINE) for mark in sorted(marks)])


def _row(proof: Proof) -> list[object]:
    """Return what is written of a proof: rows of before proofs were looked at more closely have only the first two."""
    more = {"fit": proof.fit, "repository": proof.repository, "built": proof.built}
    kept: dict[str, object] = {name: clean(value, LINE) for name, value in more.items() if value}
    return [clean(proof.name, LINE), clean(proof.signer, LINE), {**kept, "sources": proof.sources}]


def _looked(row: RowMapping) -> Looked:
    kept = ("repository_id", "release_id", "tag", "published_at", "files", "line", "state", "attempts", "note", "archives")
    return Looked(
        **{name: row[name] for name in kept},
        marks=frozenset(json.loads(row["marks"])),
        proofs=tuple(
            Proof(name=name, signer=signer, **more[0] if more else {}) for name, signer, *more in json.loads(row["proofs"])
        ),
    )
