"""Read where projects ask for support, for the messages that offer it: `.github/FUNDING.yml` of the default branch."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from github_app.funding import PATH, read
from github_app.model import State, Step
from github_app.store.funding import FRESH
from workers.github import Refused, Unavailable
from workers.runtime import Runtime

log = logging.getLogger(__name__)

_AT_ONCE = 10
_RETRY = dt.timedelta(minutes=5)
_RECENT = 50


def waiting(runtime: Runtime, now: dt.datetime) -> bool:
    """Say whether a file is to be read now."""
    return runtime.policy_reader is not None and bool(runtime.store.fundings.due(now, 1))


def look(runtime: Runtime, clock: Callable[[], dt.datetime]) -> int:
    """Read the files that are due; return how many repositories were dealt with.

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach.
    """
    store, reader = runtime.store, runtime.policy_reader
    due = store.fundings.due(clock(), _AT_ONCE) if reader is not None else []
    watches = store.repositories.get_many([wanted.repository_id for wanted in due])
    for wanted in due:
        watch = watches.get(wanted.repository_id)
        if reader is None or watch is None or watch.installation_id is None or watch.state == "removed":
            store.fundings.put_off(wanted, clock() + FRESH)
            continue
        try:
            found = reader.file(watch.full_name, watch.installation_id, PATH)
        except Unavailable as error:
            store.fundings.put_off(wanted, max(error.retry_at, clock() + _RETRY * 2 ** min(wanted.attempts, 8)))
        except Refused as error:
            log.info("a funding file cannot be read: %s", error.sentence, extra={"repository": watch.full_name})
            store.fundings.put_off(wanted, clock() + FRESH)
        else:
            if store.fundings.found(wanted.repository_id, read(found.data), clock()):
                _show_again(runtime, wanted.repository_id)
    return len(due)


def _show_again(runtime: Runtime, repository_id: int) -> None:
    """Bring the messages up to date that offer support."""
    waits = (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)
    with runtime.store.begin() as connection:
        for alert in runtime.store.alerts.recent(_RECENT, repository_id=repository_id, states=waits):
            if alert.step is Step.PRESSURE:
                runtime.store.outbox.touch(connection, alert.id, channel="slack")
