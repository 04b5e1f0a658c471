"""Bring a database to the newest revision, once, however many processes start together."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from github_app.store.engine import StoreError, file_lock, reading, writing
from github_app.store.migrations import HEAD

_ADVISORY = 0x7472757374  # "trust": any number works, as long as every process takes the same
_FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade to a revision; every step in one transaction, so a failed one leaves nothing behind.

    Raises:
        StoreError: the database was written by a newer version of this program.
    """
    if revision == "head" and current(engine) == HEAD:
        return
    if engine.dialect.name == "sqlite":
        with file_lock(Path(engine.url.database or ""), "migrate"), writing(engine) as connection:
            _upgrade(connection, revision)
        return
    with writing(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
        _upgrade(connection, revision)


def current(engine: Engine) -> str:
    """Return the revision of the database; "" for an empty one."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _upgrade(connection: Connection, revision: str) -> None:
    # Loading Alembic costs a tenth of a second that a process with an up-to-date database does not have to pay.
    from alembic import command  # noqa: PLC0415 (see above)
    from alembic.config import Config  # noqa: PLC0415 (see above)
    from alembic.util import CommandError  # noqa: PLC0415 (see above)

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise StoreError(f"the database does not belong to this version of the program: {error}") from error
