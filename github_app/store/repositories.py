"""The watched repositories and how far each of them is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, Engine, bindparam, case, func, or_, select, update

from github_app.model import Repository
from github_app.store.columns import among, whole
from github_app.store.engine import inserting, reading
from github_app.store.schema import repositories as r


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A repository as the app knows it.

    `state`, since `state_at`, is new (seen), learning (its past is being read), watched or removed. `settled_at` is when
    its past had been learned. Nothing is done with it before `blocked_until`; `problem` says why, `attempts` how often
    that was tried.
    """

    id: int
    full_name: str
    owner_id: int
    default_branch: str
    installation_id: int | None
    state: str
    state_at: dt.datetime
    settled_at: dt.datetime | None
    blocked_until: dt.datetime | None
    attempts: int
    problem: str

    @property
    def repository(self) -> Repository:
        """The same as the model names it."""
        return Repository(id=self.id, full_name=self.full_name, owner_id=self.owner_id, default_branch=self.default_branch)


_COLUMNS = [r.c[name] for name in Watch.__dataclass_fields__]


class Repositories:
    """Verbs over `repositories`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._among = select(*_COLUMNS).where(among(r.c.id, "ids", engine.dialect.name, BigInteger()))
        insert = inserting(engine.dialect.name, r)
        new = insert.excluded
        self._see = insert.on_conflict_do_update(
            index_elements=[r.c.id],
            set_={
                "full_name": new.full_name,
                "owner_id": case((new.owner_id != 0, new.owner_id), else_=r.c.owner_id),
                "default_branch": case((new.default_branch != "", new.default_branch), else_=r.c.default_branch),
                "installation_id": func.coalesce(new.installation_id, r.c.installation_id),
            },
        )

    def get_many(self, ids: Iterable[int]) -> dict[int, Watch]:
        """Return those of the repositories that are known."""
        with reading(self._engine) as connection:
            rows = connection.execute(self._among, {"ids": sorted({whole(i) for i in ids})}).mappings()
            return {row["id"]: Watch(**row) for row in rows}

    def see(self, connection: Connection, repository: Repository, installation_id: int | None, at: dt.datetime) -> None:
        """Remember a repository as new, or its present name, branch and installation; a rename keeps the row."""
        self.see_all(connection, [(repository, installation_id)], at)

    def see_all(self, connection: Connection, seen: Iterable[tuple[Repository, int | None]], at: dt.datetime) -> None:
        """Do `see` for several repositories in one statement. What a source leaves out stays as it was."""
        rows = {
            repository.id: {
                "id": whole(repository.id),
                "full_name": repository.full_name,
                "owner_id": whole(repository.owner_id),
                "default_branch": repository.default_branch,
                "installation_id": installation_id,
                "state": "new",
                "state_at": at,
                "attempts": 0,
                "problem": "",
            }
            for repository, installation_id in seen
        }
        if rows:
            connection.execute(self._see, [rows[key] for key in sorted(rows)])

    def set_state(
        self,
        connection: Connection,
        repository_id: int,
        state: str,
        *,
        at: dt.datetime,
        problem: str = "",
        settled_at: dt.datetime | None = None,
        blocked_until: dt.datetime | None = None,
        attempts: int | None = None,
    ) -> None:
        """Move a repository to a state. `settled_at` and `attempts` stay when None, `blocked_until` is cleared."""
        values: dict[str, object] = {"state": state, "state_at": at, "problem": problem, "blocked_until": blocked_until}
        if settled_at is not None:
            values["settled_at"] = settled_at
        if attempts is not None:
            values["attempts"] = attempts
        connection.execute(update(r).where(r.c.id == repository_id).values(**values))

    def block(self, connection: Connection, repository_id: int, until: dt.datetime, why: str) -> None:
        """Leave a repository alone until a time, as when GitHub asks us to wait."""
        connection.execute(update(r).where(r.c.id == repository_id).values(blocked_until=until, problem=why))

    def learnable(self, now: dt.datetime) -> list[Watch]:
        """Return repositories whose past is still to be learned and that are not blocked."""
        due = or_(r.c.blocked_until.is_(None), r.c.blocked_until <= bindparam("now", type_=r.c.blocked_until.type))
        query = select(*_COLUMNS).where(r.c.state.in_(("new", "learning")), due).order_by(r.c.id)
        with reading(self._engine) as connection:
            return [Watch(**row) for row in connection.execute(query, {"now": now}).mappings()]

    def all(self) -> list[Watch]:
        """Return every repository, by name."""
        with reading(self._engine) as connection:
            return [Watch(**row) for row in connection.execute(select(*_COLUMNS).order_by(r.c.full_name)).mappings()]

    def installations(self) -> list[int]:
        """Return every installation that has repositories which are watched or will be."""
        query = select(r.c.installation_id).where(r.c.installation_id.is_not(None), r.c.state != "removed").distinct()
        with reading(self._engine) as connection:
            return sorted(connection.execute(query).scalars())
