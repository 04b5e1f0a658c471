"""Pages that tell a whole story: a case with its alerts, and the report of an incident.

Everybody sees of them what belongs to repositories to which they may write; the rest is counted and not named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as Answer

from github_app import act_words
from github_app.acts import Act, Deed, Part
from github_app.store import Store
from github_app.store.cases import StoredCase
from github_app.store.listing import Sight
from github_app.web.dashboard import missing, sight_of
from github_app.web.login import page, signed_in

_MOST = 200
"""Most lines of one kind in one repository; `trust-alerts blast-radius --format json` has them all."""


def blueprint(store: Store, clock: Callable[[], dt.datetime]) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("stories", __name__)

    @routes.app_context_processor
    def helpers() -> dict[str, object]:
        return {"acts": act_words, "most_acts": _MOST}

    @routes.get("/reports/<int:number>")
    def report(number: int) -> Answer:
        session = signed_in(store, clock())
        if session is None:
            return redirect(url_for("login.start", next=f"/reports/{number}"), HTTPStatus.SEE_OTHER)
        known = store.incidents.get(number) if number < 2**63 else None
        found = store.incidents.body(number) if known is not None else None
        alert = store.alerts.get(known.alert_id) if known is not None else None
        sight = sight_of(session)
        if known is None or found is None or alert is None or not sight.covers(alert):
            return missing()
        # Acts of a whole organisation are shown to whoever administers one of its repositories.
        parts = [p for p in found.parts if _may_see(p, sight, alert.repository.owner_id)]
        told = [(p, _by_deed(p)) for p in parts]
        hidden = len(found.parts) - len(parts)
        return page("report.html", session=session, report=known, found=found, alert=alert, told=told, hidden=hidden)

    @routes.get("/cases/<int:number>")
    def case(number: int) -> Answer:
        session = signed_in(store, clock())
        if session is None:
            return redirect(url_for("login.start", next=f"/cases/{number}"), HTTPStatus.SEE_OTHER)
        found = store.cases.get_many([number]).get(number) if number < 2**63 else None
        seen = [a for a in found.alerts if sight_of(session).covers(a)] if found is not None else []
        if found is None or not seen:
            return missing()
        reports = store.incidents.about(seen[0])
        return page("case.html", session=session, case=found, alerts=seen, reports=reports, hidden=_hidden(found, len(seen)))

    return routes


def _hidden(case: StoredCase, seen: int) -> int:
    return len(case.alerts) - seen


def _may_see(part: Part, sight: Sight, owner_id: int) -> bool:
    kind, _, name = part.scope.partition(":")
    if not name.isdecimal():  # an earlier report, which names an organisation by its login
        return owner_id in sight.owners
    return int(name) in (sight.repositories if kind == "repo" else sight.owners)


def _by_deed(part: Part) -> list[tuple[Deed, list[Act]]]:
    found = ((deed, [act for act in part.acts if act.deed is deed]) for deed in Deed)
    return [(deed, acts) for deed, acts in found if acts]
