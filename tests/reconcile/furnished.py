"""An organisation that decided things: something of everything there on the first day, and ways to change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.reconcile.conftest import World
from tests.standin.estate import account

MALLORY = account(5, "mallory")
_SWITCHES = "secret_scanning", "secret_scanning_push_protection"


def token(number: int = 31, **changes: Any) -> dict[str, Any]:
    """Return a token that may read the issues of some repositories, as GitHub lists it."""
    permissions = {"organization": {}, "repository": {"issues": "read", "metadata": "read"}, "other": {}}
    return {
        "id": number, "owner": MALLORY, "repository_selection": "subset", "permissions": permissions,
        "token_id": 900 + number, "token_name": "laptop", "token_expired": False, "token_last_used_at": None, **changes,
    }  # fmt: skip


def may(**repository: str) -> dict[str, Any]:
    """Return permissions of a token."""
    return {"permissions": {"organization": {}, "repository": repository, "other": {}}}


def role(number: int, name: str, *permissions: str, **changes: Any) -> dict[str, Any]:
    """Return a role that holds in the whole organisation."""
    return {
        "id": number, "name": name, "base_role": None, "source": "Predefined", "permissions": list(permissions), **changes,
    }  # fmt: skip


def configuration(**changes: Any) -> dict[str, Any]:
    """Return a security configuration of the organisation's own."""
    on = dict.fromkeys(_SWITCHES, "enabled")
    return {"id": 8, "name": "strict", "target_type": "organization", "enforcement": "enforced", **on, **changes}


def furnish(world: World) -> None:
    """Have something of everything there on the first day."""
    rules = world.estate.rules
    world.estate.actions = {"enabled_repositories": "all", "allowed_actions": "selected"}
    rules.runner_groups.append(
        {"id": 2, "name": "builders", "visibility": "selected", "allows_public_repositories": False}
        | {"restricted_to_workflows": True, "selected_workflows": ["acme/app/.github/workflows/build.yml@main"]}
    )
    rules.configurations += [configuration(), configuration(id=1, name="GitHub recommended", target_type="global")]
    rules.defaults.append({"default_for_new_repos": "all", "configuration": configuration()})
    rules.roles += [
        role(1, "all_repo_admin", base_role="admin"), role(2, "security_manager", "manage_alerts"),
        role(9, "helpers", "read_audit_logs", source="Organization"),
    ]  # fmt: skip
    rules.holders["users", 1] = [{**account(1, "olivia"), "assignment": "direct"}]
    rules.tokens.append(token(30))
    rules.teams += [{"id": 51, "name": "interns", "parent": None}, {"id": 52, "name": "release", "parent": None}]
    world.app_repo.environments["production"] = []
    gated("olivia")(world)
    world.settled()


def gated(*reviewers: str, wait: int = 30, protected: bool = True) -> Callable[[World], None]:
    """Return a change of what guards the environment production."""
    named = [{"type": "User", "reviewer": account(n, name)} for n, name in enumerate(reviewers, 1)]
    rules: list[dict[str, Any]] = [{"type": "wait_timer", "wait_timer": wait}, {"type": "branch_policy"}]
    if named:
        rules.append({"type": "required_reviewers", "prevent_self_review": True, "reviewers": named})
    policy = {"protected_branches": True, "custom_branch_policies": False} if protected else None

    def change(world: World) -> None:
        world.app_repo.gates["production"] = rules
        world.app_repo.deployers["production"] = {"deployment_branch_policy": policy, "can_admins_bypass": False}

    return change


def put(name: str, **changes: Any) -> Callable[[World], None]:
    """Return a change of one of the organisation's rules."""
    return lambda world: getattr(world.estate.rules, name).update(changes)


def patch(name: str, number: int = 0, **changes: Any) -> Callable[[World], None]:
    """Return a change of a member of one of the organisation's lists."""
    return lambda world: getattr(world.estate.rules, name)[number].update(changes)


def add(name: str, *members: dict[str, Any]) -> Callable[[World], None]:
    """Return an addition to one of the organisation's lists."""
    return lambda world: getattr(world.estate.rules, name).extend(members)


def hold(kind: str, number: int, who: dict[str, Any]) -> Callable[[World], None]:
    """Return that somebody got a role."""
    return lambda world: world.estate.rules.holders.setdefault((kind, number), []).append(who)
