"""What the app cannot see with the permissions that an installation gave it, in sentences for `doctor`."""

from __future__ import annotations

from collections.abc import Mapping

NEEDED: Mapping[str, str] = {"contents": "read", "members": "read", "metadata": "read", "pull_requests": "write"}
"""Without one of these nothing can be judged or shown."""

OPTIONAL: Mapping[str, str] = {
    "actions": "workflows that run for forks or are started by hand, and the machines that run jobs",
    "administration": "branch protection, rulesets and security features",
    "checks": "its check on pull requests (it cannot make one)",
    "deployments": "deploy keys and the gates of environments",
    "discussions": "comments in discussions",
    "issues": "issues and comments",
    "organization_administration": "blocked accounts",
    "organization_custom_properties": "custom properties that rulesets go by",
    "organization_personal_access_token_requests": "tokens that ask to reach the organisation",
    "packages": "who publishes packages",
    "repository_advisories": "private reports and advisories",
    "secret_scanning_alerts": "leaked secrets",
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
