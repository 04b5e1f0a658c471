"""What can be offered to whoever is pressed or carries a project alone, put together from the store; see `support`."""

from __future__ import annotations

import datetime as dt

from github_app import support
from github_app.identity import keys
from github_app.model import Alert, State, Step, Verdict
from github_app.store import Store
from github_app.support import STANDING, Support

_RECENT = 200


def of_alert(store: Store, alert: Alert, now: dt.datetime) -> Support | None:
    """Return what to offer beside an alert: for pressure that waits for a verdict, None for every other.

    Raises:
        sqlalchemy.exc.DBAPIError: SQL is out of reach.
    """
    if alert.step is not Step.PRESSURE or alert.state is State.RESOLVED or not alert.repository.id:
        return None
    return _support(store, alert.repository.id, now, support.replies(alert))


def of_repository(store: Store, repository_id: int, now: dt.datetime) -> Support | None:
    """Return what to offer where one person alone lands work, None elsewhere; raises as `of_alert`."""
    found = _support(store, repository_id, now, ())
    return found if found.alone else None


def _support(
    store: Store, repository_id: int, now: dt.datetime, replies: tuple[tuple[support.Kind, tuple[str, ...]], ...]
) -> Support:
    store.fundings.want(repository_id, now)
    holdings = store.ledgers.holdings(f"repo:{repository_id}")
    doubtful = _doubtful(store, repository_id, now)
    alone = support.is_alone(holdings, doubtful, now)
    return Support(
        replies=replies,
        alone=alone,
        candidates=support.candidates(holdings, doubtful, now) if alone else (),
        funding=store.fundings.links(repository_id),
    )


def _doubtful(store: Store, repository_id: int, now: dt.datetime) -> set[str]:
    """Return the keys of everybody whom alerts there are about, or whom the pressure in them would help.

    An alert about somebody's own step that was found to be meant counts no more after a year.
    """
    found: set[str] = set()
    for alert in store.alerts.recent(_RECENT, repository_id=repository_id):
        for person in alert.finding.beneficiaries:
            found.update(keys(person))
        meant = alert.state is State.RESOLVED and alert.verdict is not Verdict.INCIDENT
        if not meant or alert.step is Step.PRESSURE or now - alert.at < STANDING:
            found.update(alert.subject_keys, keys(alert.finding.subject.person))
    return found
