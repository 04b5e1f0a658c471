"""Branch protection and rulesets of the stand-in as GraphQL shows them, from what REST shows.

https://docs.github.com/en/graphql/reference/objects#branchprotectionrule and #repositoryruleset;
https://docs.github.com/en/rest/branches/branch-protection and https://docs.github.com/en/rest/repos/rules
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Container, Mapping
from typing import Any

from tests.standin.graph_nodes import Args, Json, Refused, app, forbidden, node_id, page, team, user

GRAPHQL_ONLY = ("bypass_force_push_allowances", "required_deployment_environments")
"""What a test can put beside the fields of a branch's protection: REST has no word for it."""
_ROLES = {1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin"}


def protection(repo: int, branch: str, rest: Mapping[str, Any], hidden_apps: Container[str]) -> Json:
    """Return the rule that protects a branch.

    Args:
        repo: the repository's number.
        branch: its name, or a pattern.
        rest: as REST shows the protection of a branch.
        hidden_apps: slugs of apps that GitHub does not show to this one.
    """
    number = zlib.crc32(f"{repo}/{branch}".encode()) % 10**8
    reviews, checks = rest.get("required_pull_request_reviews"), rest.get("required_status_checks")
    dismissal, pushes = (reviews or {}).get("dismissal_restrictions"), rest.get("restrictions")
    deployments = rest.get("required_deployment_environments")

    def allowances(kind: str, whose: Mapping[str, Any] | None) -> Callable[[Args], Json]:
        return lambda args: page(_members(whose), lambda m: _allowance(kind, repo, m, hidden_apps), args)

    return {
        "__typename": "BranchProtectionRule", "id": node_id("BPR", repo, number), "databaseId": number, "pattern": branch,
        "requiresApprovingReviews": reviews is not None,
        "requiredApprovingReviewCount": None if reviews is None else reviews.get("required_approving_review_count", 1),
        "dismissesStaleReviews": bool((reviews or {}).get("dismiss_stale_reviews")),
        "requiresCodeOwnerReviews": bool((reviews or {}).get("require_code_owner_reviews")),
        "requireLastPushApproval": bool((reviews or {}).get("require_last_push_approval")),
        "restrictsReviewDismissals": dismissal is not None,
        "requiresStatusChecks": checks is not None,
        "requiresStrictStatusChecks": bool((checks or {}).get("strict")),
        "requiredStatusCheckContexts": list((checks or {}).get("contexts", [])),
        "requiredStatusChecks": [_check(c) for c in _checks(checks or {})],
        "requiresDeployments": deployments is not None, "requiredDeploymentEnvironments": deployments or [],
        "restrictsPushes": pushes is not None,
        "isAdminEnforced": _on(rest, "enforce_admins"), "allowsForcePushes": _on(rest, "allow_force_pushes"),
        "allowsDeletions": _on(rest, "allow_deletions"), "blocksCreations": _on(rest, "block_creations"),
        "requiresLinearHistory": _on(rest, "required_linear_history"),
        "requiresCommitSignatures": _on(rest, "required_signatures"),
        "requiresConversationResolution": _on(rest, "required_conversation_resolution"),
        "lockBranch": _on(rest, "lock_branch"), "lockAllowsFetchAndMerge": _on(rest, "allow_fork_syncing"),
        "reviewDismissalAllowances": allowances("ReviewDismissalAllowance", dismissal),
        "pushAllowances": allowances("PushAllowance", pushes),
        "bypassPullRequestAllowances": allowances(
            "BypassPullRequestAllowance", (reviews or {}).get("bypass_pull_request_allowances")
        ),
        "bypassForcePushAllowances": allowances("BypassForcePushAllowance", rest.get("bypass_force_push_allowances")),
    }  # fmt: skip


def _on(rest: Mapping[str, Any], name: str) -> bool:
    return bool((rest.get(name) or {}).get("enabled"))


def _checks(rest: Mapping[str, Any]) -> list[Json]:
    return rest.get("checks") or [{"context": c, "app_id": None} for c in rest.get("contexts", [])]


def _check(rest: Mapping[str, Any]) -> Json:
    number = rest.get("app_id")
    return {"context": rest["context"], "app": app({"id": number}) if number else None}


def _members(rest: Mapping[str, Any] | None) -> list[tuple[str, Json]]:
    return [(group, member) for group in ("users", "teams", "apps") for member in (rest or {}).get(group, [])]


def _allowance(kind: str, repo: int, member: tuple[str, Json], hidden_apps: Container[str]) -> Json:
    group, rest = member
    who: Json | Refused = {"users": user, "teams": team, "apps": app}[group](rest)
    identity = node_id("".join(c for c in kind if c.isupper()), repo, zlib.crc32(str(who["id"]).encode()))
    if group == "apps" and rest.get("slug") in hidden_apps:
        who = forbidden()
    return {"__typename": kind, "id": identity, "actor": who}


def ruleset(rest: Mapping[str, Any], source: Callable[[], Json], *, shows_bypass: bool) -> Json:
    """Return a ruleset.

    Args:
        rest: as REST shows it.
        source: where it was made.
        shows_bypass: whether the installation may edit it; nobody else is told who may bypass it.
    """
    number, name = rest["id"], rest.get("conditions") or {}
    rules = [r for r in rest.get("rules", []) if isinstance(r, dict)]
    actors = [a for a in rest.get("bypass_actors", []) if isinstance(a, dict)]
    at = rest.get("updated_at", "2024-01-01T00:00:00Z")

    def rule(value: Json) -> Json:
        kind = str(value["type"])
        return {"__typename": "RepositoryRule", "id": node_id("RR", number, zlib.crc32(kind.encode())), "type": kind.upper()}

    def listed(args: Args) -> Json:
        return page([r for r in rules if args.get("type") in {None, str(r["type"]).upper()}], rule, args)

    return {
        "__typename": "RepositoryRuleset", "id": node_id("RRS", number), "databaseId": number, "name": rest["name"],
        "target": str(rest.get("target", "branch")).upper(), "enforcement": str(rest["enforcement"]).upper(),
        "createdAt": rest.get("created_at", at), "updatedAt": at, "source": lambda _: source(),
        "conditions": {
            "refName": name.get("ref_name"),
            "repositoryName": {"protected": False, **name["repository_name"]} if "repository_name" in name else None,
            "repositoryId": {"repositoryIds": [node_id("R", n) for n in name["repository_id"]["repository_ids"]]}
            if "repository_id" in name else None,
        },
        "rules": listed,
        "bypassActors": lambda args: page(actors, lambda a: _bypasser(number, a), args) if shows_bypass else None,
    }  # fmt: skip


def _bypasser(ruleset_number: int, rest: Mapping[str, Any]) -> Json:
    kind, number = rest["actor_type"], rest.get("actor_id")
    who = {"Integration": app, "Team": team}.get(kind)
    role = number if kind == "RepositoryRole" else None
    mode = str(rest.get("bypass_mode", "always")).upper()  # REST has a third, which the schema lacks
    mode_shown = mode if mode in {"ALWAYS", "PULL_REQUEST"} else None
    return {
        "__typename": "RepositoryRulesetBypassActor",
        "id": node_id("RRBA", ruleset_number, zlib.crc32(f"{kind}{number}".encode())),
        "actor": who({"id": number}) if who else None,
        "bypassMode": mode_shown, "deployKey": kind == "DeployKey", "enterpriseOwner": kind == "EnterpriseOwner",
        "organizationAdmin": kind == "OrganizationAdmin", "repositoryRoleDatabaseId": role,
        "repositoryRoleName": None if role is None else _ROLES.get(role, f"role-{role}"),
    }  # fmt: skip
