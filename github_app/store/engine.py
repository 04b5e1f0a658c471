"""Connections: one engine for SQLite and PostgreSQL, with transactions that say whether they will write."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

BUSY_MS = 10_000
_THREAD = threading.local()
_READING = {"trust_reading": True}


class StoreError(RuntimeError):
    """The database cannot be used as configured; the text is one plain sentence without secrets."""


class ConflictError(RuntimeError):
    """Somebody else changed the same rows first. Roll back, load again, judge again; nothing is lost."""


def open_engine(url: str) -> Engine:
    """Return an engine for a SQLite file or a PostgreSQL server; no connection is made yet.

    Missing directories above a SQLite file are made readable for the owner alone, and so is the file.

    Raises:
        StoreError: the URL is not one of those two kinds.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
    except ArgumentError:
        raise StoreError("DATABASE_URL is not a database URL like postgresql://user@host/name") from None
    if kind == "sqlite":
        return _sqlite(parsed)
    if kind in {"postgresql", "postgres"}:
        try:
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                hide_parameters=True,  # bodies and names must not reach the log inside an error
                pool_pre_ping=True,
                pool_size=8,
                max_overflow=24,
                connect_args={"connect_timeout": 10, "application_name": "trust-alerts"},
            )
        except NoSuchModuleError:
            raise StoreError("the PostgreSQL driver psycopg is not installed") from None
    raise StoreError("DATABASE_URL must name a SQLite file or a PostgreSQL database")


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("SQLite needs a file here: several processes share it")
    path = Path(url.database)
    _private_file(path)
    engine = create_engine(url, hide_parameters=True, poolclass=QueuePool, pool_size=8, max_overflow=24)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:  # noqa: ARG001 (SQLAlchemy's signature)
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            # SQLite does not wait for others while it changes the mode, so processes that start together would fail.
            with file_lock(path, "open"):
                cursor.execute("PRAGMA journal_mode = WAL")
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "cache_size = -32768", "temp_store = MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that starts as a reader and then writes can fail at once with "database is locked", whatever
        # the timeout (sqlite.org/lang_transaction.html, 2.2), so writers take the lock first and readers never do.
        reading = connection.get_execution_options().get("trust_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _private_file(path: Path) -> None:
    missing = [p for p in path.absolute().parents if not p.exists()]
    for directory in reversed(missing):
        directory.mkdir(mode=0o700, exist_ok=True)
    try:
        # SQLite gives its -wal and -shm files the mode of the database.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"the database file {path} cannot be opened: {error.strerror}") from error


@contextmanager
def file_lock(database: Path | str, what: str) -> Iterator[None]:
    """Hold a lock file beside a SQLite database, one for each purpose; waits for other threads and processes."""
    descriptor = os.open(f"{database}.{what}-lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def inserting(dialect: str, into: Table) -> Any:
    """Return an INSERT that knows `on_conflict_do_update`; both databases have it and SQLAlchemy no common word."""
    return sqlite.insert(into) if dialect == "sqlite" else postgresql.insert(into)


@contextmanager
def in_line(engine: Engine) -> Iterator[None]:
    """Wait for our turn to write to SQLite; PostgreSQL needs no such thing.

    SQLite lets one write at a time and has the others look again after growing pauses of up to 100 ms
    (sqlite3.c, sqliteDefaultBusyCallback), which leaves the file idle and is unfair. The kernel wakes the next at once.

    Raises:
        RuntimeError: this thread writes already; it would wait for itself for ever.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    database = engine.url.database or ""
    writing_to: set[str] = _THREAD.__dict__.setdefault("writing_to", set())
    if database in writing_to:
        raise RuntimeError("a write transaction is open in this thread: pass its connection on, or end it first")
    with file_lock(database, "write"):
        writing_to.add(database)
        try:
            yield
        finally:
            writing_to.discard(database)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a write transaction: committed at the end, rolled back on any error. It must not be nested."""
    with in_line(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine, connection: Connection | None = None) -> Iterator[Connection]:
    """Open a transaction that only reads, or use the one the caller is in. It waits for no writer."""
    if connection is not None:
        yield connection
        return
    with engine.connect() as fresh:
        yield fresh.execution_options(**_READING)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a reading transaction in which every query sees the database as it was at the first."""
    with engine.connect() as fresh:
        if engine.dialect.name == "postgresql":
            yield fresh.execution_options(isolation_level="REPEATABLE READ")
        else:
            yield fresh.execution_options(**_READING)
