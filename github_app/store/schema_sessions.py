"""The tables of people who signed in, and of codes that link a Slack user to an account."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from github_app.store.columns import KEY, Time, Words
from github_app.store.schema import metadata

sessions = Table(
    "sessions",
    metadata,
    # Only a hash: whoever can read the database cannot sign in with it.
    Column("token_hash", Words(KEY), primary_key=True),
    Column("person", Text, nullable=False),
    Column("may", Text, nullable=False),
    Column("expires_at", Time, nullable=False),
)

link_codes = Table(
    "link_codes",
    metadata,
    Column("code_hash", Words(KEY), primary_key=True),
    Column("person", Text, nullable=False),
    Column("expires_at", Time, nullable=False),
)
