"""`/setup`: walk an operator through registering the GitHub App.

Three steps: the token from the terminal, the manifest to GitHub by the operator's own browser, GitHub's code back here.
The keys go into a file and are never shown. Open only while no app is configured.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, make_response, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from github_app.settings import Settings
from github_app.web import registration
from github_app.web.registration import RegistrationError
from github_app.web.security import allow_forms_to

log = logging.getLogger(__name__)

HOUR = 3600
COOKIE = "trust-setup"
_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}", re.ASCII)


def blueprint(settings: Settings) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("setup", __name__, url_prefix="/setup", template_folder="templates")

    @routes.before_request
    def only_once() -> Response | None:
        if registration.is_open(settings):
            return None
        return _page("done.html", HTTPStatus.CONFLICT, registered=None)

    @routes.get("")
    def start() -> Response:
        return _first_page(settings)

    @routes.post("")
    def confirm() -> Response:
        if not registration.is_token(settings, request.form.get("token", "")):
            log.warning("/setup was tried with a wrong token")
            return _first_page(settings, HTTPStatus.FORBIDDEN, "This is not the token that `trust-alerts serve` printed.")
        public_url = request.form.get("public_url", "").strip().rstrip("/")
        organization = request.form.get("organization", "").strip()
        problem = _problem(public_url, organization)
        if problem:
            return _first_page(settings, HTTPStatus.BAD_REQUEST, problem)
        return _second_page(settings, public_url, organization)

    @routes.get("/callback")
    def callback() -> Response:
        public_url = _returned(settings)
        if public_url is None:
            sentence = "This does not belong to a registration begun in this browser within the last hour. Start again."
            return _first_page(settings, HTTPStatus.FORBIDDEN, sentence)
        try:
            registered = registration.exchange(settings.github_api_url, request.args.get("code", ""))
            path = registration.save(settings, registered, public_url)
        except RegistrationError as error:
            log.error("registering the app failed: %s", error)
            return _first_page(settings, HTTPStatus.BAD_GATEWAY, str(error))
        registration.forget_token(settings)
        log.info("registered the app", extra={"app": registered.id, "file": str(path)})
        install = f"{settings.github_url}/apps/{quote(registered.slug, safe='')}/installations/new"
        response = _page("done.html", registered=registered.slug, install=install, path=path)
        response.delete_cookie(COOKIE, path="/setup")
        return response

    return routes


def _page(name: str, status: int = HTTPStatus.OK, **values: object) -> Response:
    response = make_response(render_template(name, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _first_page(settings: Settings, status: int = HTTPStatus.OK, problem: str = "") -> Response:
    return _page(
        "setup.html",
        status,
        problem=problem,
        public_url=request.form.get("public_url") or settings.public_url or request.host_url.rstrip("/"),
        organization=request.form.get("organization", ""),
        has_token=bool(registration.read_token(settings)),
    )


def _second_page(settings: Settings, public_url: str, organization: str) -> Response:
    nonce = secrets.token_urlsafe(18)
    state = _signer(settings).dumps([nonce, public_url])
    account = f"organizations/{organization}/" if organization else ""
    response = _page(
        "register.html",
        action=f"{settings.github_url}/{account}settings/apps/new?state={quote(state, safe='')}",
        manifest=json.dumps(registration.manifest(public_url)),
        github=urlsplit(settings.github_url).hostname,
        owner=organization or "your own account",
    )
    secure = public_url.startswith("https://")
    response.set_cookie(COOKIE, nonce, max_age=HOUR, path="/setup", secure=secure, httponly=True, samesite="Lax")
    return allow_forms_to(response, settings.github_url)


def _problem(public_url: str, organization: str) -> str:
    parts = urlsplit(public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        return "The address of this server must be a URL like https://trust.example.com."
    if organization and not _ORGANIZATION.fullmatch(organization):
        return "This is not the name of an organisation on GitHub."
    return ""


def _returned(settings: Settings) -> str | None:
    """Return the public URL of the registration that this answer belongs to; None when it belongs to none.

    The state is signed with the token, so only who knew it can have begun; the cookie says that it was this browser.
    """
    try:
        nonce, public_url = _signer(settings).loads(request.args.get("state", ""), max_age=HOUR)
    except (BadData, ValueError, TypeError):
        return None
    same_browser = secrets.compare_digest(request.cookies.get(COOKIE, "").encode(), str(nonce).encode())
    return str(public_url) if same_browser and registration.read_token(settings) else None


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    # Without a token nobody can know the key: nothing that was signed before is accepted.
    key = registration.read_token(settings) or secrets.token_urlsafe(18)
    return URLSafeTimedSerializer(key, salt="github-app-registration")
