"""What GitHub knows beyond git: questions are executed over its schema, and answered from the repository."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import request

from demo.standin.answers import Refusal
from demo.standin.github import GitHub
from tests.graphql.check import wrong_with
from tests.history.repos import git
from tests.standin.graph_nodes import Refused, actor, ordered, page, user
from tests.standin.graphql import executed

_PERSON = re.compile(r"^(author|committer|tagger) (.*?) <(.*?)>", re.MULTILINE)


@dataclass
class GraphQl:
    """What GitHub knows: `accounts` by verified address, and merged pull requests as nodes, oldest first."""

    path: Path
    hub: GitHub
    accounts: dict[str, tuple[int, str]] = field(default_factory=dict)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    broken: dict[str, Refused] = field(default_factory=dict)

    def merged(self, number: int, by: tuple[int, str], author: tuple[int, str], at: str, kind: str = "User") -> None:
        """Add a merged pull request."""
        self.pulls.append({
            "number": number, "title": f"Pull {number}", "mergedAt": at, "mergeCommit": None, "headRefOid": "a" * 40,
            "mergedBy": actor({"id": by[0], "login": by[1], "type": kind}),
            "author": user({"id": author[0], "login": author[1]}),
        })  # fmt: skip

    def answer(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Answer a question asked with an installation's token."""
        token = request.headers.get("Authorization", "").partition(" ")[2]
        if token not in self.hub.state.tokens:
            raise Refusal(401, "Bad credentials")
        if self.errors:
            spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1800)}
            return {"data": None, "errors": self.errors}, spent
        asked = request.get_json()
        wrong = wrong_with(asked["query"], asked["variables"])
        if wrong:
            return {"errors": [{"message": w, "extensions": {"code": "undefinedField"}} for w in wrong]}, {}
        root = {"repository": lambda _: {"object": self._object, "pullRequests": self._pulls}}
        return executed(asked["query"], asked["variables"], root, self.broken), {}

    def _pulls(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return page(ordered(self.pulls, args.get("orderBy"), {"CREATED_AT": lambda p: p["number"]}), lambda p: p, args)

    def _object(self, args: Mapping[str, Any]) -> dict[str, Any]:
        kind = git(self.path, "cat-file", "-t", args["oid"]).strip()
        said: dict[str, Any] = {"__typename": kind.capitalize()}
        for role, name, email in _PERSON.findall(git(self.path, "cat-file", "-p", args["oid"])):
            account = self.accounts.get(email)
            who = user({"id": account[0], "login": account[1]}) if account else None
            said[role] = {"email": email, "name": name, "user": who}
        return said


def serve(hub: GitHub, path: Path) -> GraphQl:
    """Teach a stand-in to answer any question, in place of the two that the demo knows."""
    answers = GraphQl(path=path, hub=hub)
    hub.app.view_functions["POST /graphql"] = answers.answer
    return answers
