"""The store: the only SQL of the project. Callers see verbs, never tables.

store = Store.open(settings.sql_url)
store.migrate()
with store.begin() as connection:
    ...
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine

from github_app.store import engine as engines
from github_app.store.engine import ConflictError, StoreError
from github_app.store.inbox import Delivery, Inbox, Outcome, Pending, Received
from github_app.store.ledger import Ledgers
from github_app.store.migrate import migrate
from github_app.store.repositories import Repositories, Watch

__all__ = [
    "ConflictError",
    "Delivery",
    "Outcome",
    "Pending",
    "Received",
    "Store",
    "StoreError",
    "Watch",
]


class Store:
    """One database, for any number of threads of one process. Open it after a fork, not before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.inbox = Inbox(engine)
        self.repositories = Repositories(engine)
        self.ledgers = Ledgers(engine)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open a database by SQLAlchemy URL; `sqlite:////path/trust.db` or `postgresql://...`.

        Raises:
            StoreError: it is another kind of database, or the file cannot be made.
        """
        return cls(engines.open_engine(url))

    def migrate(self) -> None:
        """Bring the tables to this version; any number of processes may do it at once.

        Raises:
            StoreError: a newer version of the program has been here.
        """
        migrate(self.engine)

    def begin(self) -> AbstractContextManager[Connection]:
        """Open the transaction that writes: committed at the end, rolled back when the block raises."""
        return engines.writing(self.engine)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
