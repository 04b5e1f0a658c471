"""The commands about the policy: checking a file, and what was kept quiet."""

from __future__ import annotations

import datetime as dt

import click

from workers.cli_base import Problem, open_store, watch_of


@click.command("check-config")
@click.argument("file")
@click.option("--org", "organisation", metavar="FILE", help="The organisation's file, whose floors FILE cannot lower.")
@click.option("--is-org", is_flag=True, help="FILE is the organisation's own.")
@click.option("--show", is_flag=True, help="Print what applies, and where each value comes from.")
def check_config(file: str, organisation: str | None, is_org: bool, show: bool) -> None:
    """Check a policy file: exit status 0 when it can be used, 1 when something is wrong, 2 when it cannot be read."""
    from workers.check_config import ConfigError, check, defaults  # noqa: PLC0415
    from workers.render.policy_text import effective, problem_line  # noqa: PLC0415

    if organisation is not None and is_org:
        raise Problem("--org and --is-org exclude each other: an organisation's file has no floors above it")
    try:
        checked = check(file, organisation, dt.datetime.now(dt.UTC).date(), is_organisation=is_org)
    except ConfigError as error:
        raise Problem(str(error)) from error
    for name, problem in checked.problems:
        click.echo(problem_line(name, problem), err=True)
    if show and checked.policy is not None:
        click.echo(effective(checked.policy, defaults(checked.policy)))
    if not checked.good:
        raise SystemExit(1)
    if not show:
        click.echo(f"{file} can be used.")


@click.command()
@click.option("--repository", metavar="OWNER/NAME", help="Only of this repository.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="At most so many.")
def quieted(repository: str | None, limit: int) -> None:
    """List the findings that the policy kept quiet, newest first, with the reason."""
    from workers.render.escape import terminal  # noqa: PLC0415

    with open_store() as store:
        which = None if repository is None else watch_of(store, repository).id
        for kept in store.policies.quieted(repository_id=which, limit=limit):
            alert, day = kept.alert, f"{kept.alert.at:%Y-%m-%d}"
            what = f"{alert.repository.full_name}: {alert.finding.title} ({alert.finding.detector}): {kept.reason}"
            click.echo(f"{day} {terminal(what, 600)}")
