"""Migrations on both databases: from nothing, from every revision with rows in it, and never backwards by accident."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from github_app.store import Store, StoreError
from github_app.store import migrations as package
from github_app.store.migrate import current, migrate
from github_app.store.tables import metadata
from tests.store.samples import NOW, delivery

FOLDER = Path(package.__file__).parent
ROWS: dict[str, list[str]] = {
    # What a database of each revision holds, written as that revision wrote it. A new revision adds its line.
    "0001": [
        "INSERT INTO deliveries (seq, guid, event, received_at, partition, repository_id, owner_id, attempts, state, note) "
        "VALUES (1, 'a', 'push', 1, 3, 1, 9, 0, 'pending', '')",
        "INSERT INTO repositories (id, full_name, owner_id, default_branch, state, state_at, attempts, problem) "
        "VALUES (1, 'acme/tool', 9, 'main', 'watched', 1, 0, '')",
        "INSERT INTO alerts (id, fingerprint, repository_id, owner_id, detector, severity, stage, state, at, raised_at, "
        "version, delivery, body) VALUES (1, 'f', 1, 9, 'd', 'high', 'stable', 'open', 1, 1, 1, 'a', '{}')",
        "INSERT INTO posts (channel, target, claim, uncertain) VALUES ('slack', 'alert:1', 0, false)",
        "INSERT INTO notifications (id, alert_id, channel, target, state, wanted_version, sent_version, attempts, "
        "next_try_at, error) VALUES (1, 1, 'slack', 'alert:1', 'pending', 1, 0, 0, 0, '')",
    ],
    "0002": [
        "INSERT INTO cases (id, owner_id, opened_at, latest_at, severity) VALUES (1, 9, 1, 1, 'high')",
        "INSERT INTO case_alerts (alert_id, case_id) VALUES (1, 1)",
        "INSERT INTO notices (id, channel, key, kind, about, made_at, state, attempts, next_try_at, claim, uncertain, "
        "error) VALUES (1, 'slack', 'report:1', 'report', 0, 1, 'sent', 0, 0, 0, false, '')",
        "INSERT INTO reports (repository_id, made_at, told_in, body) VALUES (1, 1, 'report:1', '{}')",
    ],
    "0005": ["INSERT INTO comment_marks (repository_id, thread, comment, at, body) VALUES (1, 2, 3, 1, '{}')"],
    "0003": [
        "INSERT INTO snapshots (scope, kind, key, name, settings, seen_at) "
        "VALUES ('repo:1', 'ruleset', 'ruleset:5', 'main', '[[\"enforcement\",\"active\"]]', 1)",
    ],
    "0006": [
        "INSERT INTO checks (installation_id, scope, source, priority, due_at, failures, blind, hint) "
        "VALUES (5, 'org:9', 'organisation-owners', 1, 1, 0, '', '')",
        "INSERT INTO validators (scope, url, etags, body) VALUES ('org:9', '/orgs/acme/members', '{}', '[]')",
        "INSERT INTO allowances (installation_id, account, account_id, is_organization, permissions, tokens, at, next_at, "
        "paused, requests, counted) VALUES (5, 'acme', 9, 1, '{}', 0, 1, 1, '', 0, 0)",
        "INSERT INTO redeliveries (delivery_id, guid, event, failed_at, asked_at, state) "
        "VALUES (1, 'a', 'push', 1, 1, 'asked')",
        "INSERT INTO marks (name, at) VALUES ('redeliver', 1)",
    ],
    "0007": [
        "INSERT INTO releases (repository_id, release_id, tag, line, published_at, files, state, attempts, next_try_at, "
        "note, archives, marks, proofs) VALUES (1, 7, 'v1.0', '1', 1, 'x', 'done', 0, 1, '', 1, '[]', '[]')",
    ],
    "0008": ["INSERT INTO handovers (id, repository_id, until, body) VALUES (1, 1, 1, '{}')"],
    "0009": [
        "INSERT INTO orders (id, repository_id, thread, comment_id, person, text, button, allowed, at, state, said, "
        "changed, attempts, next_try_at) VALUES (1, 1, 2, 3, '{}', 'status', '', true, 1, 'given', '', false, 0, 0)",
    ],
    "0010": [
        "INSERT INTO acts (id, scope, subject, deed, value, at, body) VALUES (1, 'repo:1', 'id:1', 'pushed', 'a', 1, '{}')"
    ],
    "0011": [
        "INSERT INTO sessions (token_hash, person, may, expires_at) VALUES ('a', '{}', '{}', 1)",
        "INSERT INTO link_codes (code_hash, person, expires_at) VALUES ('b', '{}', 1)",
    ],
    "0012": [
        "INSERT INTO room_posts (target, room, at) VALUES ('alert:1', '', 1)",
        "UPDATE notifications SET told = 1 WHERE id = 1",
    ],
    "0013": [
        "INSERT INTO incident_reports (id, anchor_id, subject, alert_id, mark, person, private, wanted, made, body, "
        "published, place, external_id, url, claim, uncertain, attempts, next_try_at) "
        "VALUES (1, 1, 'id:2', 1, 'm', '{}', false, 1, 0, '', 0, '', '', '', 0, false, 0, 0)",
        "INSERT INTO funding (repository_id, links, due_at, attempts) VALUES (1, '[]', 1, 0)",
    ],
    "0014": ["UPDATE allowances SET glance_size = 7"],
    "0004": [
        "INSERT INTO policies (scope, full_name, etag, version, text, broken, causes, due_at, attempts) "
        "VALUES ('repo:1', 'acme/tool', '', 'v', 'version: 1', '', '[]', 0, 0)",
    ],
}


def revisions() -> list[str]:
    """Return every revision, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def test_the_recorded_head_is_the_newest_migration() -> None:
    """A process that finds the recorded revision in the database trusts that nothing is left to do."""
    assert revisions()[-1] == package.HEAD
    assert sorted(ROWS) == revisions()


def test_migrating_an_empty_database_gives_the_schema(database_url: str) -> None:
    """Tables, columns and indexes are those the code uses, and a second time changes nothing."""
    with closing(Store.open(database_url)) as store:
        assert current(store.engine) == ""
        assert not store.is_current()
        store.migrate()
        store.migrate()
        assert store.is_current()
        with store.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize("revision", revisions())
def test_a_database_with_rows_can_be_upgraded(database_url: str, revision: str) -> None:
    """From each revision, with rows in its tables, to the newest; the rows are still there."""
    with closing(Store.open(database_url)) as store:
        migrate(store.engine, revision)
        with store.begin() as connection:
            for known in revisions()[: revisions().index(revision) + 1]:
                for line in ROWS[known]:
                    connection.execute(text(line))
        store.migrate()
        assert store.is_current()
        assert [p.guid for p in store.inbox.pending(3, 10, NOW)] == ["a"]
        assert [w.full_name for w in store.repositories.all()] == ["acme/tool"]
        assert [p.target for p in store.outbox.due(NOW, 10)] == ["alert:1"]


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    """An older program does not touch tables it does not know, and says why."""
    with closing(Store.open(database_url)) as store:
        store.migrate()
        with store.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StoreError, match="does not belong to this version"):
            store.migrate()


def test_a_step_that_fails_leaves_nothing_behind(database_url: str) -> None:
    """A migration is one transaction: a table that is in the way stops it, and no other table was made."""
    with closing(Store.open(database_url)) as store:
        with store.begin() as connection:
            connection.execute(text("CREATE TABLE problems (key TEXT)"))
        with pytest.raises(Exception, match="problems"):
            store.migrate()
        assert inspect(store.engine).get_table_names() == ["problems"]


def test_data_is_private(tmp_path: Path) -> None:
    """Directories and files that are made belong to their owner alone."""
    database = tmp_path / "a" / "b" / "trust.db"
    with closing(Store.open(f"sqlite:///{database}")) as store:
        store.migrate()
        store.inbox.accept([delivery("a")])
        made = [database.parent, database.parent.parent, *database.parent.iterdir()]
        assert database.with_name("trust.db-wal") in made
        assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in made)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://user:hunter2@host/db", "sqlite://", "sqlite:///:memory:", "sqlite:////proc/nowhere/t.db"]
)
def test_a_database_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    """The sentence says what is wrong and keeps secrets."""
    with pytest.raises((StoreError, OSError)) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value)


def test_errors_do_not_carry_what_was_stored(store: Store) -> None:
    """Names and bodies must not reach a log inside an error of the database."""
    with pytest.raises(Exception, match="no_such_table") as caught, store.begin() as connection:
        connection.execute(text("INSERT INTO no_such_table VALUES (:x)"), {"x": "hunter2"})
    assert "hunter2" not in str(caught.value)
