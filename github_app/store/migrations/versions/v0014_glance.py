"""How many repositories are glanced at in one question, and a turn for what changed before a repository's usual one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables of `github_app.store.schema_reconcile`."""
    op.add_column("allowances", sa.Column("glance_size", sa.Integer, nullable=False, server_default="100"))
    checks = sa.table("checks", sa.column("priority", sa.Integer))
    op.execute(checks.update().where(checks.c.priority == 2).values(priority=3))
