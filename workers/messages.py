"""What a post shows, put together from the store when it is sent, and whether it is a message of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from github_app import backing
from github_app.model import Alert, Repository, Severity
from github_app.store import Store
from github_app.store.outbox import Post, Work
from github_app.store.rooms import CHANNEL
from workers import announcements, cases, policies
from workers.render.message import Message, Story

_ALERT = "alert:"


def by_itself(store: Store, post: Post, now: dt.datetime) -> bool:
    """Say whether a post is sent by itself; if not, its alert is now part of the room's message about many.

    The budget is that of the alert's repository; what is critical always has a message of its own.
    """
    if post.channel != CHANNEL or not post.target.startswith(_ALERT) or store.outbox.external_id(post.channel, post.target):
        return True
    number = post.target.removeprefix(_ALERT).partition("@")[0]
    alert = store.alerts.get(int(number)) if number.isdecimal() else None
    if alert is None:
        return True
    place = (alert.repository.id, alert.repository.owner_id)
    budget = policies.load(store, [place]).of(*place).budget
    always = alert.finding.severity is Severity.CRITICAL
    return store.rooms.admit(post.target, now, budget, always=always)


def of(store: Store, work: Work, now: dt.datetime) -> Message | None:
    """Return what a claimed post shows at a time (UTC); None when nothing of it may be shown there."""
    on_github, alone = work.channel.startswith("github-"), work.target.startswith(_ALERT)
    alerts = [a for a in store.alerts.get_many(work.alert_ids) if not (on_github and a.finding.private)]
    if not alerts:
        return None
    alerts.sort(key=lambda a: (-a.finding.severity.rank, a.id))
    watches = store.repositories.get_many({a.repository.id for a in alerts})
    named = {number: watch.full_name for number, watch in watches.items()}
    alerts = [replace(a, repository=_named(a.repository, named.get(a.repository.id))) for a in alerts]
    first = watches.get(alerts[0].repository.id)
    return Message(
        channel=work.channel,
        target=work.target,
        alerts=tuple(alerts),
        decisions={a.id: tuple(store.alerts.decisions(a.id)) for a in alerts},
        repository=alerts[0].repository,
        installation_id=first.installation_id if first else None,
        case=None if on_github or not alone else _case(store, alerts[0], work),
        support=backing.of_alert(store, alerts[0], now) if alone and work.channel == CHANNEL else None,
        told=work.told,
    )


def _named(repository: Repository, full_name: str | None) -> Repository:
    return replace(repository, full_name=full_name) if full_name else repository


def _case(store: Store, alert: Alert, work: Work) -> Story | None:
    case = store.cases.of_alert(alert.id)
    told = () if case is None else announcements.for_room(store, case.alerts, work.channel, work.target)
    if case is None or len(told) < 2:
        return None
    return replace(cases.story(f"case {case.id}", told), severity=cases.severity(case.alerts))
