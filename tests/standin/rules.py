"""What an organisation in the stand-in for GitHub decides for all of its repositories and members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.standin.estate import Estate

Json = dict[str, Any]


@dataclass
class Rules:
    """What an organisation decides for all of its repositories and members, in GitHub's shapes."""

    settings: Json = field(
        default_factory=lambda: (
            {"default_repository_permission": "read", "two_factor_requirement_enabled": True}
            | dict.fromkeys(("members_can_create_public_repositories", "deploy_keys_enabled_for_repositories"), False)
        )
    )
    immutable: Json = field(default_factory=lambda: {"enforced_repositories": "all"})
    claims: Json = field(default_factory=lambda: {"include_claim_keys": ["repo", "context"], "use_immutable_subject": False})
    forks: Json = field(default_factory=lambda: {"approval_policy": "all_external_contributors"})
    private_forks: Json = field(
        default_factory=lambda: (
            {"run_workflows_from_fork_pull_requests": False, "send_write_tokens_to_workflows": False}
            | {"send_secrets_and_variables": False, "require_approval_for_fork_pr_workflows": True}
        )
    )
    own_runners: Json = field(default_factory=lambda: {"enabled_repositories": "none"})
    chosen: Json = field(
        default_factory=lambda: {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": ["acme/*"]}
    )
    runner_groups: list[Json] = field(default_factory=list)
    configurations: list[Json] = field(default_factory=list)
    defaults: list[Json] = field(default_factory=list)
    dependabot: list[Json] = field(default_factory=list)
    tokens: list[Json] = field(default_factory=list)
    roles: list[Json] = field(default_factory=list)
    holders: dict[tuple[str, int], list[Json]] = field(default_factory=dict)
    teams: list[Json] = field(default_factory=list)

    def route(self, org: str, estate: Estate) -> None:
        """Route to all of it, in paths that begin with `org`."""
        reads = "organization_administration"
        # Without the permission it is not refused: everybody may see an organisation, and that is all one sees.
        estate.item(
            org,
            "metadata",
            lambda _: estate.owner | (self.settings if reads in estate.permissions else {}),
        )
        for end, member in (
            ("settings/immutable-releases", "immutable"), ("actions/oidc/customization/sub", "claims"),
            ("actions/permissions/fork-pr-contributor-approval", "forks"),
            ("actions/permissions/fork-pr-workflows-private-repos", "private_forks"),
            ("actions/permissions/self-hosted-runners", "own_runners"),
            ("code-security/configurations", "configurations"), ("code-security/configurations/defaults", "defaults"),
        ):  # fmt: skip
            estate.item(f"{org}/{end}", reads, lambda _, m=member: getattr(self, m))
        chosen = f"{org}/actions/permissions/selected-actions"
        estate.item(chosen, reads, lambda _: self.chosen if estate.actions["allowed_actions"] == "selected" else None)
        groups = "organization_self_hosted_runners"
        estate.listing(f"{org}/actions/runner-groups", groups, lambda _: self.runner_groups, "runner_groups")
        estate.listing(f"{org}/dependabot/secrets", "organization_dependabot_secrets", lambda _: self.dependabot, "secrets")
        estate.listing(f"{org}/personal-access-tokens", "organization_personal_access_tokens", lambda _: self.tokens)
        estate.listing(f"{org}/organization-roles", "organization_custom_org_roles", lambda _: self.roles, "roles")
        for kind in ("users", "teams"):
            held = rf"{org}/organization-roles/(\d+)/{kind}"
            estate.listing(held, "members", lambda r, k=kind: self.holders.get((k, int(r.found[0])), []))
        estate.listing(f"{org}/teams", "members", lambda _: self.teams)
