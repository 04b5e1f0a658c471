"""What a notice says, put together from the store when it is sent; see `github_app.store.notices`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from github_app.model import Alert
from github_app.policy import hours
from github_app.store import Notice, Store, StoredCase
from github_app.store.outbox import Shown
from workers import cases, casework, first_report, policies, routing
from workers.notifiers import NotYet
from workers.render.message import Announcement, Incident

INCIDENT = "incident"
"""What a notice is called that says that the report of an incident was made."""


def of(store: Store, notice: Notice, now: dt.datetime) -> Announcement | None:
    """Return what to say; None when there is nothing left to say.

    Raises:
        NotYet: the message it answers was not sent yet, or it is quiet at this time (UTC) and the case is not critical.
    """
    if notice.kind == first_report.KIND:
        reports = tuple(store.reports.told_in(notice.key))
        return Announcement(key=notice.key, made_at=notice.made_at, content=reports) if reports else None
    if notice.kind == INCIDENT:
        return _incident(store, notice)
    return _case(store, notice, now) if notice.kind == casework.KIND else None


def _case(store: Store, notice: Notice, now: dt.datetime) -> Announcement | None:
    case = store.cases.get_many([notice.about]).get(notice.about)
    if case is None:  # another case took it in
        return None
    if case.severity is not cases.severity(case.alerts) or notice.key != casework.notice_key(case.id, case.severity):
        return None  # it became worse still, which a later notice says, or reviewers found it harmless meanwhile
    first = _first(store, notice.channel, [a.id for a in case.alerts if routing.loud(a)])
    _mind_quiet(store, case, now)
    told = for_room(store, case.alerts, notice.channel, first.target if first else "")
    if not told:
        return None
    return Announcement(
        key=notice.key,
        made_at=notice.made_at,
        content=replace(cases.story(f"case {case.id}", told), severity=case.severity),
        thread=(first.external_id or "") if first else "",
    )


def _mind_quiet(store: Store, case: StoredCase, now: dt.datetime) -> None:
    place = case.alerts[-1].repository
    policy = policies.load(store, [(place.id, place.owner_id)]).of(place.id, place.owner_id)
    if until := hours.quiet_until(policy.quiet_hours, now, case.severity):
        raise NotYet("these are quiet hours", until, nothing_sent=True)


def _incident(store: Store, notice: Notice) -> Announcement | None:
    """The report is told under the message of the alert that was decided, in its room and nowhere else."""
    report, found = store.incidents.get(notice.about), store.incidents.body(notice.about)
    alert = store.alerts.get(report.alert_id) if report is not None else None
    if report is None or found is None or alert is None or notice.key != incident_key(report.id, report.made):
        return None  # it was made anew meanwhile, which a later notice says
    place = _first(store, notice.channel, [alert.id])
    if place is None:
        return None
    told = Incident(number=report.id, version=report.made, alert=alert, found=found)
    return Announcement(key=notice.key, made_at=notice.made_at, content=told, thread=place.external_id or "", loud=False)


def incident_key(number: int, version: int) -> str:
    """Return what the notice is called that says that a report was made: one for each version."""
    return f"incident:{number}:{version}"


def _first(store: Store, channel: str, alert_ids: list[int]) -> Shown | None:
    """Return where the case's first message is; None when there is and will be none."""
    shown = store.outbox.shown(alert_ids, channel)
    for place in (shown[alert_id] for alert_id in alert_ids if alert_id in shown):
        if place.external_id:
            return place
        if not place.given_up:
            raise NotYet("the message it answers was not sent yet", nothing_sent=True)
    return None


def for_room(store: Store, alerts: Sequence[Alert], channel: str, target: str) -> tuple[Alert, ...]:
    """Return those alerts of a case that may be told in the place of a post.

    A policy can send alerts to a room of their own; a private one is told in no other room than its own.
    """
    private = [a.id for a in alerts if a.finding.private]
    if channel != "slack" or not private:
        return tuple(alerts)
    shown = store.outbox.shown(private, channel)
    here = {a_id for a_id, place in shown.items() if _room(place.target) == _room(target)}
    return tuple(a for a in alerts if not a.finding.private or a.id in here)


def _room(target: str) -> str:
    return target.partition("@")[2]
