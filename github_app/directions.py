"""Which way is down: for each setting of each guard, whether more or less of it protects more. Data, with its sources.

Branch protection: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
and https://docs.github.com/en/webhooks/webhook-events-and-payloads#branch_protection_rule
Rulesets: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
and https://docs.github.com/en/rest/repos/rules
Security features: https://docs.github.com/en/rest/repos/repos#update-a-repository
Workflow permissions: https://docs.github.com/en/rest/actions/permissions
Environments: https://docs.github.com/en/rest/deployments/environments
Custom properties: https://docs.github.com/en/rest/orgs/custom-properties
"""

from __future__ import annotations

from functools import cache

from github_app.direction import LEVELS, LOWER_IS_STRONGER, MEMBERS_PROTECT, STATUS, Direction
from github_app.direction import any_change as _any
from github_app.direction import count as _count
from github_app.direction import level as _level
from github_app.direction import members as _members
from github_app.direction import most as _most
from github_app.direction import off as _off
from github_app.direction import on as _on
from github_app.direction import opened as _open
from github_app.estate import Guard, Thing
from github_app.organization_directions import KNOWN as _ORGANIZATION

_BRANCH_PROTECTION = (
    _level("pull_request_reviews_enforcement_level", "required pull request reviews"),
    _count("required_approving_review_count", "required reviews"),
    _on("dismiss_stale_reviews_on_push", "dismissal of reviews after a new push"),
    _on("require_code_owner_review", "review by code owners"),
    _on("require_last_push_approval", "approval of the last push by somebody else"),
    _on("authorized_dismissal_actors_only", "limit on who may dismiss reviews"),
    _on("ignore_approvals_from_contributors", "ignoring approvals by the authors of the change"),
    _level("required_status_checks_enforcement_level", "required status checks"),
    _on("strict_required_status_checks_policy", "branches must be up to date before merging"),
    _members("required_status_checks:", "required check"),
    _level("signature_requirement_enforcement_level", "required signatures"),
    _level("linear_history_requirement_enforcement_level", "linear history"),
    _level("required_deployments_enforcement_level", "required deployments"),
    _level("required_conversation_resolution_level", "resolved conversations"),
    _level("merge_queue_enforcement_level", "merge queue"),
    _level("lock_branch_enforcement_level", "locked branch"),
    _off("lock_allows_fork_sync", "syncing a locked branch from its parent"),
    _on("admin_enforced", "rules for administrators"),
    _on("create_protected", "protection against creating the branch"),
    Direction(
        name="allow_force_pushes_enforcement_level",
        words="force pushes allowed",
        way=LOWER_IS_STRONGER,
        order=LEVELS,
        absent="off",
    ),
    Direction(
        name="allow_deletions_enforcement_level",
        words="deleting the branch allowed",
        way=LOWER_IS_STRONGER,
        order=LEVELS,
        absent="off",
    ),
    _on("authorized_actors_only", "limit on who may push"),
    _open("authorized_actor_names:", "may push", minor=True),
)

_THRESHOLDS = ("none", "errors", "errors_and_warnings", "all")
_SECURITY = ("none", "critical", "high_or_higher", "medium_or_higher", "all")
_PATTERNS = tuple(
    _any(f"{rule}.{part}", f"{rule.replace('_', ' ')}: {part}")
    for rule in (
        "commit_message_pattern",
        "commit_author_email_pattern",
        "committer_email_pattern",
        "branch_name_pattern",
        "tag_name_pattern",
    )
    for part in ("operator", "pattern", "negate")
)

_RULESET = (
    Direction(name="enforcement", words="enforcement", order=("disabled", "evaluate", "active"), absent="disabled"),
    _open("bypass:", "bypass actor", ("pull_request", "always")),
    _members("rule:", "rule"),
    _count("pull_request.required_approving_review_count", "pull request: required reviews"),
    _on("pull_request.dismiss_stale_reviews_on_push", "pull request: dismissal of reviews after a new push"),
    _on("pull_request.require_code_owner_review", "pull request: review by code owners"),
    _on("pull_request.require_last_push_approval", "pull request: approval of the last push by somebody else"),
    _on("pull_request.required_review_thread_resolution", "pull request: resolved conversations"),
    _members("pull_request.required_reviewers:", "pull request: required reviewer"),
    Direction(
        name="check:", words="required status checks: check", way=MEMBERS_PROTECT, order=("any app", "one app"), unknown=1
    ),
    _on("required_status_checks.strict_required_status_checks_policy", "required status checks: up to date before merging"),
    _off("required_status_checks.do_not_enforce_on_create", "required status checks: not enforced on creation"),
    _members("required_deployments.required_deployment_environments:", "required deployments: environment"),
    Direction(
        name="code_scanning.alerts:", words="code scanning: alerts of", way=MEMBERS_PROTECT, order=_THRESHOLDS, absent="none"
    ),
    Direction(
        name="code_scanning.security_alerts:",
        words="code scanning: security alerts of",
        way=MEMBERS_PROTECT,
        order=_SECURITY,
        absent="none",
    ),
    _members("workflow:", "workflows: required workflow"),
    _off("workflows.do_not_enforce_on_create", "workflows: not enforced on creation"),
    _off("update.update_allows_fetch_and_merge", "update: syncing from the parent allowed"),
    _members("file_path_restriction.restricted_file_paths:", "file path restriction: path"),
    _members("file_extension_restriction.restricted_file_extensions:", "file extension restriction: extension"),
    _most("max_file_path_length.max_file_path_length", "max file path length: limit"),
    _most("max_file_size.max_file_size", "max file size: limit"),
    *_PATTERNS,
    _members(".include:", "covered"),
    _members("repository_id.repository_ids:", "covered repository"),
    _open(".exclude:", "exception"),
)

_FORKS = ("first_time_contributors_new_to_github", "first_time_contributors", "all_external_contributors")
_ACTIONS = (
    Direction(
        name="default_workflow_permissions",
        words="token of workflows",
        way=LOWER_IS_STRONGER,
        order=("read", "write"),
        absent="read",
    ),
    _off("can_approve_pull_request_reviews", "workflows may approve pull requests"),
    Direction(
        name="allowed_actions",
        words="actions that may run",
        way=LOWER_IS_STRONGER,
        order=("local_only", "selected", "all"),
        absent="all",
    ),
    _on("sha_pinning_required", "actions pinned to a commit"),
    Direction(name="approval_policy", words="approval of runs from forks", order=_FORKS, absent=_FORKS[0]),
    _open("patterns_allowed:", "allowed action"),
    _off("github_owned_allowed", "actions made by GitHub allowed"),
    _off("verified_allowed", "actions of verified creators allowed"),
    _off("run_workflows_from_fork_pull_requests", "runs of pull requests from forks"),
    _off("send_write_tokens_to_workflows", "write tokens for pull requests from forks"),
    _off("send_secrets_and_variables", "secrets for pull requests from forks"),
    _on("require_approval_for_fork_pr_workflows", "approval of runs from private forks"),
)

_ENVIRONMENT = (
    # One of them is enough, so one more is one more who may let a deployment pass, and one less is none.
    _on("reviews required", "review of deployments"),
    _open("reviewer:", "may approve deployments", minor=True, while_on="reviews required"),
    _count("wait_timer", "wait in minutes"),
    _on("prevent_self_review", "review by somebody else"),
    _off("can_admins_bypass", "administrators may pass"),
    Direction(name="branch_policy", words="branches that may deploy", order=("all", "custom", "protected"), absent="all"),
    _open("branch:", "may deploy"),
)

_CUSTOM_PROPERTY = (
    Direction(
        name="values_editable_by",
        words="who may set it",
        way=LOWER_IS_STRONGER,
        order=("org_actors", "org_and_repo_actors"),
        absent="org_actors",
    ),
    _any("default_value", "default value"),
    _on("required", "required"),
)

_OTHERS = {
    Guard.PROTECTED_BRANCH: (
        _on("protected", "protection"),
        _open("may push:", "may push", minor=True),
        _open("may dismiss reviews:", "may dismiss reviews"),
        _open("may pass without review:", "may pass without review"),
    ),
    Guard.SECURITY_ANALYSIS: (Direction(name="feature:", words="security feature", order=STATUS, absent="disabled"),),
    Guard.BRANCH_PROTECTION_CONFIGURATION: (
        Direction(name="protection", words="branch protection", order=STATUS, absent="enabled"),
    ),
    Guard.VISIBILITY: (
        Direction(
            name="visibility",
            words="visibility",
            way=LOWER_IS_STRONGER,
            order=("private", "internal", "public"),
            absent="private",
        ),
    ),
    Guard.PROTECTED_BRANCH: (
        _on("dismissals limited", "limit on who may dismiss reviews"),
        _open("may dismiss reviews:", "may dismiss reviews"),
        _open("may pass without review:", "may pass without review"),
    ),
    Guard.DEFAULT_BRANCH: (_any("default_branch", "default branch"),),
}


@cache
def directions(guard: str) -> tuple[Direction, ...]:
    """Return what is known of a kind of guard; nothing for one without directions."""
    known = {
        Guard.BRANCH_PROTECTION: _BRANCH_PROTECTION,
        Guard.RULESET: _RULESET,
        Guard.ACTIONS_PERMISSIONS: _ACTIONS,
        Thing.ENVIRONMENT: _ENVIRONMENT,
        Guard.CUSTOM_PROPERTY: _CUSTOM_PROPERTY,
        **_OTHERS,
        **_ORGANIZATION,
    }
    return known.get(guard, ())
