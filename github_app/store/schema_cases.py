"""The tables of cases: which alerts are told as one story."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from github_app.store.columns import Time
from github_app.store.schema import RowId, metadata

cases = Table(
    "cases",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("owner_id", BigInteger, nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("latest_at", Time, nullable=False),
    Column("severity", Text, nullable=False),
    Index("cases_of_owner", "owner_id"),
)

# An alert is in one case at most: its id is the key.
case_alerts = Table(
    "case_alerts",
    metadata,
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False, index=True),
)
