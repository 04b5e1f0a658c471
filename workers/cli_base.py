"""What all commands share: one clear line where the caller has to change something, the settings, and the database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from github_app import settings as environment
from github_app.settings import Settings, SettingsError

if TYPE_CHECKING:
    from github_app.store import Store, Watch


class Problem(click.ClickException):
    """Something the caller has to change; one clear line on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence."""
        click.echo(f"trust-alerts: {self.format_message()}", file=file or sys.stderr)


def settings_or_problem() -> Settings:
    """Return the settings; say what is wrong with them otherwise."""
    try:
        return environment.load()
    except SettingsError as error:
        raise Problem("the settings cannot be used:\n  - " + "\n  - ".join(error.problems)) from error


@contextmanager
def open_store(*, migrate: bool = False) -> Iterator[Store]:
    """Open the database of the settings; say what to do when it cannot be used."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415  # commands that need no SQL start faster without

    from github_app.store import Store  # noqa: PLC0415

    settings = settings_or_problem()
    if not migrate and settings.sql_url.startswith("sqlite:///") and not Path(settings.sql_url[10:]).exists():
        raise Problem(
            f"there is no database yet at {settings.sql_url[10:]}: start `trust-alerts serve` or run `trust-alerts migrate`"
        )
    try:
        store = Store.open(settings.sql_url)
        try:
            yield store
        finally:
            store.close()
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise Problem(
            f"the database cannot be used ({type(cause).__name__}); check DATABASE_URL and run `trust-alerts migrate`"
        ) from error


def watch_of(store: Store, repo: str) -> Watch:
    """Return a repository the app knows, by owner/name."""
    match = [w for w in store.repositories.all() if w.full_name.lower() == repo.lower()]
    if not match:
        known = ", ".join(sorted(w.full_name for w in store.repositories.all())[:10]) or "none yet"
        raise Problem(f"{repo!r} is not in the ledger; repositories known: {known}")
    return match[0]
