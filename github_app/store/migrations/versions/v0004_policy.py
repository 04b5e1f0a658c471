"""The policy: what files say, which pull requests are to be looked at, and what was kept quiet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of `github_app.store.policy_schema`."""
    op.create_table(
        "policies",
        sa.Column("scope", sa.Text, primary_key=True),
        _text("full_name"),
        sa.Column("installation_id", sa.BigInteger),
        _text("etag"),
        _text("version"),
        _text("text"),
        _text("broken"),
        _text("causes"),
        sa.Column("checked_at", sa.BigInteger),
        _big("due_at"),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("ix_policies_due_at", "policies", ["due_at"])
    op.create_table(
        "policy_pulls",
        _big("repository_id"),
        _big("number"),
        _text("head_sha"),
        _big("due_at"),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "number"),
    )
    op.create_index("ix_policy_pulls_due_at", "policy_pulls", ["due_at"])
    op.create_table(
        "quieted",
        sa.Column("fingerprint", sa.Text, primary_key=True),
        _big("repository_id"),
        _big("owner_id"),
        _text("detector"),
        _big("at"),
        _big("quieted_at"),
        _text("reason"),
        _text("delivery"),
        _text("body"),
    )
    op.create_index("ix_quieted_quieted_at", "quieted", ["quieted_at"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)
