"""What time alone does to an alert: a snooze ends, and an acknowledgement that leads to nothing is taken back. Pure.

The sweep calls `pass_time`; the steps are records like any other, made by the app itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from github_app.model import Alert, Person, State
from github_app.review import Action, Decided, DecisionRecord, accept, handle, minute

APP = Person(name="Trust Change Alerts", bot=True)
"""Who does what nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an acknowledgement may wait for a verdict, until a reminder and until the alert is open again."""

    remind: dt.timedelta = dt.timedelta(days=2)
    reopen: dt.timedelta = dt.timedelta(days=7)


def pass_time(
    alert: Alert, previous: Sequence[DecisionRecord], now: dt.datetime, patience: Patience | None = None
) -> Decided | None:
    """Return what became of an alert because time passed; None when nothing did.

    Args:
        alert: as stored.
        previous: every record of this alert so far, oldest first.
        now: the time (UTC).
        patience: how long an acknowledgement may wait; two days to a reminder and seven to being open again by default.
    """
    if alert.state is State.SNOOZED:
        return _wake(alert, now)
    if alert.state is State.ACKNOWLEDGED:
        return _age(alert, previous, now, patience or Patience())
    return None


def _wake(alert: Alert, now: dt.datetime) -> Decided | None:
    if alert.snoozed_until is None or alert.snoozed_until > now:
        return None
    reason = f"The snooze ended on {minute(alert.snoozed_until)}"
    record = _record(alert, Action.WAKE, reason, now)
    return accept(replace(alert, state=State.OPEN, snoozed_until=None), record, f"{reason}: this is open again.")


def _age(alert: Alert, previous: Sequence[DecisionRecord], now: dt.datetime, patience: Patience) -> Decided | None:
    taken = next((r for r in reversed(previous) if r.action is not Action.REMIND), None)
    if taken is None:
        return None
    waited, who = now - taken.at, handle(taken.by)
    if waited >= patience.reopen:
        reason = f"{who} took this on {minute(taken.at)} and no verdict followed in {_span(waited)}"
        return accept(
            replace(alert, state=State.OPEN), _record(alert, Action.LAPSE, reason, now), f"{reason}: it is open again."
        )
    if waited >= patience.remind and previous[-1].action is not Action.REMIND:
        opens = minute(taken.at + patience.reopen)
        reason = f"{who} took this {_span(waited)} ago and it still needs a verdict; it opens again on {opens}"
        return accept(alert, _record(alert, Action.REMIND, reason, now), f"{reason}.")
    return None


def _span(waited: dt.timedelta) -> str:
    hours = int(waited.total_seconds() // 3600)
    return f"{waited.days} days" if waited.days > 1 else f"{hours} hour{'' if hours == 1 else 's'}"


def _record(alert: Alert, action: Action, reason: str, now: dt.datetime) -> DecisionRecord:
    return DecisionRecord(alert_id=alert.id, at=now, action=action, reason=reason, by=APP, via="app")
