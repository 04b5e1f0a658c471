"""Reports about incidents, and the links by which projects ask for support."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of `github_app.store.schema_incidents`."""
    op.create_table(
        "incident_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("anchor_id", "alert_id", "claim", "next_try_at")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("subject", "mark", "person", "body", "place")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("external_id", "url")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("wanted", "made", "published", "attempts")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("private", "uncertain")),
        sa.Column("made_at", sa.BigInteger),
        sa.Column("claimed_until", sa.BigInteger),
        sa.UniqueConstraint("anchor_id", "subject"),
    )
    due = sa.text("published < wanted")
    op.create_index("incident_reports_due", "incident_reports", ["next_try_at"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "funding",
        sa.Column("repository_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("links", sa.Text, nullable=False),
        sa.Column("checked_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
