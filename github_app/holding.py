"""What the ledger holds: one power of one subject, and one line of its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from github_app.model import Person, Power


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One power of one subject. `subject` is a canonical identity key, a signing key's name or `deploy-key:ID`.

    `since` is the first we knew of it, by grant or by use. `expected` is True once a reviewer said so.
    """

    subject: str
    power: Power
    person: Person
    since: dt.datetime
    granted_at: dt.datetime | None = None
    granted_by: Person | None = None
    first_used: dt.datetime | None = None
    last_used: dt.datetime | None = None
    uses: int = 0
    revoked_at: dt.datetime | None = None
    expected: bool = False

    def combined(self, other: Holding) -> Holding:
        """Return one holding for two names that turned out to be the same subject."""
        firsts = [h.first_used for h in (self, other) if h.first_used]
        lasts = [h.last_used for h in (self, other) if h.last_used]
        losses = [h.revoked_at for h in (self, other) if h.revoked_at]
        older, newer = sorted((self, other), key=lambda h: h.since)
        granted = older if older.granted_at else newer  # who gave it belongs to when it was given
        return replace(
            older,
            person=richer(older.person, newer.person),
            granted_at=granted.granted_at,
            granted_by=granted.granted_by,
            first_used=min(firsts, default=None),
            last_used=max(lasts, default=None),
            uses=self.uses + other.uses,
            revoked_at=max(losses) if len(losses) == 2 else None,
            expected=self.expected or other.expected,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line for the hash chain: `kind` is first_use, grant, revoke, alias, settled or decision."""

    at: dt.datetime
    kind: str
    subject: str
    power: Power | None = None
    person: Person = Person()
    by: Person | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


def richer(one: Person, other: Person) -> Person:
    """Return what two names of one subject say together; the later one's spelling counts."""
    if one is other:
        return one
    return Person(
        id=one.id if one.id is not None else other.id,
        login=other.login or one.login,
        name=other.name or one.name,
        email=other.email or one.email,
        bot=one.bot or other.bot,
    )
