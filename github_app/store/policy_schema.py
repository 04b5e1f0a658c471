"""The tables of the policy, on the metadata of `github_app.store.schema`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Table, Text

from github_app.store.columns import KEY, LINE, Time, Words
from github_app.store.schema import metadata

MOST_TEXT = 70_000
"""More characters than a policy file that is read can have."""

# One row for each place a policy file can be in; `text` is the last version that could be read.
policies = Table(
    "policies",
    metadata,
    Column("scope", Words(KEY), primary_key=True),
    Column("full_name", Words(KEY), nullable=False),
    Column("installation_id", BigInteger),
    Column("etag", Words(KEY), nullable=False),
    Column("version", Words(KEY), nullable=False),
    Column("text", Words(MOST_TEXT), nullable=False),
    Column("broken", Words(LINE), nullable=False),
    Column("causes", Text, nullable=False),
    Column("checked_at", Time),
    Column("due_at", Time, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
)

# Pull requests that are still to be looked at for an edited policy file; a row goes when that is done.
policy_pulls = Table(
    "policy_pulls",
    metadata,
    Column("repository_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("head_sha", Words(KEY), nullable=False),
    Column("due_at", Time, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    PrimaryKeyConstraint("repository_id", "number"),
)

# What the policy kept quiet: recorded, and nobody is told.
quieted = Table(
    "quieted",
    metadata,
    Column("fingerprint", Words(KEY), primary_key=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("detector", Words(KEY), nullable=False),
    Column("at", Time, nullable=False),
    Column("quieted_at", Time, nullable=False, index=True),
    Column("reason", Words(LINE), nullable=False),
    Column("delivery", Words(KEY), nullable=False),
    Column("body", Text, nullable=False),
)
