"""The table of acts."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from github_app.store.columns import KEY, Time, Words
from github_app.store.schema import RowId, metadata

acts = Table(
    "acts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("scope", Words(KEY), nullable=False),
    Column("subject", Words(KEY), nullable=False),
    Column("deed", Words(KEY), nullable=False),
    Column("value", Words(KEY), nullable=False),
    Column("at", Time, nullable=False),
    Column("body", Text, nullable=False),
    # GitHub tells one merge twice, as a push and as a pull request.
    UniqueConstraint("scope", "subject", "deed", "value"),
    Index("acts_of_subject", "subject", "at"),
)
