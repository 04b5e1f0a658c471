"""The stand-in's drafts of security advisories, as far as an app writes them.

Pages: docs.github.com/rest/security-advisories/repository-advisories.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Response, request

from demo.standin.answers import Refusal
from demo.standin.github_state import Repo
from demo.standin.shapes import Json

if TYPE_CHECKING:
    from demo.standin.github import GitHub

_SEVERITIES = {"critical", "high", "medium", "low"}
_ALPHABET = "23456789cfghjmpqrvwx"
_LIMITS = {"summary": 1_024, "description": 65_535}


def routes(hub: GitHub) -> None:
    """Register everything on the stand-in."""
    reports, at = Reports(hub), "/repos/<owner>/<name>"
    hub.api("GET", f"{at}/security-advisories", "repository_advisories", "read")(reports.advisories)
    hub.api("POST", f"{at}/security-advisories", "repository_advisories", "write")(reports.create_advisory)
    hub.api("PATCH", f"{at}/security-advisories/<ghsa>", "repository_advisories", "write")(reports.edit_advisory)


class Reports:
    """Advisories, which begin as drafts that only maintainers see."""

    def __init__(self, hub: GitHub) -> None:
        self.hub = hub

    def advisories(self, repo: Repo) -> Response:
        """GET the advisories, newest first."""
        return self.hub.page(list(reversed(repo.advisories.values())))

    def create_advisory(self, repo: Repo) -> tuple[Json, int]:
        """POST a draft: an ecosystem is required, and one of severity and CVSS."""
        body = self._body(("summary", "description", "vulnerabilities"))
        packages = [v.get("package") for v in body["vulnerabilities"] if isinstance(v, dict)]
        if not packages or not all(isinstance(p, dict) and p.get("ecosystem") == "other" for p in packages):
            raise Refusal(422, "Invalid request.\n\nvulnerabilities: package and ecosystem are required.")
        if body.get("severity") not in _SEVERITIES:
            raise Refusal(422, "Invalid request.\n\nseverity is not a member of [critical, high, medium, low].")
        ghsa = "GHSA-" + "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
        html_url = f"{self.hub.url}/{repo.full_name}/security/advisories/{ghsa}"
        repo.advisories[ghsa] = {**body, "ghsa_id": ghsa, "state": "draft", "html_url": html_url}
        return repo.advisories[ghsa], 201

    def edit_advisory(self, repo: Repo, ghsa: str) -> Json:
        """PATCH an advisory."""
        if ghsa not in repo.advisories:
            raise Refusal(404, "Not Found")
        repo.advisories[ghsa].update(self._body(()))
        return repo.advisories[ghsa]

    @staticmethod
    def _body(required: tuple[str, ...]) -> Json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or any(not body.get(name) for name in required):
            raise Refusal(422, f"Invalid request.\n\n{', '.join(required)} must be given.")
        if any(len(str(body.get(name) or "")) > most for name, most in _LIMITS.items()):
            raise Refusal(422, "Validation Failed")
        return body
