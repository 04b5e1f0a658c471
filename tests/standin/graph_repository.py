"""Repositories of the stand-in as GraphQL shows them, from the same state that its REST API shows.

https://docs.github.com/en/graphql/reference/objects#repository
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tests.standin.graph_guards import protection, ruleset
from tests.standin.graph_nodes import Args, Json, Refused, actor, forbidden, node_id, number_of, ordered, page, team, user
from tests.standin.graph_objects import git_object, named

if TYPE_CHECKING:
    from tests.standin.estate import Estate
    from tests.standin.repo import Repo

_SOME_DAY = "2024-01-01T00:00:00Z"
_PERMISSIONS = ("admin", "maintain", "write", "triage", "read")


class Shown:
    """What an installation is shown of an organisation.

    Args:
        estate: the organisation.
        permissions: what the installation may do.
        hidden_apps: slugs of apps that GitHub does not show to this one: naming them is refused.
    """

    def __init__(self, estate: Estate, permissions: Mapping[str, str], hidden_apps: set[str]) -> None:
        self._estate, self._permissions, self._hidden_apps = estate, permissions, hidden_apps
        self._by_id = {node_id("R", repo.id): repo for repo in estate.repos.values()}

    def by_id(self, identity: str) -> Json | Refused:
        """Return whatever has an id; only repositories and the organisation can be asked for by it here."""
        owner = self.organisation()
        if identity == owner["id"]:
            return owner
        found = self._by_id.get(identity)
        missing = f"Could not resolve to a node with the global id of '{identity}'"
        return Refused(missing, "NOT_FOUND") if found is None else self.repository(found)

    def by_name(self, owner: str, name: str) -> Json:
        """Return a repository.

        Raises:
            Refused: there is none of this name.
        """
        full_name = f"{owner}/{name}"
        found = next((r for r in self._estate.repos.values() if r.full_name.lower() == full_name.lower()), None)
        if found is None:
            raise Refused(f"Could not resolve to a Repository with the name '{full_name}'.", "NOT_FOUND")
        return self.repository(found)

    def organisation(self) -> Json:
        """Return the organisation itself."""
        number, login = self._estate.owner["id"], self._estate.owner["login"]
        return {"__typename": "Organization", "id": node_id("O", number), "databaseId": number, "login": login}

    def repository(self, repo: Repo) -> Json:
        """Return a repository; what needs a permission is refused where it is missing."""
        needs = self._needing
        return {
            "__typename": "Repository", "id": node_id("R", repo.id), "databaseId": repo.id,
            "name": repo.full_name.partition("/")[2], "nameWithOwner": repo.full_name, "owner": self.organisation(),
            "createdAt": _SOME_DAY, "updatedAt": repo.updated_at, "pushedAt": repo.pushed_at,
            "archivedAt": repo.updated_at if repo.archived else None, "isArchived": repo.archived,
            "visibility": repo.visibility.upper(), "isPrivate": repo.visibility != "public",
            "isDisabled": False, "isEmpty": not repo.head, "isFork": False, "isLocked": False, "isTemplate": False,
            "hasVulnerabilityAlertsEnabled": repo.vulnerability_alerts, "webCommitSignoffRequired": False,
            "defaultBranchRef": needs("contents", lambda _: self._ref(repo, f"refs/heads/{repo.default_branch}")),
            "ref": needs("contents", lambda args: self._ref(repo, args["qualifiedName"])),
            "refs": needs("contents", lambda args: self._refs(repo, args)),
            "object": needs("contents", lambda args: self._object(repo, args)),
            "releases": needs("contents", lambda args: self._releases(repo, args)),
            "release": needs("contents", lambda args: named(self._release, repo.releases, "tag_name", args["tagName"])),
            "pullRequests": needs("pull_requests", lambda args: self._pulls(repo, args)),
            "collaborators": needs("metadata", lambda args: self._collaborators(repo, args)),
            "deployKeys": needs("administration", lambda args: page(repo.keys, lambda k: _key(repo.id, k), args)),
            "branchProtectionRules": needs("administration", lambda args: self._protections(repo, args)),
            "rulesets": needs("metadata", lambda args: page(list(self._rulesets(repo, args)), self._ruleset(repo), args)),
            "ruleset": needs(
                "metadata", lambda a: named(self._ruleset(repo), list(self._rulesets(repo, a)), "id", a["databaseId"])
            ),
            "environments": needs("actions", lambda args: page(_environments(repo, args), _environment(repo), args)),
            "environment": needs(
                "actions", lambda a: _environment(repo)(a["name"]) if a["name"] in repo.environments else None
            ),
        }  # fmt: skip

    def _needing(self, permission: str, answer: Callable[[Args], Any]) -> Callable[[Args], Any]:
        def answered(args: Args) -> Any:
            if self._permissions.get(permission) not in {"read", "write"}:
                raise forbidden()
            return answer(args)

        return answered

    # -- who may ------------------------------------------------------------------------------------------------

    def _collaborators(self, repo: Repo, args: Args) -> Json:
        found = list(repo.collaborators)
        if args.get("affiliation") in {None, "ALL"}:
            there = {c["id"] for c in found}
            found += [{**o, "role_name": "admin", "from": "owner"} for o in self._estate.owners if o["id"] not in there]
        elif args["affiliation"] == "OUTSIDE":
            outside = {o["id"] for o in self._estate.outsiders}
            found = [c for c in found if c["id"] in outside]
        return page(found, user, args, permission=_permission, permissionSources=lambda c: [self._source(repo, c)])

    def _source(self, repo: Repo, rest: Json) -> Json:
        base = {"MAINTAIN": "WRITE", "TRIAGE": "READ"}
        held = _permission(rest)
        return {
            "permission": base.get(held, held), "roleName": rest.get("role_name"),
            "source": self.organisation() if rest.get("from") == "owner" else self.repository(repo),
        }  # fmt: skip

    def _protections(self, repo: Repo, args: Args) -> Json:
        return page(list(repo.protected.items()), lambda p: protection(repo.id, *p, self._hidden_apps), args)

    def _rulesets(self, repo: Repo, args: Args) -> Iterator[Json]:
        targets = args.get("targets")
        above = [r for r in self._estate.rulesets if repo.id in self._estate.covered.get(r["id"], self._estate.repos)]
        for rest in repo.rulesets + (above if args.get("includeParents", True) else []):
            if targets is None or str(rest.get("target", "branch")).upper() in targets:
                yield rest

    def _ruleset(self, repo: Repo) -> Callable[[Json], Json]:
        def make(rest: Json) -> Json:
            mine = any(rest is own for own in repo.rulesets)
            needs = "administration" if mine else "organization_administration"
            source = (lambda: self.repository(repo)) if mine else self.organisation
            return ruleset(rest, source, shows_bypass=self._permissions.get(needs) == "write")

        return make

    # -- what is there ------------------------------------------------------------------------------------------

    def _ref(self, repo: Repo, name: str) -> Json | None:
        for prefix, held in (("refs/heads/", repo.branches()), ("refs/tags/", repo.tags)):
            short = name.removeprefix(prefix)
            if name.startswith(prefix) and short in held:
                return {
                    "__typename": "Ref", "id": node_id("REF", repo.id, zlib.crc32(name.encode())), "name": short,
                    "prefix": prefix, "target": git_object(self._estate, repo, held[short]),
                }  # fmt: skip
        return None

    def _refs(self, repo: Repo, args: Args) -> Json:
        prefix = args["refPrefix"]
        held = {"refs/heads/": repo.branches(), "refs/tags/": repo.tags}.get(prefix, {})
        keys = {"ALPHABETICAL": lambda n: n, "TAG_COMMIT_DATE": lambda n: (repo.objects.get(held[n]) or {}).get("date", "")}
        names = ordered(sorted(held), args.get("orderBy"), keys)
        return page([n for n in names if (args.get("query") or "") in n], lambda n: self._ref(repo, prefix + n), args)

    def _object(self, repo: Repo, args: Args) -> Json | None:
        return git_object(self._estate, repo, args.get("oid") or args.get("expression") or "")

    def _releases(self, repo: Repo, args: Args) -> Json:
        keys = {"CREATED_AT": lambda r: r.get("created_at", ""), "NAME": lambda r: r.get("name") or ""}
        return page(ordered(repo.releases, args.get("orderBy"), keys), self._release, args)

    def _release(self, rest: Json) -> Json:
        at = rest.get("created_at", _SOME_DAY)
        return {
            "__typename": "Release", "id": node_id("RE", rest["id"]), "databaseId": rest["id"], "name": rest.get("name"),
            "tagName": rest["tag_name"], "isDraft": bool(rest.get("draft")), "isPrerelease": bool(rest.get("prerelease")),
            "isLatest": False, "createdAt": at, "publishedAt": rest.get("published_at"),
            "updatedAt": rest.get("updated_at", at),
            "author": user(rest["author"]) if rest.get("author") else None,
            "releaseAssets": lambda args: page(_named_assets(rest, args), _asset, args),
        }  # fmt: skip

    def _pulls(self, repo: Repo, args: Args) -> Json:
        base, states = args.get("baseRefName"), args.get("states")
        kept = [p for p in repo.pulls if base in {None, p["base"]["ref"]} and (states is None or _state(p) in states)]
        keys = {
            "CREATED_AT": lambda p: p["number"],
            "UPDATED_AT": lambda p: p.get("updated_at", ""),
            "COMMENTS": lambda _: 0,
        }
        return page(ordered(kept, args.get("orderBy"), keys), lambda p: self._pull(repo, p), args)

    def _pull(self, repo: Repo, rest: Json) -> Json:
        merge = rest.get("merge_commit_sha") if rest.get("merged_at") else None
        return {
            "__typename": "PullRequest", "id": node_id("PR", repo.id, rest["number"]), "number": rest["number"],
            "title": rest["title"], "merged": bool(rest.get("merged_at")), "mergedAt": rest.get("merged_at"),
            "mergeCommit": lambda _: git_object(self._estate, repo, merge) if merge else None,
            "headRefOid": rest["head"]["sha"], "baseRefName": rest["base"]["ref"],
            "mergedBy": actor(rest.get("merged_by")), "author": actor(rest.get("user")),
        }  # fmt: skip


def _permission(rest: Json) -> str:
    """Return one of GitHub's five; a custom role counts as what it was made from."""
    role = rest.get("role_name", "read")
    if role in _PERMISSIONS:
        return str(role).upper()
    held = rest.get("permissions") or {"push": True}
    words = {"admin": "ADMIN", "maintain": "MAINTAIN", "push": "WRITE", "triage": "TRIAGE"}
    return next((word for name, word in words.items() if held.get(name)), "READ")


def _state(rest: Json) -> str:
    return "MERGED" if rest.get("merged_at") else str(rest.get("state", "open")).upper()


def _key(repo: int, rest: Json) -> Json:
    return {
        "__typename": "DeployKey", "id": node_id("DK", repo, rest["id"]), "key": rest["key"], "title": rest.get("title", ""),
        "readOnly": bool(rest.get("read_only")), "verified": True, "createdAt": rest.get("created_at", _SOME_DAY),
    }  # fmt: skip


def _named_assets(rest: Json, args: Args) -> list[Json]:
    return [asset for asset in rest.get("assets", []) if args.get("name") in {None, asset["name"]}]


def _asset(rest: Json) -> Json:
    at = rest.get("created_at", _SOME_DAY)
    return {
        "__typename": "ReleaseAsset", "id": node_id("RA", rest["id"]), "name": rest["name"], "size": rest["size"],
        "contentType": rest.get("content_type", "application/octet-stream"), "createdAt": at,
        "updatedAt": rest.get("updated_at", at), "uploadedBy": user(rest.get("uploader") or {"login": "ghost", "id": 10137}),
    }  # fmt: skip


def _environments(repo: Repo, args: Args) -> list[str]:
    return [name for name in sorted(repo.environments) if not args.get("names") or name in args["names"]]


def _environment(repo: Repo) -> Callable[[str], Json]:
    def make(name: str) -> Json:
        number = zlib.crc32(f"{repo.id}/{name}".encode()) % 10**8
        gates = repo.gates.get(name, [])
        return {
            "__typename": "Environment", "id": node_id("EN", repo.id, number), "databaseId": number, "name": name,
            "protectionRules": lambda args: page(gates, _gate, args),
        }  # fmt: skip

    return make


def _gate(rest: Json) -> Json:
    who: list[tuple[str, Json]] = [(r["type"], r["reviewer"]) for r in rest.get("reviewers", [])]
    return {
        "databaseId": number_of(rest, "type"), "type": str(rest["type"]).upper(), "timeout": rest.get("wait_timer", 0),
        "preventSelfReview": rest.get("prevent_self_review"),
        "reviewers": lambda args: page(who, lambda w: (team if w[0] == "Team" else user)(w[1]), args),
    }  # fmt: skip
