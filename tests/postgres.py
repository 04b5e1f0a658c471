"""PostgreSQL for tests: databases with our tables are emptied and lent again, because to copy and drop one costs more."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from psycopg import sql

from github_app.store import Store

_SCHEMA = """
    SELECT coalesce(md5(string_agg(part, ',' ORDER BY part)), '') FROM (
        SELECT format('%s %s %s %s %s', relname, attname, atttypid, attnotnull, attisdropped) AS part
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT tgname FROM pg_trigger
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT version_num FROM alembic_version
    ) AS parts
"""
_OTHERS_OUT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_MOVED = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make an empty database for a while; yields its SQLAlchemy URL. `server` is the URL of the server's own database."""
    name = _create(server)
    yield _url(server, name, "postgresql+psycopg")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _create(server: str, template: str = "template1") -> str:
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        # The other strategy, the default, writes every page to the log first.
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY = FILE_COPY')
    return name


def _url(server: str, name: str, scheme: str) -> str:
    return re.sub(r"^postgresql://([^/]*)/[^?]*", rf"{scheme}://\1/{name}", server)


class Lender:
    """Lends databases with our tables and without rows; one that comes back with other tables is not lent again."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._template = self._schema = ""
        self._spare: list[str] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Yield the SQLAlchemy URL of an empty database that nobody else has."""
        name = self._spare.pop() if self._spare else self._new()
        yield _url(self._server, name, "postgresql+psycopg")
        if self._emptied(name):
            self._spare.append(name)

    def _new(self) -> str:
        if not self._template:
            self._template = _create(self._server)
            with closing(Store.open(_url(self._server, self._template, "postgresql+psycopg"))) as opened:
                opened.migrate()
            with self._inside(self._template) as connection:
                assert _filled(connection) == []
                self._schema = _schema(connection)
        return _create(self._server, self._template)

    def _inside(self, name: str) -> psycopg.Connection:
        return psycopg.connect(_url(self._server, name, "postgresql"), autocommit=True)

    def _emptied(self, name: str) -> bool:
        with self._inside(name) as connection:
            connection.execute(_OTHERS_OUT, [connection.info.backend_pid])
            if _schema(connection) != self._schema:
                return False
            if filled := _filled(connection):
                tables = sql.SQL(", ").join(sql.Identifier(table) for table in filled)
                connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))
            for (sequence,) in connection.execute(_MOVED).fetchall():
                connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(sequence)))
            return True


def _schema(connection: psycopg.Connection) -> str:
    try:
        row = connection.execute(_SCHEMA).fetchone()
    except psycopg.errors.UndefinedTable:
        return "without alembic_version"
    assert row is not None
    return str(row[0])


def _filled(connection: psycopg.Connection) -> list[str]:
    """Return the tables that hold rows."""
    look = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
    tables = [str(table) for (table,) in connection.execute(_TABLES).fetchall()]
    each = [look.format(sql.Literal(table), sql.Identifier(table)) for table in tables]
    return [str(table) for (table,) in connection.execute(sql.SQL(" UNION ALL ").join(each)).fetchall()]
