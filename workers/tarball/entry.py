"""The words of `trust-alerts tarball`; what it does is loaded when it is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Unusable(click.ClickException):
    """The archive, the repository or the tag cannot be used; one clear line on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence."""
        click.echo(f"trust-alerts: {self.format_message()}", file=file or sys.stderr)


@click.command()
@click.argument("archive", type=_FILE)
@click.argument("repo", type=_FOLDER)
@click.argument("tag")
@click.option(
    "--previous",
    type=(_FILE, str),
    multiple=True,
    metavar="ARCHIVE TAG",
    help="An earlier release; what it had is no news. May be given several times.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def tarball(archive: Path, repo: Path, tag: str, previous: tuple[tuple[Path, str], ...], form: str) -> None:
    """Compare a release's source ARCHIVE with TAG of the git repository REPO; nothing is unpacked to disk or executed."""
    from workers.history.git import HistoryError  # noqa: PLC0415  # commands that need neither start faster without
    from workers.tarball import command  # noqa: PLC0415
    from workers.tarball.limits import Limits, Unfit  # noqa: PLC0415

    try:
        found = command.run(archive, repo, tag, previous, Limits())
    except Unfit as error:
        raise Unusable(f"{archive.name}: {error.sentence}") from error
    except (HistoryError, OSError) as error:
        raise Unusable(str(error)) from error
    for line in [command.as_json(found)] if form == "json" else command.as_text(found, archive.name, tag):
        click.echo(line)
