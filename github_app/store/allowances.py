"""What comparing with GitHub may spend, installation by installation, and what is known of the account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, Engine, delete, select

from github_app.store.columns import canonical
from github_app.store.engine import inserting, reading
from github_app.store.schema_reconcile import allowances as a


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """An installation's account, what it lets the app do, and its budget.

    `tokens` are thousandths of a counted request that may be spent now, as of `at`. Nothing is asked before `next_at`;
    `paused` says why when that is GitHub's wish. `requests` and `counted` are totals, `remaining` and `resets_at` what
    GitHub last said of its own limit. `complete_at` is when all that is an organisation's own had last been read, and every
    repository glanced at, `glance_size` at once.
    """

    installation_id: int
    account: str = ""
    account_id: int = 0
    is_organization: bool = False
    permissions: Mapping[str, str] = field(default_factory=dict)
    asked_at: dt.datetime | None = None
    tokens: int = 0
    at: dt.datetime
    next_at: dt.datetime
    paused: str = ""
    requests: int = 0
    counted: int = 0
    remaining: int | None = None
    resets_at: dt.datetime | None = None
    complete_at: dt.datetime | None = None
    glance_size: int = 100

    @property
    def scope(self) -> str:
        """The scope of the account in the ledger."""
        return f"org:{self.account_id}"


class Allowances:
    """Verbs over `allowances`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        put = inserting(engine.dialect.name, a)
        changed = {name: put.excluded[name] for name in Allowance.__dataclass_fields__ if name != "installation_id"}
        self._put = put.on_conflict_do_update(index_elements=[a.c.installation_id], set_=changed)

    def all(self) -> list[Allowance]:
        """Return every installation that was ever looked at."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(a).order_by(a.c.installation_id)).mappings()
            return [_allowance(dict(row)) for row in rows]

    def get(self, installation_id: int) -> Allowance | None:
        """Return one, or None when it was never looked at."""
        with reading(self._engine) as connection:
            row = connection.execute(select(a).where(a.c.installation_id == installation_id)).mappings().first()
            return None if row is None else _allowance(dict(row))

    def put(self, connection: Connection, allowance: Allowance) -> None:
        """Remember how it stands."""
        values = {name: getattr(allowance, name) for name in Allowance.__dataclass_fields__}
        values["permissions"] = canonical(dict(allowance.permissions)).decode()
        values["is_organization"] = int(allowance.is_organization)
        connection.execute(self._put, values)

    def drop(self, connection: Connection, installation_id: int) -> None:
        """Forget an installation that is gone."""
        connection.execute(delete(a).where(a.c.installation_id == installation_id))


def _allowance(row: dict[str, object]) -> Allowance:
    row["permissions"] = orjson.loads(str(row["permissions"]))
    row["is_organization"] = bool(row["is_organization"])
    return Allowance(**row)  # type: ignore[arg-type]  # the columns are the fields, a test holds that
