"""`/login`, `/logout` and `/link`: who somebody is on GitHub, proven by GitHub, for the dashboard and for Slack.

Linking takes a code that is shown to whoever signed in here and typed in Slack by whoever uses that account there, so
nobody can be linked to an account that is not theirs by following somebody else's link.
"""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as Answer

from github_app.settings import Settings
from github_app.store import Store
from github_app.store.sessions import CODE_LASTS, SESSION_LASTS, Session
from github_app.web import oauth

log = logging.getLogger(__name__)

COOKIE, STATE_COOKIE = "trust-session", "trust-sign-in"
_STATE_SECONDS = 600


def blueprint(settings: Settings, store: Store, clock: Callable[[], dt.datetime]) -> Blueprint:
    """Return the routes; without GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET and PUBLIC_URL nobody can sign in."""
    routes = Blueprint("login", __name__)

    @routes.get("/login")
    def start() -> Answer:
        if not can_sign_in(settings):
            return page("problem.html", HTTPStatus.NOT_FOUND, title="Signing in is not set up", sentence=_NOT_SET_UP)
        return _to_github(settings, _local(request.args.get("next", "")))

    @routes.get("/login/callback")
    def callback() -> Answer:
        begun = _begun(settings)
        if begun is None:
            sentence = "This does not belong to a sign-in begun in this browser within the last ten minutes."
            return _refused(sentence, HTTPStatus.FORBIDDEN)
        if "error" in request.args:
            return _refused("You did not allow the app to see who you are. Nothing was changed.", HTTPStatus.FORBIDDEN)
        try:
            found = oauth.sign_in(settings, request.args.get("code", ""), begun[0])
        except oauth.SignInError as error:
            log.warning("a sign-in failed: %s", error)
            return _refused(str(error), HTTPStatus.BAD_GATEWAY)
        token = store.sessions.begin(found.person, found.writes, found.administers, found.owners, clock())
        response = redirect(begun[1] or url_for("dashboard.start"), HTTPStatus.SEE_OTHER)
        response.delete_cookie(STATE_COOKIE, path="/login")
        _set_cookie(response, settings, COOKIE, token, "/")
        return response

    @routes.post("/logout")
    def leave() -> Answer:
        if signed_in(store, clock()) is not None and is_ours():
            store.sessions.end(request.cookies.get(COOKIE, ""))
        response = redirect(url_for("dashboard.start"), HTTPStatus.SEE_OTHER)
        response.delete_cookie(COOKIE, path="/")
        return response

    @routes.get("/link")
    def link() -> Answer:
        session = signed_in(store, clock())
        if session is None:
            return redirect(url_for("login.start", next="/link"), HTTPStatus.SEE_OTHER)
        return page("link.html", code="", session=session)

    @routes.post("/link")
    def code() -> Answer:
        session = signed_in(store, clock())
        if session is None or not is_ours():
            return redirect(url_for("login.start", next="/link"), HTTPStatus.SEE_OTHER)
        made = store.sessions.offer_code(session.person, clock())
        return page("link.html", code=made, session=session, minutes=int(CODE_LASTS.total_seconds() // 60))

    return routes


_NOT_SET_UP = (
    "Whoever runs the app has to set GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET and PUBLIC_URL; /setup does it for an app that "
    "it registers."
)


def can_sign_in(settings: Settings) -> bool:
    """Say whether GitHub can be asked who somebody is."""
    return bool(settings.github_client_id and settings.github_client_secret and settings.public_url)


def signed_in(store: Store, now: dt.datetime) -> Session | None:
    """Return who sends this request; None for somebody who is not signed in, or while SQL is out of reach."""
    if "session" not in g:
        try:
            g.session = store.sessions.get(request.cookies.get(COOKIE, ""), now)
        except DBAPIError as error:
            log.error("nobody can be recognised: %s", type(error.orig).__name__)
            g.session = None
    found: Session | None = g.session
    return found


def is_ours() -> bool:
    """Say whether a form that was sent is one of our own pages' (OWASP, "Cross-Site Request Forgery Prevention")."""
    session: Session | None = g.get("session")
    return session is not None and hmac.compare_digest(
        session.csrf.encode(), request.form.get("csrf", "").encode("utf-8", "replace")
    )


def page(name: str, status: int = HTTPStatus.OK, **values: object) -> Response:
    """Return a page that no cache keeps."""
    response = make_response(render_template(name, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(sentence: str, status: int) -> Response:
    return page("problem.html", status, title="You are not signed in", sentence=sentence, again=url_for("login.start"))


def _to_github(settings: Settings, then: str) -> Answer:
    nonce, verifier = secrets.token_urlsafe(18), secrets.token_urlsafe(48)
    state = _signer(settings).dumps([nonce, then])
    response = redirect(oauth.authorize_url(settings, state, verifier), HTTPStatus.SEE_OTHER)
    _set_cookie(response, settings, STATE_COOKIE, f"{nonce}.{verifier}", "/login")
    response.headers["Cache-Control"] = "no-store"
    return response


def _begun(settings: Settings) -> tuple[str, str] | None:
    """Return verifier and destination of the sign-in this answer belongs to; None when this browser did not begin it."""
    nonce, _, verifier = request.cookies.get(STATE_COOKIE, "").partition(".")
    try:
        known, then = _signer(settings).loads(request.args.get("state", ""), max_age=_STATE_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    same = bool(nonce) and secrets.compare_digest(nonce.encode(), str(known).encode())
    return (verifier, _local(str(then))) if same and verifier else None


def _local(path: str) -> str:
    """Return a path of our own, or "": nobody is sent to another site after signing in."""
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if own and len(path) < 200 and path.isprintable() and "\\" not in path else ""


def _set_cookie(response: Answer, settings: Settings, name: str, value: str, path: str) -> None:
    secure = settings.public_url.startswith("https://")
    seconds = int(SESSION_LASTS.total_seconds()) if name == COOKIE else _STATE_SECONDS
    response.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="Lax")


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.github_client_secret, salt="sign-in")
