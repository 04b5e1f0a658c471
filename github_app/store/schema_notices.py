"""The tables of messages that belong to no single alert, and of what was found out about each repository's past."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, text

from github_app.store.columns import KEY, LINE, Time, Words
from github_app.store.schema import RowId, metadata

notices = Table(
    "notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", Words(KEY), nullable=False),
    Column("key", Words(KEY), nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", BigInteger, nullable=False),
    Column("made_at", Time, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Time, nullable=False),
    Column("claim", BigInteger, nullable=False),
    Column("claimed_until", Time),
    Column("uncertain", Boolean, nullable=False),
    Column("external_id", Words(KEY)),
    Column("sent_at", Time),
    Column("error", Words(LINE), nullable=False),
    UniqueConstraint("channel", "key"),
)
Index(
    "notices_due",
    notices.c.next_try_at,
    sqlite_where=text("state = 'pending'"),
    postgresql_where=text("state = 'pending'"),
)

reports = Table(
    "reports",
    metadata,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("installation_id", BigInteger),
    Column("made_at", Time, nullable=False),
    Column("told_in", Words(KEY), index=True),
    Column("body", Text, nullable=False),
)
