"""The `trust-alerts` command. Every command is a few lines here and does its work elsewhere."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import IO

import click

from workers import cli_cases, cli_ledger, cli_policy
from workers.cli_base import Problem
from workers.cli_base import open_store as _store
from workers.cli_base import settings_or_problem as _settings
from workers.tarball.entry import tarball

EPILOG = "Settings come from the environment and from .env; docs/config.md lists them."


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(package_name="trust-change-alerts")
def cli() -> None:
    """Trust Change Alerts: be told, with evidence, when trust changes in your repositories."""


@cli.command()
@click.option("--web", is_flag=True, help="Only the web server.")
@click.option("--worker", is_flag=True, help="Only the workers.")
@click.option("--clock", is_flag=True, help="Only the clock (sweeps and retention).")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Worker processes.")
@click.option("--web-processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Web server processes.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
def serve(  # noqa: PLR0917  # click passes them by name
    web: bool, worker: bool, clock: bool, workers: int, web_processes: int, host: str
) -> None:
    """Run the app: everything on this machine, or the roles named by flags."""
    from workers.serve import serve as run  # noqa: PLC0415

    roles = {name for name, chosen in (("web", web), ("worker", worker), ("clock", clock)) if chosen}
    raise SystemExit(run(_settings(), roles, workers=workers, web_processes=web_processes, host=host))


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def demo(args: tuple[str, ...]) -> None:
    """Play a real take-over through the running system (in a checkout; see README)."""
    root = Path(__file__).resolve().parent.parent
    if not (root / "demo" / "run.py").exists():
        raise Problem("the demo is part of the repository, not of the installed package: clone it and run `make demo`")
    sys.path.insert(0, str(root))
    from demo.run import main as run  # noqa: PLC0415

    raise SystemExit(run(list(args)))


@cli.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
def replay(file: IO[str]) -> None:
    """Judge recorded deliveries (JSON Lines, FILE or -) with a throw-away memory; posts nothing."""
    from workers.replay import replay as play  # noqa: PLC0415

    for answer in play(file, dt.datetime.now(dt.UTC)):
        click.echo(json.dumps(answer, ensure_ascii=True))


@cli.command()
@click.argument("repo")
@click.option("--ref", help="Branch or commit; the default branch if not given.")
@click.option("--since", help="Report alerts from this day on (YYYY-MM-DD, UTC).")
@click.option("--until", help="Report alerts before this day (YYYY-MM-DD, UTC).")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--trial", is_flag=True, help="Include detectors on trial.")
def backtest(  # noqa: PLR0917
    repo: str, ref: str | None, since: str | None, until: str | None, form: str, trial: bool
) -> None:
    """Say what would have been alerted in a git repository's whole history (path or URL)."""
    from workers.backtest import run  # noqa: PLC0415

    raise SystemExit(
        run(repo, ref=ref, since=since, until=until, format=form, trial=trial, stdout=sys.stdout, stderr=sys.stderr)
    )


@cli.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--threads", is_flag=True, help="Add one line for each thread whose comments make a pattern.")
def pressure(file: IO[str], threads: bool) -> None:
    """Read comments (JSON Lines, FILE or -) and say which press a maintainer, by which signals."""
    from workers.pressure.command import lines  # noqa: PLC0415

    for answer in lines(file, threads=threads):
        click.echo(json.dumps(answer, ensure_ascii=True))


@cli.command()
def detectors() -> None:
    """List the detectors: id, stage and what each says."""
    from workers.detectors import load  # noqa: PLC0415

    found = load()
    width = max(len(d.id) for d in found)
    for detector in found:
        click.echo(f"{detector.id:<{width}}  {detector.stage.value:<6}  {detector.sentence}")


@cli.command()
@click.argument("id_")
def explain(id_: str) -> None:
    """Show a detector's page: what it watches, why, and what to do when it speaks."""
    from workers.explain import page  # noqa: PLC0415

    text = page(id_)
    if text is None:
        raise Problem(f"there is no detector {id_!r}: `trust-alerts detectors` lists them")
    click.echo(text)


@cli.command()
def migrate() -> None:
    """Create or update the database tables; safe to repeat."""
    with _store(migrate=True) as store:
        store.migrate()
    click.echo("The database is up to date.")


@cli.command()
def sweep() -> None:
    """Wake what waits although nobody was told; `serve` does this every few seconds."""
    from workers.jobs import sweep_with  # noqa: PLC0415
    from workers.runtime import current  # noqa: PLC0415

    settings = _settings()
    if not settings.redis_url:
        raise Problem("REDIS_URL is not set: `trust-alerts serve` runs its own Redis and sweeps by itself")
    woken = sweep_with(current())
    click.echo(", ".join(f"{name}: {count}" for name, count in woken.items()))


@cli.command()
@click.option("--now", "everything", is_flag=True, help="Look at everything now, not only at what is due.")
@click.option("--minutes", default=10, show_default=True, type=click.IntRange(1, 600), help="How long to go on at most.")
def reconcile(everything: bool, minutes: int) -> None:
    """Compare what is known with what GitHub says, and have failed deliveries sent again; `serve` does it by itself."""
    from workers.reconcile.command import run  # noqa: PLC0415

    settings = _settings()
    if not settings.has_github_app:
        raise Problem("no GitHub App is configured (GITHUB_APP_ID, GITHUB_PRIVATE_KEY): open /setup")
    with _store():
        raise SystemExit(run(settings, everything=everything, minutes=minutes, say=click.echo))


@cli.command()
@click.argument("slack_user")
@click.argument("github_login")
def link(slack_user: str, github_login: str) -> None:
    """Say that SLACK_USER (an id like U012AB3CD) is GITHUB_LOGIN, so that they can decide alerts in Slack."""
    from workers.accounts import AccountError  # noqa: PLC0415
    from workers.accounts import link as connect  # noqa: PLC0415

    with _store() as store:
        try:
            click.echo(connect(store, _settings(), slack_user, github_login, by=os.environ.get("USER", "operator")))
        except AccountError as error:
            raise Problem(str(error)) from error


@cli.command()
def doctor() -> None:
    """Check settings, database, queue, GitHub and Slack, and list blind spots; exit status 1 when something is wrong."""
    from workers.doctor import examine  # noqa: PLC0415

    good = True
    for ok, sentence in examine(_settings()):
        good = good and ok
        click.echo(f"{'ok  ' if ok else 'FIX '} {sentence}")
    raise SystemExit(0 if good else 1)


cli.add_command(cli_ledger.ledger)
cli.add_command(cli_ledger.blast_radius)
cli.add_command(cli_policy.check_config)
cli.add_command(cli_policy.quieted)
cli.add_command(cli_cases.cases)
cli.add_command(cli_cases.report)
cli.add_command(tarball)


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
