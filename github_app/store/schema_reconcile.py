"""The tables of comparing with GitHub: what is looked at, its validators, what may be spent, what was sent again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from github_app.store.columns import KEY, LINE, Time, Words
from github_app.store.schema import metadata

checks = Table(
    "checks",
    metadata,
    Column("installation_id", BigInteger, nullable=False),
    Column("scope", Words(KEY), nullable=False),
    Column("source", Words(KEY), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", Time, nullable=False),
    Column("checked_at", Time),
    Column("failures", Integer, nullable=False),
    Column("blind", Words(LINE), nullable=False),
    Column("hint", Words(KEY), nullable=False),
    PrimaryKeyConstraint("scope", "source"),
    Index("checks_due", "installation_id", "priority", "due_at"),
    sqlite_with_rowid=False,
)

validators = Table(
    "validators",
    metadata,
    Column("scope", Words(KEY), nullable=False),
    Column("url", Words(KEY), nullable=False),
    Column("etags", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("scope", "url"),
    sqlite_with_rowid=False,
)

allowances = Table(
    "allowances",
    metadata,
    Column("installation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("account", Words(KEY), nullable=False),
    Column("account_id", BigInteger, nullable=False),
    Column("is_organization", Integer, nullable=False),
    Column("permissions", Text, nullable=False),
    Column("asked_at", Time),
    Column("tokens", BigInteger, nullable=False),
    Column("at", Time, nullable=False),
    Column("next_at", Time, nullable=False),
    Column("paused", Words(LINE), nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("remaining", BigInteger),
    Column("resets_at", Time),
    Column("complete_at", Time),
    Column("glance_size", Integer, nullable=False, server_default="100"),
)

redeliveries = Table(
    "redeliveries",
    metadata,
    Column("delivery_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guid", Words(KEY), nullable=False, index=True),
    Column("event", Words(KEY), nullable=False),
    Column("failed_at", Time, nullable=False),
    Column("asked_at", Time, nullable=False),
    Column("state", Text, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Words(KEY), primary_key=True),
    Column("at", Time, nullable=False),
)
