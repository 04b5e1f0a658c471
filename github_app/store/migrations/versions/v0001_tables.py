"""The first tables: inbox, repositories, ledger, alerts, outbox and what keeps the processes together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create everything."""
    _inbox()
    _ledger()
    _alerts()
    _outbox()
    _rest()


def _text(name: str, *, null: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null, primary_key=primary_key)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _row_id(name: str) -> sa.Column[int]:
    return sa.Column(name, _ROW_ID, primary_key=True)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _inbox() -> None:
    op.create_table(
        "deliveries",
        _row_id("seq"),
        sa.Column("guid", sa.Text, nullable=False, unique=True),
        _text("event"),
        _big("received_at"),
        _small("partition"),
        _big("repository_id"),
        _big("owner_id"),
        _small("attempts"),
        _text("state"),
        _big("finished_at", null=True),
        _text("note"),
    )
    op.create_table(
        "bodies",
        sa.Column("seq", _ROW_ID, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    _index("deliveries_pending", "deliveries", ["partition", "repository_id", "seq"], "finished_at IS NULL")
    _index("deliveries_finished", "deliveries", ["state"], "finished_at IS NOT NULL")
    op.create_table(
        "repositories",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        _text("full_name"),
        _big("owner_id"),
        _text("default_branch"),
        _big("installation_id", null=True),
        _text("state"),
        _big("state_at"),
        _big("settled_at", null=True),
        _big("blocked_until", null=True),
        _small("attempts"),
        _text("problem"),
    )


def _ledger() -> None:
    op.create_table("chains", _text("scope", primary_key=True), _big("length"), _text("head"), _big("settled_at", null=True))
    op.create_table(
        "entries",
        _row_id("seq"),
        _text("scope"),
        _big("n"),
        _big("at"),
        _text("kind"),
        _text("subject"),
        _text("power", null=True),
        _text("person"),
        _text("by_person", null=True),
        _text("detail"),
        _text("hash"),
        sa.UniqueConstraint("scope", "n"),
    )
    op.create_table(
        "holdings",
        _text("scope"),
        _text("subject"),
        _text("power"),
        _text("person"),
        _big("since"),
        _big("granted_at", null=True),
        _text("granted_by", null=True),
        _big("first_used", null=True),
        _big("last_used", null=True),
        _big("uses"),
        _big("revoked_at", null=True),
        sa.Column("expected", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("scope", "subject", "power"),
        sqlite_with_rowid=False,
    )
    _index("holdings_powers", "holdings", ["scope"], "power <> 'author'")
    op.create_table("aliases", _text("key", primary_key=True), _text("subject"), sqlite_with_rowid=False)
    op.create_index("ix_aliases_subject", "aliases", ["subject"])


def _alerts() -> None:
    op.create_table(
        "alerts",
        _row_id("id"),
        sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
        _big("repository_id"),
        _big("owner_id"),
        _text("detector"),
        _text("severity"),
        _text("stage"),
        _text("state"),
        _text("verdict", null=True),
        _big("at"),
        _big("raised_at"),
        _big("snoozed_until", null=True),
        _small("version"),
        _text("delivery"),
        _text("body"),
    )
    op.create_index("alerts_of_repository", "alerts", ["repository_id", "state"])
    op.create_table(
        "alert_pulls",
        sa.Column("alert_id", sa.BigInteger, sa.ForeignKey("alerts.id"), nullable=False),
        _big("repository_id"),
        _big("number"),
        _text("head_sha"),
        sa.PrimaryKeyConstraint("alert_id", "repository_id", "number"),
    )
    op.create_index("alert_pulls_of_pull", "alert_pulls", ["repository_id", "number"])
    op.create_table(
        "decisions",
        _row_id("id"),
        sa.Column("alert_id", sa.BigInteger, sa.ForeignKey("alerts.id"), nullable=False),
        _big("at"),
        _text("action"),
        _text("verdict", null=True),
        _text("reason"),
        _text("by_person"),
        _text("via"),
    )
    op.create_index("ix_decisions_alert_id", "decisions", ["alert_id"])


def _outbox() -> None:
    op.create_table(
        "posts",
        _text("channel"),
        _text("target"),
        _text("external_id", null=True),
        _big("claim"),
        _text("owner", null=True),
        _big("claimed_until", null=True),
        sa.Column("uncertain", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("channel", "target"),
    )
    op.create_table(
        "notifications",
        _row_id("id"),
        sa.Column("alert_id", sa.BigInteger, sa.ForeignKey("alerts.id"), nullable=False),
        _text("channel"),
        _text("target"),
        _text("state"),
        _small("wanted_version"),
        _small("sent_version"),
        _small("attempts"),
        _big("next_try_at"),
        _big("sent_at", null=True),
        _text("error"),
        sa.UniqueConstraint("alert_id", "channel", "target"),
    )
    op.create_index("notifications_of_post", "notifications", ["channel", "target"])
    _index("notifications_due", "notifications", ["next_try_at"], "state IN ('pending', 'sending')")
    op.create_table(
        "replies",
        _row_id("id"),
        _text("channel"),
        _text("slack_user"),
        _text("thread_ts"),
        _text("text"),
        _small("attempts"),
        _big("next_try_at"),
    )


def _rest() -> None:
    op.create_table("accounts", _text("slack_user", primary_key=True), _text("person"), _text("by_person"), _big("at"))
    op.create_table("leases", _text("name", primary_key=True), _text("owner"), _big("expires_at"))
    op.create_table(
        "problems",
        _text("key", primary_key=True),
        _text("sentence"),
        _big("first_at"),
        _big("last_at"),
        _big("times"),
    )
