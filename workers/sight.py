"""What the app cannot see with the permissions that an installation gave it, in sentences for `doctor`."""

from __future__ import annotations

from collections.abc import Mapping

NEEDED: Mapping[str, str] = {"contents": "read", "members": "read", "metadata": "read", "pull_requests": "write"}
"""Without one of these nothing can be judged or shown."""

OPTIONAL: Mapping[str, str] = {
    "actions": "workflows that run for forks or are started by hand, and the machines that run jobs",
    "actions_variables": "the names of a repository's variables",
    "administration": "branch protection, rulesets, security features, keys, invitations and what workflows may do",
    "attestations": "what attestations of private repositories' releases claim",
    "checks": "its check on pull requests (it cannot make one)",
    "deployments": "deploy keys and the gates of environments",
    "discussions": "comments in discussions",
    "environments": "the names of the secrets of environments, and what guards them",
    "issues": "issues and comments",
    "organization_actions_variables": "the names of the organisation's variables",
    "organization_administration": "blocked accounts, other apps, settings of the organisation, what workflows may do there",
    "organization_custom_org_roles": "roles that hold in the whole organisation",
    "organization_custom_properties": "custom properties that rulesets go by",
    "organization_dependabot_secrets": "the names of the organisation's secrets for Dependabot",
    "organization_hooks": "the organisation's webhooks",
    "organization_personal_access_token_requests": "tokens that ask to reach the organisation",
    "organization_personal_access_tokens": "tokens that reach the organisation",
    "organization_secrets": "the names of the organisation's secrets",
    "organization_self_hosted_runners": "the organisation's runners and who may use them",
    "packages": "who publishes packages",
    "repository_advisories": "private reports and advisories",
    "repository_hooks": "webhooks of repositories",
    "secret_scanning_alerts": "leaked secrets",
    "secrets": "the names of secrets of repositories",
    "security_events": "dismissed findings of code scanning",
    "vulnerability_alerts": "dismissed findings of Dependabot",
}
"""Each of these can be refused; then this is not seen."""

_RANKS = {"read": 1, "write": 2, "admin": 3}


def unseen(granted: Mapping[str, str]) -> list[str]:
    """Return one sentence for each permission that is missing.

    Args:
        granted: what an installation gave, as GitHub names it: permission to level.
    """
    lacks = [n for n, level in NEEDED.items() if _RANKS.get(granted.get(n, ""), 0) < _RANKS[level]]
    said = [f"The app needs {name}: {NEEDED[name]}, and does not have it." for name in lacks]
    for name, words in OPTIONAL.items():
        level = "write" if name == "checks" else "read"
        if _RANKS.get(granted.get(name, ""), 0) < _RANKS[level]:
            said.append(f"Without {name}: {level} the app does not see {words}.")
    return said
