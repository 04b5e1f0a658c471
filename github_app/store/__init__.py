"""The store: the only SQL of the project. Callers see verbs, never tables.

store = Store.open(settings.sql_url)
store.migrate()
with store.begin() as connection:
    ...
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine

from github_app.store import engine as engines
from github_app.store.accounts import Account, Accounts
from github_app.store.acts import Acts
from github_app.store.alerts import Alerts, PullAt
from github_app.store.allowances import Allowance, Allowances
from github_app.store.audit import Audit
from github_app.store.cases import Cases, StoredCase
from github_app.store.checks import Check, Checks, Validator
from github_app.store.columns import utcnow
from github_app.store.comments import CommentMarks
from github_app.store.engine import ConflictError, StoreError
from github_app.store.funding import Fundings
from github_app.store.handovers import Handovers
from github_app.store.inbox import Delivery, Inbox, Outcome, Pending, Received
from github_app.store.incidents import IncidentReport, Incidents
from github_app.store.leases import Leases
from github_app.store.ledger import Ledgers
from github_app.store.listing import Listing
from github_app.store.migrate import current, migrate
from github_app.store.migrations import HEAD
from github_app.store.notices import Notice, Notices
from github_app.store.orders import Order, Orders
from github_app.store.outbox import Failure, Outbox, Post, Row, Work
from github_app.store.policies import Policies, Quieted
from github_app.store.problems import Problem, Problems
from github_app.store.redeliveries import Redeliveries, Redelivery
from github_app.store.releases import Looked, Releases
from github_app.store.replies import Replies, Reply
from github_app.store.reports import Reports
from github_app.store.repositories import Repositories, Watch
from github_app.store.rooms import Rooms
from github_app.store.sessions import Sessions
from github_app.store.snapshots import Snapshot, Snapshots

__all__ = [
    "Account",
    "Allowance",
    "Check",
    "ConflictError",
    "Delivery",
    "Failure",
    "IncidentReport",
    "Looked",
    "Notice",
    "Order",
    "Outcome",
    "Pending",
    "Post",
    "Problem",
    "PullAt",
    "Quieted",
    "Received",
    "Redelivery",
    "Reply",
    "Row",
    "Snapshot",
    "Store",
    "StoreError",
    "StoredCase",
    "Validator",
    "Watch",
    "Work",
]

KEEP_BODIES = dt.timedelta(days=7)
KEEP_DELIVERIES = dt.timedelta(days=30)
KEEP_ACTS = dt.timedelta(days=3 * 365)
KEEP_REPLIES = dt.timedelta(hours=1)
KEEP_GONE = dt.timedelta(days=7)
KEEP_ROOMS = dt.timedelta(days=1)


class Store:
    """One database, for any number of threads of one process. Open it after a fork, not before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.inbox = Inbox(engine)
        self.repositories = Repositories(engine)
        self.ledgers = Ledgers(engine)
        self.alerts = Alerts(engine, self.ledgers)
        self.handovers = Handovers(engine, self.ledgers)
        self.audit = Audit(engine, self.alerts)
        self.cases = Cases(engine)
        self.comments = CommentMarks(engine)
        self.outbox = Outbox(engine)
        self.notices = Notices(engine)
        self.rooms = Rooms(engine)
        self.reports = Reports(engine)
        self.replies = Replies(engine)
        self.orders = Orders(engine)
        self.acts = Acts(engine)
        self.sessions = Sessions(engine)
        self.listing = Listing(engine, self.alerts)
        self.accounts = Accounts(engine)
        self.leases = Leases(engine)
        self.problems = Problems(engine)
        self.policies = Policies(engine)
        self.checks = Checks(engine)
        self.allowances = Allowances(engine)
        self.redeliveries = Redeliveries(engine)
        self.releases = Releases(engine)
        self.snapshots = Snapshots(engine)
        self.incidents = Incidents(engine)
        self.fundings = Fundings(engine)

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

    def is_current(self) -> bool:
        """Say whether the tables are those of this version."""
        return current(self.engine) == HEAD

    def begin(self) -> AbstractContextManager[Connection]:
        """Open the transaction that writes: committed at the end, rolled back when the block raises."""
        return engines.writing(self.engine)

    def prune(
        self, now: dt.datetime | None = None, *, keep_bodies: dt.timedelta = KEEP_BODIES, without: Collection[int] = ()
    ) -> int:
        """Forget what nobody needs any more.

        Bodies of deliveries after a week, their rows after a month, replies after an hour, acts after three years.
        Ledgers, alerts and decisions are kept for ever. Deliveries of the repositories `without` stay, see
        `prune_deliveries`. Returns how many bodies were dropped.
        """
        now = now or utcnow()
        self.replies.prune(now - KEEP_REPLIES)
        self.orders.prune(now - KEEP_DELIVERIES)
        self.acts.prune(now - KEEP_ACTS)
        self.sessions.prune(now)
        self.snapshots.prune(now - KEEP_GONE)
        self.rooms.prune(now - KEEP_ROOMS)
        return self.inbox.prune(now - keep_bodies, forget_before=now - KEEP_DELIVERIES, without=without)

    def prune_deliveries(self, repositories: Collection[int], now: dt.datetime, keep_bodies: dt.timedelta) -> int:
        """Forget deliveries of some repositories, whose bodies are kept for a time of their own; return how many bodies."""
        return self.inbox.prune_of(repositories, now - keep_bodies, forget_before=now - KEEP_DELIVERIES)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
