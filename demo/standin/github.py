"""A stand-in for the GitHub API, git over HTTP included: one app, one installation, loopback only.

`GitHub(...)` is started with `start()`, has `url` (for GITHUB_API_URL and GITHUB_URL alike) and `state`.
Authentication, limits and error texts follow docs.github.com/rest; each group of routes names its page.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from flask import Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from demo.standin import github_estate, github_git, github_graphql, github_issues, github_pages, github_pulls, github_reports
from demo.standin.answers import Refusal
from demo.standin.github_state import ALL_PERMISSIONS, GitHubState, Repo
from demo.standin.serving import Routes, Serving
from demo.standin.shapes import Json, Shapes, stamp

LOG = os.environ.get("TRUST_STANDIN_LOG", "")
"""A file for every request of the app, when the demo runs as a test: one JSON object a line."""
_LEVELS = {"none": -1, "read": 0, "write": 1, "admin": 2}


@dataclass(kw_only=True)
class Fault:
    """Trouble to be met once: the next request that fits gets `status`; `after` lets it take effect first."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    after: bool = False


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class GitHub:
    """The API stand-in; see the module's docstring. `clock` dates comments and checks; tokens live in real time."""

    def __init__(self, state: GitHubState, *, port: int = 0, clock: Callable[[], dt.datetime] | None = None) -> None:
        self.state = state
        self.clock = clock or _now
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.app = Routes(__name__)
        self._serving = Serving(self.app, port=port)
        self.url = self._serving.url
        self.shapes = Shapes(state, self.url)
        self._routes()
        github_pulls.routes(self)
        github_issues.routes(self)
        github_reports.routes(self)
        github_git.routes(self)
        github_graphql.routes(self)
        github_estate.routes(self)
        github_pages.routes(self)

    def start(self) -> GitHub:
        """Begin to answer."""
        self._serving.start()
        return self

    def stop(self) -> None:
        """Stop and free the port."""
        self._serving.stop()

    # -- for the route modules ---------------------------------------------------------------------------------

    def api(self, method: str, path: str, permission: str = "metadata", level: str = "read") -> Callable[..., Any]:
        """Register an API route under the lock, for installation tokens with a permission.

        A route with `<owner>/<name>` gets the `Repo` as its argument instead.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            def answer(**values: Any) -> Any:
                with self.state.lock:
                    self._token(permission, level)
                    if "owner" in values:
                        values["repo"] = self.repo(f"{values.pop('owner')}/{values.pop('name')}")
                    return function(**values)

            self.app.add_url_rule(path, f"{method} {path}", answer, methods=[method])
            return function

        return register

    def repo(self, full_name: str) -> Repo:
        """Return a repository or answer 404."""
        repo = self.state.repos.get(full_name.lower())
        if repo is None:
            raise Refusal(404, "Not Found")
        return repo

    def page(self, items: list[Json]) -> Response:
        """Answer one page of a list with a Link header (docs.github.com/rest/using-the-rest-api/using-pagination)."""
        size = min(request.args.get("per_page", 30, int), 100)
        number = request.args.get("page", 1, int)
        response = jsonify(items[(number - 1) * size : number * size])
        if number * size < len(items):
            response.headers["Link"] = f'<{self.url}{request.path}?per_page={size}&page={number + 1}>; rel="next"'
        return response

    # -- authentication ----------------------------------------------------------------------------------------

    def _bearer(self) -> str:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        return value if kind.lower() in {"bearer", "token"} else ""

    def _token(self, permission: str, level: str) -> None:
        expires, permissions = self.state.tokens.get(self._bearer(), (None, {}))
        if expires is None or expires <= _now():
            raise Refusal(401, "Bad credentials")
        if self.state.suspended:
            raise Refusal(403, "This installation has been suspended")
        if _LEVELS[permissions.get(permission, "read" if permission == "metadata" else "none")] < _LEVELS[level]:
            raise Refusal(403, "Resource not accessible by integration")

    def _as_app(self) -> None:
        """Check the app's JWT: docs.github.com/apps/.../generating-a-json-web-token-jwt-for-a-github-app."""
        try:
            claims = jwt.decode(self._bearer(), self.state.public_key, algorithms=["RS256"], options={"verify_iat": False})
        except jwt.ExpiredSignatureError:
            raise Refusal(
                401, "'Expiration time' claim ('exp') must be a numeric value representing the future time"
            ) from None
        except jwt.InvalidTokenError:
            raise Refusal(401, "A JSON web token could not be decoded") from None
        if str(claims.get("iss")) != str(self.state.app_id):
            raise Refusal(401, "'Issuer' claim ('iss') must be an Integer")
        if claims["exp"] - _now().timestamp() > 600:
            raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")

    # -- app and accounts: docs.github.com/rest/apps/apps, /rest/users, /rest/repos ------------------------------

    def _routes(self) -> None:
        self.app.register_error_handler(Refusal, lambda e: (jsonify(e.body), e.status))
        self.app.register_error_handler(HTTPException, self._http_error)
        self.app.before_request(self._before)
        self.app.after_request(self._after)
        rule = self.app.add_url_rule
        rule("/app", view_func=self._app)
        rule("/app/installations", view_func=self._installations)
        rule("/app/installations/<int:number>", view_func=self._installation)
        rule("/repos/<owner>/<name>/installation", view_func=self._installation)
        rule("/app/installations/<int:number>/access_tokens", view_func=self._new_token, methods=["POST"])
        rule("/app/hook/deliveries", view_func=self._no_deliveries)
        rule("/rate_limit", view_func=lambda: {"resources": {"core": self._limit()}, "rate": self._limit()})
        self.api("GET", "/installation/repositories")(self._repositories)
        self.api("GET", "/repos/<owner>/<name>")(self.shapes.repository)
        self.api("GET", "/repositories/<int:number>")(self._by_id)
        self.api("GET", "/users/<login>")(self._user)
        self.api("GET", "/users/<login>/gpg_keys")(self._no_keys)
        self.api("GET", "/users/<login>/ssh_signing_keys")(self._no_keys)
        self.api("GET", "/repos/<owner>/<name>/collaborators")(self._collaborators)
        self.api("GET", "/repos/<owner>/<name>/collaborators/<login>/permission")(self._role)

    def _app(self) -> Json:
        self._as_app()
        return {"id": self.state.app_id, "slug": self.state.slug, "name": self.state.slug, "permissions": ALL_PERMISSIONS}

    def _installations(self) -> Response:
        self._as_app()
        return jsonify([self.installation()])

    def _installation(self, number: int = 0, **_: str) -> Json:
        self._as_app()
        if number not in {0, self.state.installation_id}:
            raise Refusal(404, "Not Found")
        return self.installation()

    def installation(self) -> Json:
        """Return the app's one installation."""
        owner = next(iter(self.state.repos.values())).full_name.partition("/")[0]
        account = self.shapes.user(owner)
        return {
            "id": self.state.installation_id,
            "app_id": self.state.app_id,
            "app_slug": self.state.slug,
            "account": account,
            "target_id": account["id"],
            "target_type": account["type"],
            "repository_selection": "selected",
            "permissions": ALL_PERMISSIONS,
            "events": [],
            "suspended_at": stamp(self.clock()) if self.state.suspended else None,
            "access_tokens_url": f"{self.url}/app/installations/{self.state.installation_id}/access_tokens",
            "repositories_url": f"{self.url}/installation/repositories",
            "html_url": f"{self.url}/settings/installations/{self.state.installation_id}",
        }

    def _new_token(self, number: int) -> tuple[Json, int]:
        self._as_app()
        if number != self.state.installation_id:
            raise Refusal(404, "Not Found")
        if self.state.suspended:
            raise Refusal(403, "This installation has been suspended")
        asked = (request.get_json(silent=True) or {}).get("permissions") or ALL_PERMISSIONS
        if any(_LEVELS[level] > _LEVELS[ALL_PERMISSIONS.get(name, "none")] for name, level in asked.items()):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
        with self.state.lock:
            token, expires = self.state.new_token(dict(asked), _now())
        return {
            "token": token,
            "expires_at": stamp(expires),
            "permissions": asked,
            "repository_selection": "selected",
        }, 201

    def _no_deliveries(self) -> Response:
        self._as_app()
        return jsonify([])

    def _repositories(self) -> Json:
        found = [self.shapes.repository(repo) for repo in self.state.repos.values()]
        return {"total_count": len(found), "repository_selection": "selected", "repositories": found}

    def _by_id(self, number: int) -> Json:
        for repo in self.state.repos.values():
            if repo.id == number:
                return self.shapes.repository(repo)
        raise Refusal(404, "Not Found")

    def _user(self, login: str) -> Json:
        known = self.state.accounts.get(login.lower())
        if known is None:
            raise Refusal(404, "Not Found")
        return self.shapes.full_user(known)

    def _no_keys(self, login: str) -> Response:  # noqa: ARG002  # nobody's real keys are shipped
        return jsonify([])

    def _collaborators(self, repo: Repo) -> Response:
        return self.page([{**self.shapes.user(login), "role_name": role} for login, role in repo.roles.items()])

    def _role(self, repo: Repo, login: str) -> Json:
        role = next((role for name, role in repo.roles.items() if name.lower() == login.lower()), "none")
        coarse = {"maintain": "write", "triage": "read"}.get(role, role)
        return {"permission": coarse, "role_name": role, "user": self.shapes.user(login)}

    # -- every request -----------------------------------------------------------------------------------------

    def _limit(self) -> Json:
        return {"limit": 5000, "remaining": 4999, "used": 1, "reset": int(_now().timestamp()) + 3600}

    def _before(self) -> tuple[Response, int, dict[str, str]] | None:
        self.requests.append(f"{request.method} {request.path}")
        if LOG and "X-GitHub-Api-Version" in request.headers:
            line = {"method": request.method, "url": request.full_path, "body": request.get_data(as_text=True)}
            with Path(LOG).open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
        g.fault = next((f for f in self.faults if f.method == request.method and re.fullmatch(f.path, request.path)), None)
        if g.fault is None:
            return None
        self.faults.remove(g.fault)
        return None if g.fault.after else (jsonify(message="made to fail"), g.fault.status, g.fault.headers)

    def _after(self, response: Response) -> Response:
        fault = g.get("fault")
        if fault is not None and fault.after:
            response = Response('{"message":"made to fail"}', fault.status, fault.headers, content_type="application/json")
        for key, value in self._limit().items():
            response.headers.setdefault(f"X-RateLimit-{key.capitalize()}", str(value))
        return response

    def _http_error(self, error: HTTPException) -> tuple[Response, int]:
        """Answer 404 for what is not built here, and remember it: a real GitHub might have answered."""
        if error.code == 404:
            self.state.unknown.append(f"{request.method} {request.path}")
        body = {"message": error.name, "documentation_url": "https://docs.github.com/rest", "status": str(error.code)}
        return jsonify(body), error.code or 500
