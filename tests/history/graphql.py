"""The few GraphQL questions the app asks, answered by the stand-in as GitHub does (docs.github.com/en/graphql)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import request

from demo.standin.answers import Refusal
from demo.standin.github import GitHub
from tests.history.repos import git

_OBJECT = re.compile(r'o(\d+):object\(oid:"([0-9a-f]{40})"\)')
_PERSON = re.compile(r"^(author|committer|tagger) (.*?) <(.*?)>", re.MULTILINE)


@dataclass
class GraphQl:
    """What GitHub knows: `accounts` by verified address, and merged pull requests as nodes, newest first."""

    path: Path
    hub: GitHub
    accounts: dict[str, tuple[int, str]] = field(default_factory=dict)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def merged(self, number: int, by: tuple[int, str], author: tuple[int, str], at: str, kind: str = "User") -> None:
        """Add a merged pull request."""
        self.pulls.insert(0, {
            "number": number, "title": f"Pull {number}", "mergedAt": at, "mergeCommit": None, "headRefOid": "a" * 40,
            "mergedBy": {"__typename": kind, "databaseId": by[0], "login": by[1]},
            "author": {"__typename": "User", "databaseId": author[0], "login": author[1]},
        })  # fmt: skip

    def answer(self) -> dict[str, Any]:
        """Answer a question asked with an installation's token."""
        token = request.headers.get("Authorization", "").partition(" ")[2]
        if token not in self.hub.state.tokens:
            raise Refusal(401, "Bad credentials")
        asked = request.get_json()
        if self.errors:
            return {"data": None, "errors": self.errors}
        if "pullRequests" in asked["query"]:
            first = int(asked["variables"]["after"] or 0)
            page = self.pulls[first : first + 100]
            info = {"hasNextPage": first + 100 < len(self.pulls), "endCursor": str(first + 100)}
            return {"data": {"repository": {"pullRequests": {"pageInfo": info, "nodes": page}}}}
        found = {f"o{number}": self._object(sha) for number, sha in _OBJECT.findall(asked["query"])}
        return {"data": {"repository": found}}

    def _object(self, sha: str) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for role, name, email in _PERSON.findall(git(self.path, "cat-file", "-p", sha)):
            account = self.accounts.get(email)
            user = {"databaseId": account[0], "login": account[1]} if account else None
            said[role] = {"email": email, "name": name, "user": user}
        return said


def serve(hub: GitHub, path: Path) -> GraphQl:
    """Teach a stand-in to answer."""
    answers = GraphQl(path=path, hub=hub)
    hub.app.add_url_rule("/graphql", view_func=answers.answer, methods=["POST"])
    return answers
