"""The table of what is remembered of comments; `github_app.store.comments` reads and writes it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table, Text

from github_app.store.columns import Time
from github_app.store.schema import metadata

# No words of a comment are in it: `body` holds who wrote it, which signals were heard, and where it stands.
comment_marks = Table(
    "comment_marks",
    metadata,
    Column("repository_id", BigInteger, nullable=False),
    Column("thread", BigInteger, nullable=False),
    Column("comment", BigInteger, nullable=False),
    Column("at", Time, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("repository_id", "thread", "comment"),
    sqlite_with_rowid=False,
)
Index("comment_marks_at", comment_marks.c.at)
