"""The tables. `migrations` builds them; a test holds both equal."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from github_app.store.columns import KEY, LINE, PAGE, Time, Words

metadata = MetaData()

# SQLite numbers rows by itself only in a column declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")

deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("guid", Words(KEY), nullable=False, unique=True),
    Column("event", Words(KEY), nullable=False),
    Column("received_at", Time, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("repository_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("finished_at", Time),
    Column("note", Words(LINE), nullable=False),
)
Index(
    "deliveries_finished",
    deliveries.c.state,
    sqlite_where=deliveries.c.finished_at.is_not(None),
    postgresql_where=deliveries.c.finished_at.is_not(None),
)
# Apart from their rows: finishing a delivery would write its body once more, and counting read past all of them.
bodies = Table(
    "bodies",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
# Only waiting rows are in it: a million finished ones cost nothing, and those of one repository lie together.
Index(
    "deliveries_pending",
    deliveries.c.partition,
    deliveries.c.repository_id,
    deliveries.c.seq,
    sqlite_where=deliveries.c.finished_at.is_(None),
    postgresql_where=deliveries.c.finished_at.is_(None),
)

repositories = Table(
    "repositories",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("full_name", Words(KEY), nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("default_branch", Words(KEY), nullable=False),
    Column("installation_id", BigInteger),
    Column("state", Text, nullable=False),
    Column("state_at", Time, nullable=False),
    Column("settled_at", Time),
    Column("blocked_until", Time),
    Column("attempts", Integer, nullable=False),
    Column("problem", Words(LINE), nullable=False),
)

chains = Table(
    "chains",
    metadata,
    Column("scope", Words(KEY), primary_key=True),
    Column("length", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
    Column("settled_at", Time),
)

entries = Table(
    "entries",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("scope", Words(KEY), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("at", Time, nullable=False),
    Column("kind", Words(KEY), nullable=False),
    Column("subject", Words(KEY), nullable=False),
    Column("power", Text),
    Column("person", Text, nullable=False),
    Column("by_person", Text),
    Column("detail", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("scope", "n"),
)

holdings = Table(
    "holdings",
    metadata,
    Column("scope", Words(KEY), nullable=False),
    Column("subject", Words(KEY), nullable=False),
    Column("power", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("since", Time, nullable=False),
    Column("granted_at", Time),
    Column("granted_by", Text),
    Column("first_used", Time),
    Column("last_used", Time),
    Column("uses", BigInteger, nullable=False),
    Column("revoked_at", Time),
    Column("expected", Boolean, nullable=False),
    PrimaryKeyConstraint("scope", "subject", "power"),
    sqlite_with_rowid=False,
)
# A project can have thousands of authors and has a handful of everybody else; the latter are read every time.
Index(
    "holdings_powers",
    holdings.c.scope,
    sqlite_where=text("power <> 'author'"),
    postgresql_where=text("power <> 'author'"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("key", Words(KEY), primary_key=True),
    Column("subject", Words(KEY), nullable=False, index=True),
    sqlite_with_rowid=False,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("fingerprint", Words(KEY), nullable=False, unique=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("detector", Words(KEY), nullable=False),
    Column("severity", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("verdict", Text),
    Column("at", Time, nullable=False),
    Column("raised_at", Time, nullable=False),
    Column("snoozed_until", Time),
    Column("version", Integer, nullable=False),
    Column("delivery", Words(KEY), nullable=False),
    Column("body", Text, nullable=False),
    Index("alerts_of_repository", "repository_id", "state"),
)

alert_pulls = Table(
    "alert_pulls",
    metadata,
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), nullable=False),
    Column("repository_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("head_sha", Words(KEY), nullable=False),
    PrimaryKeyConstraint("alert_id", "repository_id", "number"),
    Index("alert_pulls_of_pull", "repository_id", "number"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), nullable=False, index=True),
    Column("at", Time, nullable=False),
    Column("action", Text, nullable=False),
    Column("verdict", Text),
    Column("reason", Words(PAGE), nullable=False),
    Column("by_person", Text, nullable=False),
    Column("via", Words(KEY), nullable=False),
)

# One row is one message of a channel: it may show several alerts and is edited when any of them changes.
posts = Table(
    "posts",
    metadata,
    Column("channel", Words(KEY), nullable=False),
    Column("target", Words(KEY), nullable=False),
    Column("external_id", Words(KEY)),
    Column("claim", BigInteger, nullable=False),
    Column("owner", Words(KEY)),
    Column("claimed_until", Time),
    Column("uncertain", Boolean, nullable=False),
    PrimaryKeyConstraint("channel", "target"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), nullable=False),
    Column("channel", Words(KEY), nullable=False),
    Column("target", Words(KEY), nullable=False),
    Column("state", Text, nullable=False),
    Column("wanted_version", Integer, nullable=False),
    Column("sent_version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Time, nullable=False),
    Column("sent_at", Time),
    Column("error", Words(LINE), nullable=False),
    Column("told", Integer),
    UniqueConstraint("alert_id", "channel", "target"),
    Index("notifications_of_post", "channel", "target"),
)
Index(
    "notifications_due",
    notifications.c.next_try_at,
    sqlite_where=text("state IN ('pending', 'sending')"),
    postgresql_where=text("state IN ('pending', 'sending')"),
)

replies = Table(
    "replies",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("channel", Words(KEY), nullable=False),
    Column("slack_user", Words(KEY), nullable=False),
    Column("thread_ts", Words(KEY), nullable=False),
    Column("text", Words(PAGE), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Time, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("slack_user", Words(KEY), primary_key=True),
    Column("person", Text, nullable=False),
    Column("by_person", Text, nullable=False),
    Column("at", Time, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Words(KEY), primary_key=True),
    Column("owner", Words(KEY), nullable=False),
    Column("expires_at", Time, nullable=False),
)

problems = Table(
    "problems",
    metadata,
    Column("key", Words(KEY), primary_key=True),
    Column("sentence", Words(LINE), nullable=False),
    Column("first_at", Time, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("times", BigInteger, nullable=False),
)
