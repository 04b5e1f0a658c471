"""Orders given on GitHub."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; there is nothing to fill it with."""
    text = ("person", "text", "button", "state", "said")
    numbers = ("repository_id", "thread", "comment_id", "at", "next_try_at")
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in text),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in numbers),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("changed", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    waiting = sa.text("state <> 'told'")
    op.create_index("orders_due", "orders", ["next_try_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("orders_of_thread", "orders", ["repository_id", "thread"])
