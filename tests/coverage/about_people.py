"""Roles, teams, organisations, keys, tokens, and this app itself."""

from __future__ import annotations

from typing import Any

from tests.coverage.corpus import (
    ANNA,
    BEN,
    CRITICAL,
    HIGH,
    INFO,
    LATER,
    LOW,
    MALLORY,
    MEDIUM,
    NOW,
    Case,
    Line,
)


def member(action: str, was: str = "", now: str = "") -> Line:
    """Return a collaborator's role."""
    roles = {"role_name": {"to": now}} if action == "added" else {"permission": {"from": was, "to": now}}
    over: dict[str, Any] = {"member": BEN, "sender": ANNA, **({"changes": roles} if now else {})}
    return Line(event="member", name=f"member-{action}", over=over, at=NOW)


def _named(number: int, name: str, permission: str) -> dict[str, Any]:
    here = "https://api.github.com/teams/5"
    return {
        "id": number, "name": name, "node_id": "x", "slug": name, "description": None, "privacy": "closed",
        "permission": permission, "url": here, "html_url": here, "members_url": here, "repositories_url": here,
        "parent": None, "notification_setting": "notifications_enabled",
    }  # fmt: skip


def team(action: str, permission: str = "push", at: str = NOW, **changes: Any) -> Line:
    """Return something that happens to the team `core`."""
    over: dict[str, Any] = {"team": _named(5, changes.pop("called", "core"), permission), "sender": ANNA, **changes}
    if action not in {"created", "deleted"} and "repository" not in over:
        over["repository"] = REPOSITORY_OF_TEAM | {"permissions": _permissions(permission)}
    return Line(event="team", name=f"team-{action.replace('_', '-')}", over=over, at=at)


def _permissions(role: str) -> dict[str, bool]:
    order = ("pull", "triage", "push", "maintain", "admin")
    return {name: order.index(name) <= order.index(role) for name in order}


def _repository_of_team() -> dict[str, Any]:
    here = "https://api.github.com/repos/acme/tool"
    links = (
        "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents",
        "contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks",
        "issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones", "notifications",
        "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams", "trees",
    )  # fmt: skip
    numbers = ("forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers")
    return {
        "id": 7, "node_id": "x", "name": "tool", "full_name": "acme/tool", "private": False, "fork": False,
        "owner": {**ANNA, "login": "acme", "id": 70, "type": "Organization"}, "html_url": "https://github.com/acme/tool",
        "url": here, "description": None, "default_branch": "main", "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z", "pushed_at": "2026-03-02T09:00:00Z", "archived": False, "clone_url": here,
        "git_url": here, "ssh_url": here, "svn_url": here, "mirror_url": None, "homepage": None, "language": None,
        "license": None, "topics": [], "visibility": "public", "watchers_count": 0, "has_issues": True, "has_wiki": True,
        "has_pages": False, "has_projects": True, "has_downloads": True,
        **{f"{name}_url": here for name in links}, **dict.fromkeys(numbers, 0),
    }  # fmt: skip


REPOSITORY_OF_TEAM = _repository_of_team()


def membership(action: str, permission: str = "push", called: str = "core") -> Line:
    """Return somebody's place in a team."""
    over = {"member": BEN, "sender": ANNA, "team": _named(5, called, permission)}
    return Line(event="membership", name=f"membership-{action}", over=over, at=NOW)


def invitation(role: str) -> Line:
    """Return an invitation to the organisation."""
    over = {"invitation": {"id": 4, "login": "ben", "email": None, "role": role, "inviter": ANNA}, "user": BEN}
    return Line(event="organization", name="organization-member-invited", over=over, at=NOW)


def organization(action: str, role: str = "", **changes: Any) -> Line:
    """Return what happens to the organisation or in it."""
    over: dict[str, Any] = {"sender": ANNA, **changes}
    if role:
        over["membership"] = {
            "url": "https://api.github.com/orgs/acme", "organization_url": "https://api.github.com/orgs/acme", "role": role,
            "state": "active", "user": BEN,
        }  # fmt: skip
    return Line(event="organization", name=f"organization-{action.replace('_', '-')}", over=over, at=NOW)


def block(action: str) -> Line:
    """Return a block, or its end."""
    return Line(event="org_block", name=f"org-block-{action}", over={"blocked_user": MALLORY}, at=NOW)


def key(action: str, *, read_only: bool, private: bool = False) -> Line:
    """Return a deploy key."""
    shown = {"id": 8, "title": "ci", "key": "ssh-ed25519 AAAA", "read_only": read_only, "added_by": "anna"}
    over = {"key": shown, "repository": {"private": private}}
    return Line(event="deploy_key", name=f"deploy-key-{action}", over=over, at=NOW)


def token(action: str, **changes: Any) -> Line:
    """Return a request of a fine-grained token."""
    result = {"repository": {"issues": "read"}, **changes.pop("permissions", {})}
    shown = {
        "id": 6, "owner": MALLORY, "token_name": "laptop", "repository_selection": "subset", "permissions_added": result,
        "permissions_result": result, **changes,
    }  # fmt: skip
    name = f"personal-access-token-request-{action}"
    return Line(event="personal_access_token_request", name=name, over={"personal_access_token_request": shown}, at=NOW)


def installation(action: str, at: str = NOW, **permissions: str) -> Line:
    """Return what happens to this app."""
    granted = {"metadata": "read", "contents": "read", **permissions}
    over = {"installation": {"id": 99, "account": ANNA | {"login": "acme", "id": 70}, "permissions": granted}}
    return Line(event="installation", name=f"installation-{action.replace('_', '-')}", over=over, at=at)


def repositories(action: str) -> Line:
    """Return which repositories this app sees."""
    shown = [{"full_name": "acme/tool", "id": 7, "name": "tool", "node_id": "x", "private": False}]
    over: dict[str, Any] = {"installation": {"id": 99, "account": ANNA | {"login": "acme", "id": 70}}}
    over |= {"repository_selection": "selected", f"repositories_{action}": shown}
    return Line(event="installation_repositories", name=f"installation-repositories-{action}", over=over, at=NOW)


CASES: tuple[Case, ...] = (
    Case(line=member("added", now="admin"), when="as maintainer or admin", severity=HIGH, detector="access-granted"),
    Case(line=member("added", now="write"), when="with the right to write", severity=MEDIUM, detector="access-granted"),
    Case(line=member("added", now="read"), when="to read or triage", severity=LOW, detector="noted"),
    Case(line=member("edited", "write", "admin"), when="to a higher role", severity=HIGH, detector="access-granted",
         twin=member("edited", "write", "write")),
    Case(line=member("edited", "admin", "write"), when="to a lower role", severity=MEDIUM, detector="access-withdrawn"),
    Case(line=member("removed"), when="", severity=LOW, detector="noted"),
    Case(line=team("added_to_repository"), when="with the right to write", severity=MEDIUM, detector="team-access-granted",
         twin=None),
    Case(
        line=Line(event="team_add", name="team-add", over={"team": _named(5, "core", "push")}, at=NOW),
        when="", severity=INFO, detector="team-access-granted",
    ),
    Case(
        line=team("edited", "push", changes={"repository": {"permissions": {"from": _permissions("pull")}}}),
        when="its role in a repository rose to write or more", severity=HIGH, detector="team-access-granted",
    ),
    Case(line=team("edited", changes={"name": {"from": "kernel"}}), when="another name, description or privacy",
         severity=INFO, detector="noted"),
    Case(line=team("removed_from_repository"), when="", severity=LOW, detector="noted"),
    Case(line=team("created"), when="", severity=INFO, detector="noted"),
    Case(line=team("deleted"), when="", severity=MEDIUM, detector="access-withdrawn"),
    Case(line=membership("added"), when="the team can write", severity=MEDIUM, detector="team-access-granted"),
    Case(line=membership("removed"), when="", severity=LOW, detector="noted"),
    Case(line=invitation("admin"), when="as an owner", severity=HIGH, detector="member-invited"),
    Case(line=invitation("direct_member"), when="as a member", severity=INFO, detector="noted"),
    Case(line=organization("member_added", "admin"), when="as an owner", severity=CRITICAL, detector="access-granted"),
    Case(line=organization("member_added", "member"), when="as a member", severity=LOW, detector="noted"),
    Case(line=organization("member_removed", "member"), when="", severity=MEDIUM, detector="access-withdrawn"),
    Case(line=organization("renamed", changes={"login": {"from": "acme-inc"}}), when="", severity=CRITICAL,
         detector="repository-moved"),
    Case(line=organization("deleted"), when="", severity=CRITICAL, detector="repository-moved"),
    Case(line=block("blocked"), when="", severity=LOW, detector="noted"),
    Case(line=block("unblocked"), when="", severity=MEDIUM, detector="block-lifted"),
    Case(line=key("created", read_only=False), when="it can write", severity=CRITICAL, detector="deploy-key-added"),
    Case(line=key("created", read_only=True, private=True), when="it can read what is not public", severity=MEDIUM,
         detector="deploy-key-added"),
    Case(line=key("deleted", read_only=False), when="", severity=INFO, detector="noted"),
    Case(line=token("created"), when="", severity=MEDIUM, detector="token-approved"),
    Case(line=token("approved"), when="", severity=HIGH, detector="token-approved"),
    Case(line=token("denied"), when="", severity=INFO, detector="noted"),
    Case(line=installation("created"), when="", severity=INFO, detector="noted"),
    Case(line=installation("deleted"), when="", severity=CRITICAL, detector="watcher-blinded"),
    Case(line=installation("suspend"), when="", severity=CRITICAL, detector="watcher-blinded"),
    Case(line=installation("unsuspend"), when="", severity=INFO, detector="noted"),
    Case(
        line=installation("new_permissions_accepted", issues="read"), when="", severity=MEDIUM, detector="watcher-blinded",
        past=(installation("created", LATER),),
    ),
    Case(line=repositories("removed"), when="", severity=HIGH, detector="watcher-blinded"),
    Case(line=repositories("added"), when="", severity=INFO, detector="noted"),
    Case(
        line=Line(
            event="installation_target", name="installation-target-renamed", at=NOW,
            over={"account": {"login": "acme", "id": 70}, "changes": {"login": {"from": "acme-inc"}}},
        ),
        when="", severity=CRITICAL, detector="repository-moved",
    ),
    Case(
        line=Line(event="github_app_authorization", name="github-app-authorization-revoked", over={"sender": BEN}, at=NOW),
        when="", severity=INFO, detector="noted",
    ),
    Case(
        line=Line(event="meta", name="meta-deleted", over={"hook": {"config": {"url": "https://x.example.org"}}}, at=NOW),
        when="", severity=CRITICAL, detector="watcher-blinded",
    ),
)  # fmt: skip
