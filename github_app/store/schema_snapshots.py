"""The table of snapshots: how what stands around a repository was when it was last seen."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text

from github_app.store.columns import KEY, LINE, Time, Words
from github_app.store.schema import metadata

snapshots = Table(
    "snapshots",
    metadata,
    Column("scope", Words(KEY), nullable=False),
    Column("kind", Words(KEY), nullable=False),
    Column("key", Words(KEY), nullable=False),
    Column("name", Words(LINE), nullable=False),
    Column("settings", Text, nullable=False),
    Column("seen_at", Time, nullable=False),
    PrimaryKeyConstraint("scope", "kind", "key"),
    sqlite_with_rowid=False,
)
