"""The table of releases: which are to be looked into, and what was found in those that were."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from github_app.store.columns import KEY, LINE, Time, Words
from github_app.store.schema import metadata

releases = Table(
    "releases",
    metadata,
    Column("repository_id", BigInteger, nullable=False),
    Column("release_id", BigInteger, nullable=False),
    Column("tag", Words(KEY), nullable=False),
    Column("line", Words(KEY), nullable=False),
    Column("published_at", Time, nullable=False),
    Column("files", Words(KEY), nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Time, nullable=False),
    Column("note", Words(LINE), nullable=False),
    Column("archives", Integer, nullable=False),
    Column("marks", Text, nullable=False),
    Column("proofs", Text, nullable=False),
    PrimaryKeyConstraint("repository_id", "release_id"),
    Index("releases_due", "state", "next_try_at"),
    sqlite_with_rowid=False,
)
