"""The stand-in's issues, beside its pull requests.

Pages: docs.github.com/rest/issues/issues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from demo.standin.answers import Refusal
from demo.standin.github_state import Repo
from demo.standin.shapes import Json, node, stamp

if TYPE_CHECKING:
    from demo.standin.github import GitHub

_BODY, _TITLE = 65_536, 256


def routes(hub: GitHub) -> None:
    """Register everything on the stand-in."""
    issues, at = Issues(hub), "/repos/<owner>/<name>/issues"
    hub.api("GET", at, "issues", "read")(issues.all)
    hub.api("POST", at, "issues", "write")(issues.create)
    hub.api("PATCH", f"{at}/<int:number>", "issues", "write")(issues.edit)


class Issues:
    """Issues that are no pull requests."""

    def __init__(self, hub: GitHub) -> None:
        self.hub = hub

    def all(self, repo: Repo) -> Response:
        """GET the issues, by who opened them if asked; the newest first."""
        creator = request.args.get("creator", "").lower()
        found = [i for i in repo.issues.values() if creator in {"", str(i.get("user", {}).get("login")).lower()}]
        return self.hub.page(found[::-1])

    def create(self, repo: Repo) -> tuple[Json, int]:
        """POST an issue; `state` is not taken here."""
        given = self._checked(new=True)
        number = max([0, *repo.pulls, *repo.issues]) + 1
        repo.issues[number] = {
            "id": self.hub.state.next_id(),
            "node_id": node("I", number),
            "number": number,
            "title": given["title"],
            "body": given.get("body"),
            "state": "open",
            "state_reason": None,
            "user": self.hub.shapes.user(self.hub.state.bot),
            "html_url": f"{self.hub.url}/{repo.full_name}/issues/{number}",
            "created_at": stamp(self.hub.clock()),
            "updated_at": stamp(self.hub.clock()),
            "labels": [],
            "assignees": [],
        }
        return repo.issues[number], 201

    def edit(self, repo: Repo, number: int) -> Json:
        """PATCH an issue."""
        if number not in repo.issues:
            raise Refusal(404, "Not Found")
        given = self._checked(new=False)
        fields: Json = {k: given[k] for k in ("title", "body", "state", "state_reason") if k in given}
        repo.issues[number].update(fields, updated_at=stamp(self.hub.clock()))
        return repo.issues[number]

    def _checked(self, *, new: bool) -> Json:
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            raise Refusal(400, "Problems parsing JSON")
        title, body = given.get("title"), given.get("body")
        if (new or title is not None) and (not isinstance(title, str) or not 0 < len(title) <= _TITLE):
            raise Refusal(422, "Validation Failed")
        if body is not None and len(body) > _BODY:
            raise Refusal(422, "Validation Failed")
        if given.get("state", "open") not in {"open", "closed"}:
            raise Refusal(422, "Validation Failed")
        return given
