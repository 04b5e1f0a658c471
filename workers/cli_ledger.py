"""The commands that look at what the app remembers: the ledger, its export, and what one person touched."""

from __future__ import annotations

import datetime as dt
import sys

import click

from workers.cli_base import Problem, open_store, settings_or_problem, watch_of


@click.group()
def ledger() -> None:
    """Look at the ledger and check that nobody edited it."""


@ledger.command("show")
@click.argument("repo")
def ledger_show(repo: str) -> None:
    """Show who holds which power over REPO (owner/name)."""
    from workers.render.ledger_text import holdings_table  # noqa: PLC0415

    with open_store() as store:
        watch = watch_of(store, repo)
        click.echo(holdings_table(watch, store.ledgers.holdings(f"repo:{watch.id}")))


@ledger.command("verify")
@click.option("--anchor", help="The anchor an earlier run printed; proves that nothing before it was cut off.")
def ledger_verify(anchor: str | None) -> None:
    """Check the hash chain; exit status 1 when an entry was edited, removed or added by hand."""
    with open_store() as store:
        problems = store.ledgers.verify(anchor)
        for sentence in problems:
            click.echo(sentence, err=True)
        if problems:
            raise SystemExit(1)
        click.echo(f"The ledger is intact. Anchor: {store.ledgers.anchor()}")


@ledger.command("export")
@click.argument("repo", required=False)
@click.option("--format", "format_", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Alerts raised on this day or later (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Alerts raised before this day (UTC).")
def ledger_export(repo: str | None, format_: str, since: dt.datetime | None, until: dt.datetime | None) -> None:
    """Write all alerts and decisions, or those about REPO (owner/name), for an auditor, on standard output."""
    from workers import export  # noqa: PLC0415

    with open_store() as store:
        count = export.write(
            store,
            sys.stdout,
            format=format_,
            repository_id=watch_of(store, repo).id if repo else None,
            since=since and since.replace(tzinfo=dt.UTC),
            until=until and until.replace(tzinfo=dt.UTC),
            now=dt.datetime.now(dt.UTC),
        )
    click.echo(f"{count} alert(s) exported", err=True)


@click.command("blast-radius")
@click.argument("who")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on (UTC); by default from the first power.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "html", "json"]), default="text", show_default=True
)
def blast_radius(who: str, since: dt.datetime | None, format_: str) -> None:
    """Say what WHO (@login or an e-mail address) touched since their first power, in every repository known."""
    from github_app.links import Links  # noqa: PLC0415
    from workers import blast_radius as radius  # noqa: PLC0415
    from workers.render import blast_radius as render  # noqa: PLC0415

    settings, now = settings_or_problem(), dt.datetime.now(dt.UTC)
    begun = since.replace(tzinfo=dt.UTC) if since else None
    with open_store() as store:
        try:
            person = radius.person_of(who)
            found = radius.assemble(store, settings.data_dir / "repositories", person, now, since=begun)
        except radius.UnknownPersonError as error:
            raise Problem(str(error)) from error
    links = Links(github_url=settings.github_url, public_url=settings.public_url)
    click.echo(render.SHOW[format_](found, links), nl=False)
