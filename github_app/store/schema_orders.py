"""The table of orders given on GitHub."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from github_app.store.columns import KEY, PAGE, Time, Words
from github_app.store.schema import RowId, metadata

orders = Table(
    "orders",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("thread", BigInteger, nullable=False),
    Column("comment_id", BigInteger, nullable=False),
    Column("person", Text, nullable=False),
    Column("text", Words(PAGE), nullable=False),
    Column("button", Words(KEY), nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("at", Time, nullable=False),
    Column("state", Text, nullable=False),
    Column("said", Words(PAGE), nullable=False),
    Column("changed", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Time, nullable=False),
)
Index(
    "orders_due",
    orders.c.next_try_at,
    sqlite_where=text("state <> 'told'"),
    postgresql_where=text("state <> 'told'"),
)
Index("orders_of_thread", orders.c.repository_id, orders.c.thread)
