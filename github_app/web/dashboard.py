"""The dashboard: alerts as a list and one by one, with their evidence and a form to decide; who holds which power.

Everybody sees what belongs to repositories to which they may write, private alerts among them.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as Answer

from github_app import backing, decisions, plain, support, words
from github_app.errands import LOOKING
from github_app.handover import POWERS
from github_app.links import Links
from github_app.model import Alert, Severity, State
from github_app.review import MOST_REASON, Action, Refused
from github_app.settings import Settings
from github_app.store import Store
from github_app.store.cases import StoredCase
from github_app.store.columns import utcnow
from github_app.store.listing import Sight
from github_app.store.sessions import Session
from github_app.wake import Waker
from github_app.web.login import can_sign_in, is_ours, page, signed_in

log = logging.getLogger(__name__)

PAGE = 50
_CASES = 5
_UNRESOLVED = (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)
_DAYS = (1, 3, 7, 14, 30)
_OFFERED = {
    State.OPEN: (Action.ACKNOWLEDGE, Action.EXPECTED, Action.HARMLESS, Action.INCIDENT, Action.SNOOZE),
    State.ACKNOWLEDGED: (Action.EXPECTED, Action.HARMLESS, Action.INCIDENT, Action.SNOOZE),
    State.SNOOZED: (Action.EXPECTED, Action.HARMLESS, Action.INCIDENT, Action.REOPEN),
    State.RESOLVED: (Action.REOPEN,),
}


def blueprint(settings: Settings, store: Store, waker: Waker, clock: Callable[[], dt.datetime]) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("dashboard", __name__)
    links = Links(github_url=settings.github_url, public_url=settings.public_url)

    @routes.app_template_filter("plain")
    def shown(text: object, limit: int = 300) -> str:
        return plain.isolated(plain.plain(str(text), limit))

    @routes.app_context_processor
    def helpers() -> dict[str, object]:
        return {"words": words, "links": links, "help_request": support.request}

    @routes.errorhandler(DBAPIError)
    def away(error: DBAPIError) -> Response:
        log.error("a page could not be made: %s", type(error.orig).__name__)
        sentence = "The database is out of reach. Nothing was changed; try again in a minute."
        return page("problem.html", HTTPStatus.SERVICE_UNAVAILABLE, title="Try again", sentence=sentence)

    @routes.get("/")
    def start() -> Answer:
        session = signed_in(store, clock())
        if session is None:
            ready = can_sign_in(settings)
            return page("index.html", registered=bool(settings.github_webhook_secret), can_sign_in=ready)
        return _list(store, session)

    @routes.get("/alerts/<int:number>")
    def one(number: int) -> Answer:
        session = signed_in(store, clock())
        if session is None:
            return redirect(url_for("login.start", next=f"/alerts/{number}"), HTTPStatus.SEE_OTHER)
        alert = _alert(store, session, number)
        return missing() if alert is None else _show(store, session, alert)

    @routes.post("/alerts/<int:number>")
    def decide(number: int) -> Answer:
        session = signed_in(store, clock())
        if session is None or not is_ours():
            return redirect(url_for("login.start", next=f"/alerts/{number}"), HTTPStatus.SEE_OTHER)
        alert = _alert(store, session, number)
        if alert is None:
            return missing()
        problem = _decide(store, session, alert, clock())
        if problem:
            return _show(store, session, alert, problem=problem, status=HTTPStatus.CONFLICT)
        waker.notify()
        return redirect(url_for("dashboard.one", number=number), HTTPStatus.SEE_OTHER)

    @routes.get("/repositories/<int:number>")
    def powers(number: int) -> Answer:
        session = signed_in(store, clock())
        if session is None:
            return redirect(url_for("login.start", next=f"/repositories/{number}"), HTTPStatus.SEE_OTHER)
        watch = store.repositories.get_many([number]).get(number) if number in session.writes else None
        if watch is None:
            return missing()
        ledger = store.ledgers.load([f"repo:{number}"], ())[f"repo:{number}"]
        held = [(power, ledger.holders(power)) for power in POWERS]
        announced = [h for h in store.handovers.of([number], ending_after=clock()).get(number, []) if h.ended_at is None]
        return page(
            "repository.html",
            session=session,
            watch=watch,
            held=[p for p in held if p[1]],
            announced=announced,
            support=backing.of_repository(store, number, clock()),
        )

    return routes


def sight_of(session: Session) -> Sight:
    """Return whose alerts somebody may see."""
    return Sight(repositories=session.writes, owners=session.owners)


def _list(store: Store, session: Session) -> Response:
    everything = request.args.get("state") == "all"
    severities = [s for s in Severity if s.value == request.args.get("severity")]
    repository, before = request.args.get("repository", type=int), request.args.get("before", type=int)
    found = store.listing.page(
        sight_of(session),
        states=() if everything else _UNRESOLVED,
        severities=severities,
        repository_id=repository,
        before_id=before,
        limit=PAGE + 1,
    )
    watches = [w for w in store.repositories.get_many(session.writes).values() if w.state != "removed"]
    asked = {"state": "all" if everything else None, "severity": severities[0].value if severities else None}
    return page(
        "alerts.html",
        session=session,
        alerts=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        waiting=store.listing.waiting(sight_of(session)),
        cases=_open_cases(store, session),
        everything=everything,
        asked={**asked, "repository": repository},
        severities=list(reversed(Severity)),
        watches=sorted(watches, key=lambda w: w.full_name.lower()),
        problems=store.problems.open() if session.administers else [],
    )


def _open_cases(store: Store, session: Session) -> list[tuple[StoredCase, list[Alert]]]:
    """Return the latest cases in which something waits for a verdict, with the alerts of each that somebody may see."""
    found = store.cases.get_many(store.listing.open_cases(sight_of(session), _CASES))
    seen = ((case, [a for a in case.alerts if sight_of(session).covers(a)]) for case in found.values())
    return sorted(seen, key=lambda pair: pair[1][-1].at, reverse=True)


def _alert(store: Store, session: Session, number: int) -> Alert | None:
    alert = store.alerts.get(number) if number < 2**63 else None
    return alert if alert is not None and sight_of(session).covers(alert) else None


def _show(store: Store, session: Session, alert: Alert, *, problem: str = "", status: int = HTTPStatus.OK) -> Response:
    return page(
        "alert.html",
        status,
        session=session,
        alert=alert,
        decisions=store.alerts.decisions(alert.id),
        reports=store.incidents.about(alert),
        case=store.cases.of_alert(alert.id),
        support=backing.of_alert(store, alert, utcnow()),
        offered=_OFFERED[alert.state],
        days=_DAYS,
        problem=problem,
        typed=request.form.get("reason", ""),
        most=MOST_REASON,
    )


def _decide(store: Store, session: Session, alert: Alert, now: dt.datetime) -> str:
    """Do what the form asks; return what is wrong, "" when it was done."""
    action = next((a for a in _OFFERED[alert.state] if a.value == request.form.get("action")), None)
    if action is None:
        return "The alert has changed meanwhile: look at it again."
    reason = request.form.get("reason", "") or (LOOKING if action is Action.ACKNOWLEDGE else "")
    days = request.form.get("days", type=int)
    until = now + dt.timedelta(days=days) if days in _DAYS and days is not None else None
    outcome = decisions.apply(store, alert.id, action, session.person, reason, now, via="web", until=until)
    return f"Nothing was changed: {outcome.sentence}." if isinstance(outcome, Refused) else ""


def missing() -> Response:
    """Answer that there is nothing to see, which says the same whether there is something or not."""
    sentence = "There is no such page, or it is about a repository that you may not write to."
    return page("problem.html", HTTPStatus.NOT_FOUND, title="Not found", sentence=sentence)
