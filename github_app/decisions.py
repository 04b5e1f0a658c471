"""Carry out a decision: the one road by which Slack, the command line and everybody else change an alert.

`github_app.review` says what is allowed; here it is stored, in one transaction with everything that follows from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Connection

from github_app import ageing, identity, review
from github_app.model import Alert, Person, State, Verdict
from github_app.review import Action, Decided, Refused
from github_app.store import ConflictError, Store
from github_app.store.alerts import scope_of
from github_app.store.engine import reading

_TRIES = 5

Also = Callable[[Connection, Decided | Refused], None]


def apply(  # noqa: PLR0917  # as `review.decide`
    store: Store,
    alert_id: int,
    action: Action,
    by: Person,
    reason: str,
    now: dt.datetime,
    *,
    via: str,
    until: dt.datetime | None = None,
    also: Also | None = None,
) -> Decided | Refused:
    """Decide about an alert as one person and have every place that shows it brought up to date.

    Args:
        store: where the alert is.
        alert_id: which one.
        action: what is asked.
        by: who asks, as GitHub knows them.
        reason: why.
        now: the time (UTC).
        via: slack, github, web or cli.
        until: the end of a snooze; see `review.decide`.
        also: called in the same transaction with the outcome, for instance to store an answer.

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach; nothing was decided.
    """
    for _ in range(_TRIES):
        try:
            with store.begin() as connection:
                outcome = _decide(store, connection, alert_id, action, by, reason, now, via, until)
                if also is not None:
                    also(connection, outcome)
                return outcome
        except ConflictError:
            continue
    return Refused(sentence="too many people are deciding about this alert at this moment: look at it and try again")


def preview(store: Store, alert_id: int, action: Action, by: Person, now: dt.datetime) -> Refused | None:
    """Return why a person may not do this to an alert now, before anybody has to write a reason; None when they may.

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach.
    """
    with reading(store.engine) as connection:
        alert = store.alerts.get(alert_id, connection)
        if alert is None:
            return Refused(sentence=f"there is no alert {alert_id}")
        previous, known = store.alerts.decisions(alert_id, connection), _keys(store, connection, alert, by)
    outcome = review.decide(alert, action, by, known, "to be written", now, previous)
    return outcome if isinstance(outcome, Refused) else None


def pass_time(
    store: Store,
    alert_id: int,
    now: dt.datetime,
    patience: ageing.Patience | None = None,
    *,
    quiet_until: Callable[[Alert], dt.datetime | None] = lambda _: None,
) -> bool:
    """Do what time alone does to one alert: end its snooze, remind of its acknowledgement or take that back.

    Args:
        store: where the alert is.
        alert_id: which one.
        now: the time (UTC).
        patience: how long an acknowledgement may wait.
        quiet_until: until when Slack is not to be bothered with it; nobody asked for this just now.

    Returns:
        Whether the alert changed.
    """
    found = store.alerts.get(alert_id)
    if found is None or ageing.pass_time(found, store.alerts.decisions(alert_id), now, patience) is None:
        return False
    with store.begin() as connection:
        current = store.alerts.get(alert_id, connection, lock=True)
        if current is None:
            return False
        step = ageing.pass_time(current, store.alerts.decisions(alert_id, connection), now, patience)
        if step is None or not store.alerts.save(connection, step.alert, step.record):
            return False
        store.outbox.touch(connection, alert_id)
        until = quiet_until(step.alert)
        if until is not None:
            store.outbox.hold(connection, alert_id, "slack", until)
        return True


def _decide(  # noqa: PLR0917  # the arguments of `apply`, passed on
    store: Store,
    connection: Connection,
    alert_id: int,
    action: Action,
    by: Person,
    reason: str,
    now: dt.datetime,
    via: str,
    until: dt.datetime | None,
) -> Decided | Refused:
    alert = store.alerts.get(alert_id, connection, lock=True)
    if alert is None:
        return Refused(sentence=f"there is no alert {alert_id}")
    previous = store.alerts.decisions(alert_id, connection)
    known = _keys(store, connection, alert, by)
    outcome = review.decide(alert, action, by, known, reason, now, previous, via=via, until=until)
    if isinstance(outcome, Decided):
        if not store.alerts.save(connection, outcome.alert, outcome.record):
            raise ConflictError
        store.outbox.touch(connection, alert_id)
        if outcome.alert.state is State.RESOLVED and outcome.alert.verdict is Verdict.INCIDENT:
            store.incidents.want(connection, outcome.alert)
    return outcome


def _keys(store: Store, connection: Connection, alert: Alert, by: Person) -> tuple[str, ...]:
    """Return every key the ledger knows of a person, so that a second account or an old address is recognised."""
    scope = scope_of(alert.repository)
    own = identity.keys(by)
    return store.ledgers.load([scope], own, connection)[scope].keys_of(by) or own
