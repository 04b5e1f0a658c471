"""The first report about a repository: made when its past is known, told once, with the others of its installation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from github_app.ledger import Ledger
from github_app.model import Alert, Repository
from github_app.report import MOST_RAISED, SHOWN, Report, powers
from github_app.settings import Settings
from github_app.store import Store, Watch
from workers import cases

KIND = "report"
"""What a notice is called that carries first reports."""

PATIENCE = dt.timedelta(hours=2)
"""How long a report waits for the other repositories of its installation, so that many are one message."""


def make(
    repository: Repository,
    ledger: Ledger,
    now: dt.datetime,
    *,
    commits: int,
    tags: int,
    raised: Sequence[Alert],
    gaps: Sequence[str],
) -> Report:
    """Return the report about a repository whose past was just learned."""
    latest = tuple(raised[-MOST_RAISED:])
    held = [h for power in SHOWN for h in ledger.holders(power)]
    return Report(
        repository=repository,
        made_at=now,
        learned=True,
        commits=commits,
        tags=tags,
        held=powers(held, now),
        raised=latest,
        cases=cases.join(latest),
        gaps=tuple(gaps),
    )


def without_past(repository: Repository, why: str, now: dt.datetime) -> Report:
    """Return the report about a repository that is watched without its past."""
    return Report(repository=repository, made_at=now, learned=False, gaps=(why,))


def put(connection: Connection, store: Store, report: Report, watch: Watch) -> None:
    """Store a report, to be told with the others of its installation."""
    store.reports.put(connection, report, watch.installation_id)


def gather(store: Store, settings: Settings, now: dt.datetime) -> int:
    """Put reports that wait into messages, one for each installation; return how many messages.

    Reports wait while other repositories of the installation are still being learned, but not for ever.
    """
    made = 0
    for installation_id in store.reports.untold():
        with store.begin() as connection:
            key = store.reports.gather(connection, installation_id, wait_until=now - PATIENCE)
            if key is None:
                continue
            for channel in ("console", *(["slack"] if settings.has_slack else [])):
                store.notices.add(connection, channel, key, kind=KIND, at=now)
            made += 1
    return made


def today(store: Store, watch: Watch, now: dt.datetime) -> Report:
    """Return what is known now: powers as the ledger has them today, and what the first report said of the past."""
    first = store.reports.get(watch.id)
    held = powers(store.ledgers.holdings(f"repo:{watch.id}"), now)
    if first is None:
        why = "its past is being learned" if watch.state in {"new", "learning"} else "no report was made when it was learned"
        return Report(repository=watch.repository, made_at=now, learned=watch.settled_at is not None, held=held, gaps=(why,))
    past_until = first.past_until or first.made_at
    return replace(first, repository=watch.repository, made_at=now, held=held, past_until=past_until)
