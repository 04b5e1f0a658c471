"""What is compared with GitHub, and which deliveries were asked for again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "checks",
        sa.Column("installation_id", sa.BigInteger, nullable=False),
        _text("scope"),
        _text("source"),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("checked_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        _text("blind"),
        _text("hint"),
        sa.PrimaryKeyConstraint("scope", "source"),
        sqlite_with_rowid=False,
    )
    op.create_index("checks_due", "checks", ["installation_id", "priority", "due_at"])
    op.create_table(
        "validators",
        _text("scope"),
        _text("url"),
        _text("etags"),
        _text("body"),
        sa.PrimaryKeyConstraint("scope", "url"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "allowances",
        sa.Column("installation_id", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("account"),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("is_organization", sa.Integer, nullable=False),
        _text("permissions"),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        _text("paused"),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("counted", sa.BigInteger, nullable=False),
        sa.Column("remaining", sa.BigInteger),
        sa.Column("resets_at", sa.BigInteger),
        sa.Column("complete_at", sa.BigInteger),
    )
    op.create_table(
        "redeliveries",
        sa.Column("delivery_id", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("guid"),
        _text("event"),
        sa.Column("failed_at", sa.BigInteger, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        _text("state"),
    )
    op.create_index("ix_redeliveries_guid", "redeliveries", ["guid"])
    op.create_table("marks", sa.Column("name", sa.Text, primary_key=True), sa.Column("at", sa.BigInteger, nullable=False))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)
