"""What a notice says, put together from the store when it is sent; see `github_app.store.notices`."""

from __future__ import annotations

from github_app.store import Notice, Store
from workers import cases, casework, first_report, routing
from workers.notifiers import Later
from workers.render.message import Announcement


def of(store: Store, notice: Notice) -> Announcement | None:
    """Return what to say; None when there is nothing left to say.

    Raises:
        Later: the message it answers was not sent yet.
    """
    if notice.kind == first_report.KIND:
        reports = tuple(store.reports.told_in(notice.key))
        return Announcement(key=notice.key, made_at=notice.made_at, content=reports) if reports else None
    if notice.kind != casework.KIND:
        return None
    case = store.cases.get_many([notice.about]).get(notice.about)
    if case is None:  # another case took it in
        return None
    story = cases.story(f"case {case.id}", case.alerts)
    if case.severity is not story.severity or notice.key != casework.notice_key(case.id, case.severity):
        return None  # it became worse still, which a later notice says, or reviewers found it harmless meanwhile
    return Announcement(
        key=notice.key,
        made_at=notice.made_at,
        content=story,
        thread=_thread(store, notice.channel, [a.id for a in case.alerts if routing.loud(a)]),
    )


def _thread(store: Store, channel: str, alert_ids: list[int]) -> str:
    """Return the channel's name of the case's first message, "" when there will be none."""
    for alert_id in alert_ids:
        target = f"alert:{alert_id}"
        if found := store.outbox.external_id(channel, target):
            return found
        if not store.outbox.given_up(channel, target):
            raise Later("the case's first message was not sent yet", nothing_sent=True)
    return ""
