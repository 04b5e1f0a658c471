"""GitHub's side of signing in: the page that asks, the token for the code, and what the person may do.

Shaped by docs.github.com, "Generating a user access token for a GitHub App", and rest/apps/installations.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import jsonify, request

from demo.standin.serving import Routes, Serving

CLIENT_ID, CLIENT_SECRET = "Iv23test", "client-secret"


@dataclass
class GitHubSignIn:
    """One person on GitHub who says yes. `permissions` are by repository id; `trouble` is a path and the status it gets."""

    person: dict[str, Any]
    permissions: dict[int, dict[str, bool]] = field(default_factory=dict)
    owner: int = 9
    trouble: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the server; it is started by `start`."""
        self.app = Routes(__name__)
        self.app.before_request(self._trouble)
        self.app.add_url_rule("/login/oauth/access_token", view_func=self._token, methods=["POST"])
        self.app.add_url_rule("/user", view_func=lambda: self._known() or jsonify(self.person))
        self.app.add_url_rule("/user/installations", view_func=self._installations)
        self.app.add_url_rule("/user/installations/77/repositories", view_func=self._repositories)
        self.serving = Serving(self.app)
        self.url = self.serving.url

    def start(self) -> GitHubSignIn:
        """Begin to answer."""
        self.serving.start()
        return self

    def say_yes(self, asked: str) -> dict[str, str]:
        """Be the person who presses "Authorize" on GitHub's page; return what the browser is sent back with."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked).query).items()}
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query["code_challenge"]
        return {"code": code, "state": query["state"]}

    def _trouble(self) -> Any:
        self.seen.append(request.full_path)
        status = self.trouble.get(request.path)
        return None if status is None else (jsonify(message="made to fail"), status)

    def _token(self) -> Any:
        form = request.form
        challenge = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = challenge == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("client_secret") != CLIENT_SECRET or not proven:
            return jsonify(error="bad_verification_code", error_description="The code passed is incorrect or expired.")
        return jsonify(access_token="ghu_test", token_type="bearer", scope="")

    def _known(self) -> Any:
        if request.headers.get("Authorization") != "Bearer ghu_test":
            return jsonify(message="Bad credentials"), 401
        return None

    def _installations(self) -> Any:
        return self._known() or jsonify(total_count=1, installations=[{"id": 77, "account": {"id": self.owner}}])

    def _repositories(self) -> Any:
        page, size = int(request.args["page"]), int(request.args["per_page"])
        shown = [{"id": n, "owner": {"id": self.owner}, "permissions": p} for n, p in self.permissions.items()]
        return self._known() or jsonify(total_count=len(shown), repositories=shown[(page - 1) * size : page * size])
