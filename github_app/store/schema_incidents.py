"""The tables of reports about incidents, and of the links by which projects ask for support."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, text

from github_app.store.columns import KEY, LINE, PAGE, Time, Words
from github_app.store.schema import RowId, metadata

# `anchor_id` is the first alert of the story when the report was wanted, `alert_id` the one last decided an incident.
incident_reports = Table(
    "incident_reports",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("anchor_id", BigInteger, nullable=False),
    Column("subject", Words(KEY), nullable=False),
    Column("alert_id", BigInteger, nullable=False),
    Column("mark", Words(KEY), nullable=False),
    Column("person", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("made", Integer, nullable=False),
    Column("made_at", Time),
    Column("body", Text, nullable=False),
    Column("published", Integer, nullable=False),
    Column("place", Words(KEY), nullable=False),
    Column("external_id", Words(KEY), nullable=False),
    Column("url", Words(LINE), nullable=False),
    Column("claim", BigInteger, nullable=False),
    Column("claimed_until", Time),
    Column("uncertain", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Time, nullable=False),
    UniqueConstraint("anchor_id", "subject"),
)
Index(
    "incident_reports_due",
    incident_reports.c.next_try_at,
    sqlite_where=text("published < wanted"),
    postgresql_where=text("published < wanted"),
)

funding = Table(
    "funding",
    metadata,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("links", Words(PAGE), nullable=False),
    Column("checked_at", Time),
    Column("due_at", Time, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
)
