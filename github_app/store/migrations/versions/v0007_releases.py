"""What was looked into in releases, so that the next one can be compared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "releases",
        sa.Column("repository_id", sa.BigInteger, nullable=False),
        sa.Column("release_id", sa.BigInteger, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("published_at", sa.BigInteger, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.BigInteger, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("archives", sa.Integer, nullable=False),
        sa.Column("marks", sa.Text, nullable=False),
        sa.Column("proofs", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "release_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("releases_due", "releases", ["state", "next_try_at"])
