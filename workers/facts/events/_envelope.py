"""What all webhook payloads share: who did it, where, when, and which delivery told us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from github_app.model import Person, Repository, Source
from workers.facts.events import _fields as read


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One payload with its common parts read."""

    event: str
    action: str
    payload: Mapping[str, Any]
    received_at: dt.datetime
    delivery: str
    repository: Repository | None
    sender: Person | None
    installation_id: int | None

    @classmethod
    def of(cls, event: str, payload: Mapping[str, Any], *, received_at: dt.datetime, delivery: str) -> Envelope:
        """Read the common parts of a payload; nothing of it has to be there."""
        return cls(
            event=event,
            action=read.text(payload.get("action"), 60),
            payload=payload,
            received_at=received_at,
            delivery=delivery,
            repository=read.repository(payload.get("repository")),
            sender=read.person(payload.get("sender")),
            installation_id=read.number(read.table(payload.get("installation")).get("id")) or None,
        )

    @property
    def pushed_at(self) -> dt.datetime | None:
        """GitHub's own time of the last push; never that of a commit, which its author chooses."""
        return read.when(read.table(self.payload.get("repository")).get("pushed_at"))

    @property
    def account(self) -> tuple[str, int]:
        """Login and id of the organisation a delivery is about; "" and 0 where it names none.

        The key `organization` is there nearly always. GitHub's description leaves it out of some events all the same; then
        the owner of the repository tells, or the account the app is installed in.
        """
        owner = read.table(read.table(self.payload.get("repository")).get("owner"))
        installed = read.table(read.table(self.payload.get("installation")).get("account"))
        enterprise = read.table(self.payload.get("enterprise"))
        for found in (read.table(self.payload.get("organization")), owner, installed, enterprise):
            login, number = read.text(found.get("login") or found.get("slug"), 100), read.number(found.get("id"))
            if number:
                return login, number
        return "", 0

    def of_account(self, **said: Any) -> dict[str, Any]:
        """Return `common` for a fact about a whole organisation rather than one of its repositories."""
        login, number = self.account
        return self.common(**said) | {"repository": None, "organization": login, "organization_id": number}

    def common(self, *, at: dt.datetime | None = None, actor: Person | None = None, url: object = None) -> dict[str, Any]:
        """Return the fields every fact has; `at` is the time of receipt and `actor` the sender unless told otherwise."""
        organization = read.table(self.payload.get("organization"))
        return {
            "at": at or self.received_at,
            "source": Source.WEBHOOK,
            "repository": self.repository,
            "organization": read.text(organization.get("login"), 100),
            "organization_id": read.number(organization.get("id")),
            "actor": actor or self.sender,
            "delivery": self.delivery,
            "url": read.link(url),
        }
