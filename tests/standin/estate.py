"""An organisation in the stand-in for GitHub: all that stands around its repositories, with ETags and a rate limit.

As GitHub does: an ETag is good for the token it was given to, a 304 does not count, a permission that lacks is a 403 (or a
404 for what is an organisation's), and an installation's limit is told with every answer. What the app asks is checked
against GitHub's published description where it leaves (`tests.openapi`). What GraphQL shows (`graph`) is made from the same
lists.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from tests.standin import contents
from tests.standin.github import Answer, GitHub, Installation, Request
from tests.standin.graph_guards import GRAPHQL_ONLY
from tests.standin.graphql import Graph
from tests.standin.repo import Json, Repo
from tests.standin.rules import Rules

__all__ = ["READ", "WRITE_ONLY", "Estate", "Repo", "account"]
READ = {
    "administration": "read", "actions": "read", "actions_variables": "read", "contents": "read", "environments": "read",
    "members": "read", "metadata": "read", "organization_actions_variables": "read", "organization_administration": "read",
    "organization_hooks": "read", "organization_secrets": "read", "organization_self_hosted_runners": "read",
    "repository_hooks": "read", "secrets": "read",
    "organization_custom_org_roles": "read", "organization_dependabot_secrets": "read",
    "organization_personal_access_tokens": "read",
}  # fmt: skip
"""What the app asks for, of which nothing can change anything."""
WRITE_ONLY = {"organization_administration": "write"}
"""What GitHub wants for an organisation's rulesets and for bypasses, and the app never asks for."""


def account(number: int, login: str, kind: str = "User") -> Json:
    """Return an account as GitHub's lists show it."""
    return {"id": number, "login": login, "type": kind, "site_admin": False}


class Estate:
    """One organisation with one installation of the app. Change its lists; `counted` are requests that cost something."""

    def __init__(self, github: GitHub, *, installation: int = 99, login: str = "acme", number: int = 70) -> None:
        self.github, self.installation = github, installation
        self.owner = account(number, login, "Organization")
        self.repos: dict[int, Repo] = {}
        self.owners = [account(1, "olivia")]
        self.outsiders: list[Json] = []
        self.invitations: list[Json] = []
        self.apps: list[Json] = []
        self.hooks: list[Json] = []
        self.secrets: list[Json] = []
        self.variables: list[Json] = []
        self.runners: list[Json] = []
        self.rulesets: list[Json] = []
        self.covered: dict[int, set[int]] = {}  # repositories by ruleset; all of them where nothing is said
        self.bypasses: list[Json] = []
        self.actions: Json = {"enabled_repositories": "all", "allowed_actions": "all"}
        self.workflow: Json = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
        self.rules = Rules()
        self.limit, self.counted, self.unchanged = 5000, 0, 0
        self.accounts: dict[str, Json] = {}
        self.graph = Graph(self)
        self.etags_outlive_tokens = False
        self.asked: Counter[str] = Counter()
        github.installations[installation] = Installation(permissions=dict(READ))
        self._routes()

    def repo(self, name: str, number: int = 0) -> Repo:
        """Make a repository."""
        made = Repo(id=number or 700 + len(self.repos), full_name=f"{self.owner['login']}/{name}")
        self.repos[made.id] = made
        return made

    @property
    def permissions(self) -> Mapping[str, str]:
        """What the installation may do."""
        return self.github.installations[self.installation].permissions

    @property
    def graphql_requests(self) -> int:
        """How many questions were asked in GraphQL."""
        return self.graph.requests

    @property
    def points(self) -> int:
        """How many points of GraphQL's limit are spent."""
        return self.graph.points

    def grant(self, **permissions: str) -> None:
        """Give the installation more permissions."""
        held = self.github.installations[self.installation]
        held.permissions = {**held.permissions, **permissions}

    def refuse(self, *names: str) -> None:
        """Take permissions from the installation."""
        held = self.github.installations[self.installation]
        held.permissions = {k: v for k, v in held.permissions.items() if k not in names}

    # -- routes ------------------------------------------------------------------------------------------------

    def _routes(self) -> None:
        org = f"/orgs/{self.owner['login']}"
        self.github.route("POST", "/graphql", self.graph.answer)
        self.github.route("GET", rf"/app/installations/{self.installation}", lambda _: self._installed())
        self.listing(
            "/installation/repositories", "metadata", lambda _: [r.shown(self.owner) for r in self._all()], "repositories"
        )
        self.listing(f"{org}/members", "members", lambda r: self.owners if r.query.get("role") == ["admin"] else [])
        self.listing(f"{org}/outside_collaborators", "members", lambda _: self.outsiders)
        self.listing(f"{org}/invitations", "members", lambda _: self.invitations)
        self.listing(f"{org}/installations", "organization_administration", lambda _: self.apps, "installations")
        self.listing(f"{org}/hooks", "organization_hooks", lambda _: self.hooks)
        self.listing(f"{org}/actions/secrets", "organization_secrets", lambda _: self.secrets, "secrets")
        self.listing(f"{org}/actions/variables", "organization_actions_variables", lambda _: self.variables, "variables")
        self.listing(f"{org}/actions/runners", "organization_self_hosted_runners", lambda _: self.runners, "runners")
        self.listing(f"{org}/rulesets", "organization_administration:write", lambda _: _listed(self.rulesets))
        self.item(
            rf"{org}/rulesets/(\d+)", "organization_administration:write", lambda r: _numbered(self.rulesets, r.found[0])
        )
        suites = "organization_administration:write"
        self.listing(f"{org}/rulesets/rule-suites", suites, lambda _: self.bypasses)
        self.item(f"{org}/actions/permissions", "organization_administration", lambda _: self.actions)
        self.item(f"{org}/actions/permissions/workflow", "organization_administration", lambda _: self.workflow)
        self.rules.route(org, self)
        name = r"/repos/([^/]+/[^/]+)"
        for end, permission, field_, inside in (
            ("collaborators", "metadata", "collaborators", ""), ("invitations", "administration", "invitations", ""),
            ("hooks", "repository_hooks", "hooks", ""), ("keys", "administration", "keys", ""),
            ("actions/secrets", "secrets", "secrets", "secrets"),
            ("actions/variables", "actions_variables", "variables", "variables"),
            ("actions/runners", "administration", "runners", "runners"),
        ):  # fmt: skip
            self.listing(f"{name}/{end}", permission, lambda r, f=field_: getattr(self._named(r), f), inside)
        self.listing(f"{name}/environments", "actions", lambda r: _environments(self._named(r)), "environments")
        self.listing(
            f"{name}/environments/([^/]+)/secrets",
            "environments",
            lambda r: self._named(r).environments[r.found[1]],
            "secrets",
        )
        self.listing(f"{name}/rulesets", "metadata", lambda r: _listed(self._applying(r)))
        self.item(rf"{name}/rulesets/(\d+)", "metadata", self._ruleset)
        self.listing(f"{name}/activity", "contents", lambda r: self._named(r).activity)
        self.listing(f"{name}/rules/branches/(.+)", "metadata", self._holding)
        self.listing(
            f"{name}/branches", "contents", lambda r: [{"name": b, "protected": True} for b in self._named(r).protected]
        )
        self.item(f"{name}/branches/(.+)/protection", "administration", lambda r: _protection(self._named(r), r))
        self.item(f"{name}/actions/permissions", "administration", lambda r: self._named(r).actions)
        self.item(f"{name}/actions/permissions/workflow", "administration", lambda r: self._named(r).workflow)
        self.listing(f"{name}/releases", "contents", lambda r: self._named(r).releases)
        at = lambda r: r.query.get("ref", [self._named(r).default_branch])[0]  # noqa: E731 - the one parameter
        self.item(f"{name}/contents/(.+)", "contents", lambda r: contents.shown(self._named(r), r.found[1], at(r)))
        self.item(f"{name}/git/matching-refs/tags/", "contents", lambda r: _refs(self._named(r)))

    def _all(self) -> list[Repo]:
        return [self.repos[number] for number in sorted(self.repos)]

    def _named(self, request: Request) -> Repo:
        return next(r for r in self.repos.values() if r.full_name == request.found[0])

    def _installed(self) -> Answer:
        held = self.github.installations.get(self.installation)
        if held is None:
            return Answer(status=404, body={"message": "Not Found"})
        return Answer(body={
            "id": self.installation, "account": self.owner, "target_type": "Organization",
            "permissions": dict(held.permissions),
            "suspended_at": "2024-01-01T00:00:00Z" if held.suspended else None,
        })  # fmt: skip

    def _applying(self, request: Request) -> list[Json]:
        """A repository's own rulesets, and those of the organisation that apply to it, unless one asks without."""
        repo = self._named(request)
        parents = [r for r in self.rulesets if repo.id in self.covered.get(r["id"], self.repos)]
        return repo.rulesets + (parents if request.query.get("includes_parents") != ["false"] else [])

    def _holding(self, request: Request) -> list[Json]:
        """The rules in force for a branch; every ruleset of the stand-in covers every branch."""
        return [
            {"type": rule["type"], "ruleset_id": shown["id"], "ruleset_source_type": shown.get("source_type", "Repository")}
            for shown in self._applying(request) if shown["enforcement"] == "active" for rule in shown["rules"]
        ]  # fmt: skip

    def _ruleset(self, request: Request) -> Json | None:
        """Only those who may edit a ruleset see who may bypass it."""
        shown = _numbered(self._applying(request), request.found[1])
        owned = shown is not None and shown.get("source_type") == "Organization"
        name = "organization_administration" if owned else "administration"
        writes = self.github.installations[self.installation].permissions.get(name) == "write"
        return shown if shown is None or writes else {k: v for k, v in shown.items() if k != "bypass_actors"}

    def listing(self, path: str, permission: str, members: Callable[[Request], list[Json]], inside: str = "") -> None:
        """Answer with pages of a list to whoever has the permission."""

        def answer(request: Request) -> Any:
            found = members(request)
            size, page = int(request.query.get("per_page", ["30"])[0]), int(request.query.get("page", ["1"])[0])
            here = found[(page - 1) * size : page * size]
            return {"total_count": len(found), inside: here} if inside else here

        self.item(path, permission, answer)

    def item(self, path: str, permission: str, answer: Callable[[Request], Any]) -> None:
        """Answer with one object to whoever has the permission; 404 for none."""
        self.github.route("GET", path, lambda request: self._answered(request, permission, answer))

    def _answered(self, request: Request, permission: str, answer: Callable[[Request], Any]) -> Answer:
        self.asked[request.path] += 1
        if self.counted >= self.limit:
            said = {"message": f"API rate limit exceeded for installation ID {self.installation}."}
            return Answer(status=403, body=said, headers=self._limits())
        held = self.github.installations[self.installation].permissions
        name, _, level = permission.partition(":")
        if held.get(name, "") not in {"read", "write"} or (level == "write" and held[name] != "write"):
            self.counted += 1
            return Answer(status=403, body={"message": "Resource not accessible by integration"}, headers=self._limits())
        try:
            body = answer(request)
        except StopIteration:
            body = None
        if isinstance(body, Answer):
            self.counted += 1
            return body
        if body is None:
            self.counted += 1
            return Answer(status=404, body={"message": "Not Found"}, headers=self._limits())
        whose = "" if self.etags_outlive_tokens else request.headers["authorization"]
        etag = 'W/"' + hashlib.sha256((whose + json.dumps(body)).encode()).hexdigest() + '"'
        if request.headers.get("if-none-match") == etag:
            self.unchanged += 1
            return Answer(status=304, headers={**self._limits(), "ETag": etag})
        self.counted += 1
        return Answer(body=body, headers={**self._limits(), "ETag": etag})

    def _limits(self) -> dict[str, str]:
        reset = int(time.time()) + 1800
        return {
            "X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(max(self.limit - self.counted, 0)),
            "X-RateLimit-Reset": str(reset),
        }  # fmt: skip


def _listed(rulesets: list[Json]) -> list[Json]:
    return [{k: r[k] for k in ("id", "name", "source_type", "enforcement", "updated_at") if k in r} for r in rulesets]


def _numbered(found: list[Json], number: str) -> Json | None:
    return next((f for f in found if f["id"] == int(number)), None)


def _refs(repo: Repo) -> list[Json]:
    kinds = {name: (repo.objects.get(sha) or {}).get("type", "commit") for name, sha in repo.tags.items()}
    return [{"ref": f"refs/tags/{n}", "object": {"sha": sha, "type": kinds[n]}} for n, sha in repo.tags.items()]


def _environments(repo: Repo) -> list[Json]:
    return [{"name": n, "protection_rules": repo.gates.get(n, []), **repo.deployers.get(n, {})} for n in repo.environments]


def _protection(repo: Repo, request: Request) -> Json | None:
    held = repo.protected.get(request.found[1])
    return None if held is None else {k: v for k, v in held.items() if k not in GRAPHQL_ONLY}
