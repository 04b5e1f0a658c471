"""What stands around the repository in the stand-in: nothing, all through the story. Tags and roles are elsewhere.

docs.github.com/rest/orgs, /rest/repos/webhooks, /rest/repos/rules, /rest/actions, /rest/deploy-keys, /rest/branches
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Response, jsonify

from demo.standin.github_state import Repo
from demo.standin.shapes import Json

if TYPE_CHECKING:
    from demo.standin.github import GitHub

_LISTS = (
    ("/orgs/<org>/members", "members"),
    ("/orgs/<org>/outside_collaborators", "members"),
    ("/orgs/<org>/invitations", "members"),
    ("/orgs/<org>/hooks", "organization_hooks"),
    ("/orgs/<org>/teams", "members"),
    ("/orgs/<org>/personal-access-tokens", "organization_personal_access_tokens"),
    ("/orgs/<org>/code-security/configurations", "organization_administration"),
    ("/orgs/<org>/code-security/configurations/defaults", "organization_administration"),
    ("/repos/<owner>/<name>/invitations", "administration"),
    ("/repos/<owner>/<name>/hooks", "repository_hooks"),
    ("/repos/<owner>/<name>/keys", "administration"),
    ("/repos/<owner>/<name>/rulesets", "metadata"),
    ("/repos/<owner>/<name>/branches", "contents"),
    ("/repos/<owner>/<name>/releases", "contents"),
)
_INSIDE = (
    ("/orgs/<org>/installations", "organization_administration", "installations"),
    ("/orgs/<org>/actions/secrets", "organization_secrets", "secrets"),
    ("/orgs/<org>/actions/variables", "organization_actions_variables", "variables"),
    ("/orgs/<org>/actions/runners", "organization_self_hosted_runners", "runners"),
    ("/orgs/<org>/actions/runner-groups", "organization_self_hosted_runners", "runner_groups"),
    ("/orgs/<org>/dependabot/secrets", "organization_dependabot_secrets", "secrets"),
    ("/orgs/<org>/organization-roles", "organization_custom_org_roles", "roles"),
    ("/repos/<owner>/<name>/actions/secrets", "secrets", "secrets"),
    ("/repos/<owner>/<name>/actions/variables", "actions_variables", "variables"),
    ("/repos/<owner>/<name>/actions/runners", "administration", "runners"),
    ("/repos/<owner>/<name>/environments", "actions", "environments"),
)
_TOKEN = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
_FORKS = {"run_workflows_from_fork_pull_requests": False, "send_write_tokens_to_workflows": False}
_EVERYBODY = {"default_repository_permission": "read", "two_factor_requirement_enabled": True}
_SETTINGS = (
    ("/orgs/<org>", "organization_administration", _EVERYBODY),
    ("/orgs/<org>/settings/immutable-releases", "organization_administration", {"enforced_repositories": "none"}),
    ("/orgs/<org>/actions/oidc/customization/sub", "organization_administration", {"include_claim_keys": ["repo"]}),
    (
        "/orgs/<org>/actions/permissions/fork-pr-contributor-approval",
        "organization_administration",
        {"approval_policy": "first_time_contributors"},
    ),
    ("/orgs/<org>/actions/permissions/fork-pr-workflows-private-repos", "organization_administration", _FORKS),
    (
        "/orgs/<org>/actions/permissions/self-hosted-runners",
        "organization_administration",
        {"enabled_repositories": "all"},
    ),
    ("/orgs/<org>/actions/permissions", "organization_administration", {"enabled_repositories": "all"}),
    ("/orgs/<org>/actions/permissions/workflow", "organization_administration", _TOKEN),
    ("/repos/<owner>/<name>/actions/permissions", "administration", {"enabled": True, "allowed_actions": "all"}),
    ("/repos/<owner>/<name>/actions/permissions/workflow", "administration", _TOKEN),
)


def routes(hub: GitHub) -> None:
    """Register the routes."""
    for path, permission in _LISTS:
        hub.api("GET", path, permission)(_none)
    for path, permission, inside in _INSIDE:
        hub.api("GET", path, permission)(_counted(inside))
    for path, permission, state in _SETTINGS:
        hub.api("GET", path, permission)(_standing(state))


def _none(**_: str | Repo) -> Response:
    return jsonify([])


def _counted(inside: str) -> Callable[..., Json]:
    def answer(**_: str | Repo) -> Json:
        return {"total_count": 0, inside: []}

    return answer


def _standing(state: Json) -> Callable[..., Json]:
    def answer(**_: str | Repo) -> Json:
        return state

    return answer
