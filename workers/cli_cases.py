"""The commands that tell stories: cases, and what a repository's past says."""

from __future__ import annotations

import datetime as dt

import click

from workers.cli_base import open_store, watch_of


@click.command()
@click.argument("repo", required=False)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many cases at most.")
def cases(repo: str | None, limit: int) -> None:
    """Tell the cases (of REPO, owner/name), the latest first: alerts that belong together, as stories with dates."""
    from workers.cases import story  # noqa: PLC0415
    from workers.render.case_text import text  # noqa: PLC0415

    with open_store() as store:
        found = store.cases.recent(limit, repository_id=watch_of(store, repo).id if repo else None)
        told = [text(story(f"case {case.id}", case.alerts)) for case in found]
    click.echo("\n\n".join(told) or "There is no case: no two alerts belong together.")


@click.command()
@click.argument("repo")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def report(repo: str, form: str) -> None:
    """Say who holds which power over REPO today, what hangs on one person, and what its past would have raised."""
    from workers.first_report import today  # noqa: PLC0415
    from workers.render import report_json, report_text  # noqa: PLC0415

    with open_store() as store:
        watch = watch_of(store, repo)
        found = today(store, watch, dt.datetime.now(dt.UTC))
        since = store.alerts.recent(50, repository_id=watch.id)[::-1]
    click.echo(report_json.show(found, since) if form == "json" else report_text.full(found, since))
