"""Which way is down for what an organisation decides for all of its repositories: see `directions`.

Settings: https://docs.github.com/en/rest/orgs/orgs#get-an-organization
Runner groups: https://docs.github.com/en/rest/actions/self-hosted-runner-groups
Security configurations: https://docs.github.com/en/rest/code-security/configurations
Immutable releases: https://docs.github.com/en/rest/orgs/orgs#get-immutable-releases-settings-for-an-organization
What jobs say of themselves to a cloud: https://docs.github.com/en/rest/actions/oidc
"""

from __future__ import annotations

from github_app.direction import higher, lower, members, off, on, opened
from github_app.estate import Guard

EVERYBODYS_ROLE = "default_repository_permission"
"""What each member may do in each repository of the organisation, whatever else they were given."""

_SETTINGS = (
    lower(EVERYBODYS_ROLE, "role of every member in every repository", "none", "read", "write", "admin"),
    on("two_factor_requirement_enabled", "two-factor authentication required"),
    off("deploy_keys_enabled_for_repositories", "deploy keys allowed"),
    off("members_can_invite_outside_collaborators", "repository admins may let outsiders in", minor=True),
    off("members_can_change_repo_visibility", "repository admins may change who sees a repository", minor=True),
    off("members_can_delete_repositories", "repository admins may delete or give away repositories", minor=True),
    off("members_can_create_public_repositories", "members may create public repositories", minor=True),
    off("members_can_fork_private_repositories", "members may fork private repositories", minor=True),
)

FEATURES = (
    "code_scanning_default_setup", "code_scanning_delegated_alert_dismissal", "dependabot_alerts",
    "dependabot_delegated_alert_dismissal", "dependabot_security_updates", "private_vulnerability_reporting",
    "secret_scanning", "secret_scanning_delegated_alert_dismissal", "secret_scanning_delegated_bypass",
    "secret_scanning_push_protection",
)  # fmt: skip
"""What a security configuration switches that stops something or lets somebody else look."""
_CONFIGURATION = (
    on("enforced", "repositories have to follow it"),
    *(higher(name, name.replace("_", " "), "disabled", "not_set", "enabled") for name in FEATURES),
    higher("new public repositories", "configuration for new public repositories", "none", "configured"),
    higher("new private repositories", "configuration for new private repositories", "none", "configured"),
)

_RUNNER_GROUP = (
    off("public repositories", "public repositories allowed"),
    lower("visibility", "repositories that may use it", "selected", "private", "all"),
    on("restricted to workflows", "limit to chosen workflows"),
    opened("workflow:", "workflow", while_on="restricted to workflows"),
)

KNOWN = {
    Guard.ORGANIZATION_SETTINGS: _SETTINGS,
    Guard.SECURITY_CONFIGURATION: _CONFIGURATION,
    Guard.RUNNER_GROUP: _RUNNER_GROUP,
    Guard.OWN_RUNNERS: (
        lower("repositories", "repositories that may have machines of their own", "none", "selected", "all", minor=True),
    ),
    Guard.IMMUTABLE_RELEASES: (
        higher("repositories", "repositories whose releases cannot be changed", "none", "selected", "all"),
    ),
    Guard.OIDC_SUBJECT: (members("claim:", "claim of a job"), on("immutable", "names that cannot be taken over")),
}
