"""Who is signed in, what they may see, and codes that prove that a Slack user and a GitHub account are one person."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, delete, insert, select

from github_app.model import Person
from github_app.store.columns import person_of, person_text
from github_app.store.engine import reading, writing
from github_app.store.schema_sessions import link_codes, sessions

SESSION_LASTS = dt.timedelta(hours=8)
"""How long somebody stays signed in; rights that were taken away on GitHub count here after this time at the latest."""
CODE_LASTS = dt.timedelta(minutes=10)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who signed in. `writes` and `administers` are ids of repositories, `owners` of the accounts these belong to.

    `csrf` belongs into every form of this session.
    """

    person: Person
    writes: frozenset[int]
    administers: frozenset[int]
    owners: frozenset[int]
    csrf: str


class Sessions:
    """Verbs over `sessions` and `link_codes`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self, person: Person, writes: frozenset[int], administers: frozenset[int], owners: frozenset[int], now: dt.datetime
    ) -> str:
        """Sign somebody in and return the token for the browser; it is stored nowhere."""
        token = secrets.token_urlsafe(32)
        may = {"writes": sorted(writes), "administers": sorted(administers), "owners": sorted(owners)}
        values = {"person": person_text(person), "may": orjson.dumps(may).decode(), "expires_at": now + SESSION_LASTS}
        with writing(self._engine) as connection:
            connection.execute(insert(sessions).values(token_hash=_hash(token), **values))
        return token

    def get(self, token: str, now: dt.datetime) -> Session | None:
        """Return who has this token, None when nobody has or has it no longer."""
        query = select(sessions.c.person, sessions.c.may).where(
            sessions.c.token_hash == _hash(token), sessions.c.expires_at > now
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first() if token else None
        if row is None:
            return None
        may = orjson.loads(row.may)
        return Session(
            person=person_of(row.person),
            writes=frozenset(may["writes"]),
            administers=frozenset(may["administers"]),
            owners=frozenset(may["owners"]),
            csrf=_hash(f"csrf {token}"),
        )

    def end(self, token: str) -> None:
        """Sign somebody out."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))

    def offer_code(self, person: Person, now: dt.datetime) -> str:
        """Return a code that, typed in Slack within ten minutes, links who types it to this account."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE))
        values = {"code_hash": _hash(code), "person": person_text(person), "expires_at": now + CODE_LASTS}
        with writing(self._engine) as connection:
            connection.execute(insert(link_codes).values(**values))
        return code

    def take_code(self, connection: Connection, code: str, now: dt.datetime) -> Person | None:
        """Use a code up and return whose it is; None when it is wrong, old or used."""
        same = (link_codes.c.code_hash == _hash(code.strip().upper()), link_codes.c.expires_at > now)
        row = connection.execute(delete(link_codes).where(*same).returning(link_codes.c.person)).first()
        return None if row is None else person_of(row.person)

    def prune(self, now: dt.datetime) -> None:
        """Forget what is over."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(delete(link_codes).where(link_codes.c.expires_at <= now))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
