"""A repository in the stand-in for GitHub, and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.standin.graph_nodes import node_id

Json = dict[str, Any]


@dataclass
class Repo:
    """A repository and what stands around it; every list holds objects of GitHub's shapes (those of its REST API).

    `gates` are an environment's protection rules, `deployers` its other limits; `objects` has commits and tags by name, with
    a `type`; `files` has the content at a commit and a path, `modes` git's mode where it is not that of a plain file.
    """

    id: int
    full_name: str
    pushed_at: str = "2024-01-01T00:00:00Z"
    default_branch: str = "main"
    collaborators: list[Json] = field(default_factory=list)
    invitations: list[Json] = field(default_factory=list)
    hooks: list[Json] = field(default_factory=list)
    keys: list[Json] = field(default_factory=list)
    secrets: list[Json] = field(default_factory=list)
    variables: list[Json] = field(default_factory=list)
    environments: dict[str, list[Json]] = field(default_factory=dict)
    runners: list[Json] = field(default_factory=list)
    rulesets: list[Json] = field(default_factory=list)
    protected: dict[str, Json] = field(default_factory=dict)
    actions: Json = field(default_factory=lambda: {"enabled": True, "allowed_actions": "all"})
    workflow: Json = field(
        default_factory=lambda: {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
    )
    tags: dict[str, str] = field(default_factory=dict)
    releases: list[Json] = field(default_factory=list)
    updated_at: str = "2024-01-01T00:00:00Z"
    visibility: str = "private"
    archived: bool = False
    vulnerability_alerts: bool = True
    head: str = "f" * 40
    gates: dict[str, list[Json]] = field(default_factory=dict)
    deployers: dict[str, Json] = field(default_factory=dict)
    pulls: list[Json] = field(default_factory=list)
    objects: dict[str, Json] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    activity: list[Json] = field(default_factory=list)
    modes: dict[tuple[str, str], int] = field(default_factory=dict)

    def shown(self, owner: Json) -> Json:
        """Return it as GitHub lists it."""
        return {
            "id": self.id, "node_id": node_id("R", self.id), "full_name": self.full_name,
            "name": self.full_name.partition("/")[2], "owner": owner, "default_branch": self.default_branch,
            "visibility": self.visibility, "private": self.visibility != "public", "archived": self.archived,
            "pushed_at": self.pushed_at, "updated_at": self.updated_at,
        }  # fmt: skip

    def branches(self) -> dict[str, str]:
        """Return the commit at each branch's head; a protected branch that is not a pattern is there as well."""
        named = [name for name in (self.default_branch, *self.protected) if "*" not in name]
        return dict.fromkeys(named, self.head) if self.head else {}

    def commits(self) -> set[str]:
        """Return the names of all commits and tag objects that are there."""
        merged = {pull["merge_commit_sha"] for pull in self.pulls}
        return {
            *self.objects,
            *self.branches().values(),
            *self.tags.values(),
            *merged,
            *(commit for commit, _ in self.files),
        }
