"""The table of declared hand-overs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from github_app.store.columns import Time
from github_app.store.schema import RowId, metadata

handovers = Table(
    "handovers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("until", Time, nullable=False),
    Column("body", Text, nullable=False),
    Index("handovers_of_repository", "repository_id", "until"),
)
