"""The questions in GraphQL that the app asks: whose accounts a past's addresses are, who merged, and what stands around.

docs.github.com/en/graphql/reference/objects#repository. The questions are known by their looks: whatever else is asked is
answered as GitHub does a field that it does not have.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

from flask import request

from demo.standin.github_state import Pull, Repo
from demo.standin.shapes import Json, node, stamp

if TYPE_CHECKING:
    from demo.standin.github import GitHub

_OBJECT = re.compile(r"(\w+):object\(oid:\$(\w+)\)")
_PERSON = re.compile(r"^(author|committer|tagger) (.*?) <(.*?)>", re.MULTILINE)
_OID = re.compile(r"[0-9a-f]{40}", re.ASCII)


def routes(hub: GitHub) -> None:
    """Register it on the stand-in."""
    hub.api("POST", "/graphql", "contents")(GraphQl(hub).answer)


class GraphQl:
    """Answers with all fields that may be asked for, asked for or not."""

    def __init__(self, hub: GitHub) -> None:
        self.hub = hub

    def answer(self) -> Json:
        """Answer a question."""
        asked = request.get_json()
        query, variables = asked["query"], asked["variables"]
        if "nodes(ids:" in query:
            return {"data": {"rateLimit": None, "nodes": [self._around(number) for number in variables["ids"]]}}
        repo = self.hub.state.repos.get(f"{variables.get('owner')}/{variables.get('name')}".lower())
        if repo is None:
            return {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "no such repository"}]}
        if "pullRequests(" in query:
            return {"data": {"repository": {"pullRequests": self._merged(repo)}}}
        objects = _OBJECT.findall(query)
        if not objects:
            self.hub.state.unknown.append("POST /graphql")
            return {"errors": [{"message": "Field doesn't exist", "extensions": {"code": "undefinedField"}}]}
        return {"data": {"repository": {name: self._object(repo, variables[variable]) for name, variable in objects}}}

    def _around(self, number: str) -> Json | None:
        """Return what stands around a repository: people with roles, and nothing else all through the story."""
        repo = next((r for r in self.hub.state.repos.values() if node("R", r.id) == number), None)
        if repo is None:
            return None
        nothing = ("deployKeys", "branchProtectionRules", "rulesets", "releases", "environments")
        edges = [{"permission": role.upper(), "node": self._who(login)} for login, role in repo.roles.items()]
        return {
            "databaseId": repo.id,
            "collaborators": {"totalCount": len(edges), "edges": edges},
            **{name: {"totalCount": 0, "nodes": []} for name in nothing},
        }

    def _object(self, repo: Repo, oid: str) -> Json | None:
        if not _OID.fullmatch(oid):
            return None
        command = ["git", "-C", repo.git_dir, "cat-file", "-p", oid]
        shown = subprocess.run(command, check=False, capture_output=True)
        if shown.returncode:
            return None
        head = shown.stdout.decode("utf-8", "replace").partition("\n\n")[0]
        return {role: self._person(name, mail) for role, name, mail in _PERSON.findall(head)}

    def _person(self, name: str, mail: str) -> Json:
        login = self.hub.state.mails.get(mail)
        return {"name": name, "email": mail, "user": self._who(login) if login else None}

    def _who(self, login: str) -> Json:
        account = self.hub.state.account(login)
        return {"__typename": account.kind, "databaseId": account.id, "login": account.login}

    def _merged(self, repo: Repo) -> Json:
        pulls = sorted((p for p in repo.pulls.values() if p.merged_at), key=lambda p: p.number, reverse=True)
        page: dict[str, Any] = {"hasNextPage": False, "endCursor": None}
        return {"pageInfo": page, "nodes": [self._pull(p) for p in pulls]}

    def _pull(self, pull: Pull) -> Json:
        return {
            "number": pull.number,
            "title": pull.title,
            "mergedAt": stamp(pull.merged_at) if pull.merged_at else None,
            "mergeCommit": {"oid": pull.merge_sha} if pull.merge_sha else None,
            "headRefOid": pull.head_sha,
            "mergedBy": self._who(pull.merged_by) if pull.merged_by else None,
            "author": self._who(pull.author),
        }
