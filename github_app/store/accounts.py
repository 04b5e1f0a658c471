"""Which Slack user is which GitHub account: who clicks must be known before he decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, select

from github_app.model import Person
from github_app.store.columns import person_of, person_text
from github_app.store.engine import inserting, reading
from github_app.store.schema import accounts as a


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A link from a Slack user to a person on GitHub, and who made it."""

    slack_user: str
    person: Person
    by: Person
    at: dt.datetime


class Accounts:
    """Verbs over `accounts`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        link = inserting(engine.dialect.name, a)
        new = {name: link.excluded[name] for name in ("person", "by_person", "at")}
        self._link = link.on_conflict_do_update(index_elements=[a.c.slack_user], set_=new)

    def link(self, connection: Connection, slack_user: str, person: Person, by: Person, at: dt.datetime) -> None:
        """Link a Slack user to a person, in place of an earlier link."""
        values = {"slack_user": slack_user, "person": person_text(person), "by_person": person_text(by), "at": at}
        connection.execute(self._link, values)

    def unlink(self, connection: Connection, slack_user: str) -> None:
        """Forget a link."""
        connection.execute(delete(a).where(a.c.slack_user == slack_user))

    def of_slack(self, slack_user: str) -> Person | None:
        """Return who a Slack user is on GitHub, or None."""
        with reading(self._engine) as connection:
            found = connection.execute(select(a.c.person).where(a.c.slack_user == slack_user)).scalar()
            return None if found is None else person_of(found)

    def all(self) -> list[Account]:
        """Return every link, by Slack user."""
        with reading(self._engine) as connection:
            return [
                Account(slack_user=row.slack_user, person=person_of(row.person), by=person_of(row.by_person), at=row.at)
                for row in connection.execute(select(a).order_by(a.c.slack_user))
            ]
