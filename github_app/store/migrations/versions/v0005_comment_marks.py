"""What is remembered of comments that press: their signals, not their words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "comment_marks",
        sa.Column("repository_id", sa.BigInteger, nullable=False),
        sa.Column("thread", sa.BigInteger, nullable=False),
        sa.Column("comment", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "thread", "comment"),
        sqlite_with_rowid=False,
    )
    op.create_index("comment_marks_at", "comment_marks", ["at"])
