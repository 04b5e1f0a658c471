"""What each Slack channel got lately, and what the thread of a message about many alerts tells of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and the column; what was sent before counts for no budget."""
    op.create_table(
        "room_posts",
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("room_posts_of_room", "room_posts", ["room", "at"])
    op.add_column("notifications", sa.Column("told", sa.Integer))
