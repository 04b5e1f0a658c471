"""What no event tells is found in one comparison, is told once, and what was there on the first day is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.reconcile.conftest import World
from tests.standin.estate import account

MALLORY = account(5, "mallory")
WRITE = {"contents": "write", "metadata": "read"}


def ruleset(**changes: object) -> dict[str, object]:
    """Return a ruleset as GitHub shows it."""
    return {
        "id": 8, "name": "release branches", "target": "branch", "enforcement": "active",
        "bypass_actors": [{"actor_id": 1, "actor_type": "RepositoryRole", "bypass_mode": "always"}],
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}], **changes,
    }  # fmt: skip


def reviews(*bypass: str) -> dict[str, object]:
    """Return a branch's protection with those who may pass without a review."""
    return {"required_pull_request_reviews": {"bypass_pull_request_allowances": {"users": [{"login": b} for b in bypass]}}}


def owner(world: World) -> None:
    """Make somebody an owner."""
    world.estate.owners.append(MALLORY)


def outsider(world: World) -> None:
    """Let somebody in from outside."""
    world.estate.outsiders.append(MALLORY)


def app(world: World) -> None:
    """Install another app."""
    world.estate.apps.append(
        {"id": 1, "app_id": 31, "app_slug": "helper", "repository_selection": "all", "permissions": WRITE}
    )


def app_gains(world: World) -> None:
    """Let an app that is there do more."""
    world.estate.apps[0] = {**world.estate.apps[0], "permissions": {"metadata": "read", "secrets": "write"}}


def organisation_webhook(world: World) -> None:
    """Send the organisation's events somewhere."""
    config = {"url": "https://user:hunter2@evil.example/hook?token=hunter2", "insecure_ssl": "0"}
    world.estate.hooks.append({"id": 3, "type": "Organization", "active": True, "events": ["push"], "config": config})


def repository_webhook(world: World) -> None:
    """Send a repository's events somewhere."""
    config = {"url": "https://evil.example/hook", "insecure_ssl": "0"}
    world.app_repo.hooks.append({"id": 3, "type": "Repository", "active": True, "events": ["*"], "config": config})


def secrets(world: World) -> None:
    """Add a secret everywhere."""
    world.estate.secrets.append({"name": "ORG_TOKEN", "visibility": "all"})
    world.app_repo.secrets.append({"name": "REPO_TOKEN"})
    world.app_repo.environments["production"].append({"name": "DEPLOY_TOKEN"})


def variable(world: World) -> None:
    """Add variables."""
    world.estate.variables.append({"name": "REGISTRY", "value": "not kept", "visibility": "private"})
    world.app_repo.variables.append({"name": "MIRROR", "value": "not kept"})


def runners(world: World) -> None:
    """Register machines; one that lives for a single job is not told."""
    box = {"id": 1, "name": "box", "os": "linux", "status": "online", "busy": False, "labels": [{"name": "self-hosted"}]}
    world.estate.runners += [box, {**box, "id": 2, "name": "once", "ephemeral": True}]
    world.app_repo.runners.append({**box, "name": "desk"})


def invitations(world: World) -> None:
    """Invite somebody to own the organisation, and somebody to administer a repository."""
    olivia = account(1, "olivia")
    world.estate.invitations.append({"id": 4, "login": None, "email": "m@evil.example", "role": "admin", "inviter": olivia})
    world.app_repo.invitations.append({"id": 5, "invitee": MALLORY, "inviter": olivia, "permissions": "admin"})


def collaborator(world: World) -> None:
    """Give somebody a role."""
    world.app_repo.collaborators.append({**MALLORY, "role_name": "maintain"})


def deploy_key(world: World) -> None:
    """Add a key that can write."""
    world.app_repo.keys.append({"id": 6, "key": "ssh-ed25519 AAAA", "title": "ci", "read_only": False})


def workflows_write(world: World) -> None:
    """Give workflows the right to write."""
    world.app_repo.workflow = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
    world.estate.actions = {"enabled_repositories": "all", "allowed_actions": "all"}


def ruleset_off(world: World) -> None:
    """Only try a ruleset out from now on."""
    world.app_repo.rulesets[0] = ruleset(enforcement="evaluate")


def ruleset_bypass(world: World) -> None:
    """Let an app pass a ruleset; GitHub shows that only to those who could change it."""
    actor = {"actor_id": 123, "actor_type": "Integration", "bypass_mode": "always"}
    world.app_repo.rulesets[0] = ruleset(bypass_actors=[actor])


def review_bypass(world: World) -> None:
    """Let somebody merge without a review."""
    world.app_repo.protected["main"] = reviews("mallory")


def bypass(world: World) -> None:
    """Push past a rule."""
    world.estate.bypasses.append({
        "id": 21, "actor_id": 5, "actor_name": "mallory", "before_sha": "a" * 40, "after_sha": "b" * 40,
        "ref": "refs/heads/main", "repository_name": "app", "repository_id": world.app_repo.id, "result": "bypass",
    })  # fmt: skip


def tags(world: World) -> None:
    """Move many tags in one push, of which GitHub tells nothing but that there was a push."""
    world.app_repo.tags = dict.fromkeys(world.app_repo.tags, "d" * 40)
    world.app_repo.pushed_at = "2024-02-02T02:02:02Z"


def vanished(world: World) -> None:
    """Let a repository vanish."""
    del world.estate.repos[world.app_repo.id]


CHANGES: tuple[tuple[Callable[[World], None], tuple[str, ...]], ...] = (
    (owner, ("@mallory got the role owner in acme",)),
    (outsider, ("@mallory has access to repositories of acme from outside",)),
    (app, ("The app helper was installed in acme",)),
    (app_gains, ("The app ci may do more than before in acme",)),
    (organisation_webhook, ("A webhook to https://evil.example was added to acme",)),
    (repository_webhook, ("A webhook to https://evil.example was added to acme/app",)),
    (
        secrets,
        (
            "The secret DEPLOY_TOKEN of acme/app was added",
            "The secret ORG_TOKEN of acme was added",
            "The secret REPO_TOKEN of acme/app was added",
        ),
    ),
    (variable, ("The variable MIRROR of acme/app was added", "The variable REGISTRY of acme was added")),
    (runners, ("The runner box was registered in acme", "The runner desk was registered in acme/app")),
    (
        invitations,
        (
            "@olivia invited @mallory to acme/app with the role admin",
            "@olivia invited m@evil.example to acme with the role owner",
        ),
    ),
    (collaborator, ("@mallory got the role maintain in acme/app",)),
    (deploy_key, ("Somebody GitHub does not name added the deploy key “ci” with write access",)),
    (workflows_write, ("Somebody GitHub does not name loosened what workflows may do in acme/app",)),
    (ruleset_off, ("Somebody GitHub does not name switched the ruleset release branches off",)),
    (ruleset_bypass, ("Somebody GitHub does not name weakened the ruleset release branches",)),
    (review_bypass, ("Somebody GitHub does not name weakened the protection of main",)),
    (bypass, ("@mallory bypassed the protection of main in app",)),
    (tags, ("Tags of acme/app were rewritten in bulk: 5 moved",)),
    (vanished, ("Somebody GitHub does not name took acme/app out of this app's sight",)),
)


def furnish(world: World) -> None:
    """Have something there on the first day already."""
    world.estate.grant(organization_administration="write", administration="write")
    world.estate.apps.append({"id": 2, "app_id": 30, "app_slug": "ci", "permissions": {"metadata": "read"}})
    world.app_repo.rulesets.append(ruleset())
    world.app_repo.protected["main"] = reviews()
    world.app_repo.environments["production"] = []
    world.app_repo.tags = {f"v{n}": "c" * 40 for n in range(5)}
    world.app_repo.collaborators.append({**account(1, "olivia"), "role_name": "admin"})
    world.estate.bypasses.append({"id": 20, "actor_id": 1, "actor_name": "olivia", "ref": "refs/heads/main"})
    world.settled()


@pytest.mark.parametrize(("change", "titles"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_each_change_is_found_in_one_comparison_and_told_once(
    world: World, change: Callable[[World], None], titles: tuple[str, ...]
) -> None:
    """Whatever has no event is an alert after the next round, and only one, whatever happens later."""
    furnish(world)
    assert world.titles() == []
    change(world)
    world.later()
    assert world.titles() == sorted(titles)
    world.later()
    world.later()
    assert world.titles() == sorted(titles)


def test_all_at_once_over_postgresql(postgres_world: World) -> None:
    """The same on the other database, everything in one round."""
    furnish(postgres_world)
    for change, _ in CHANGES:
        if change is not vanished and change is not ruleset_off:
            change(postgres_world)
    postgres_world.later()
    expected = {t for change, titles in CHANGES if change is not vanished and change is not ruleset_off for t in titles}
    assert expected <= set(postgres_world.titles())


def test_what_comes_back_is_told_again(world: World) -> None:
    """An app that is removed and installed once more is new once more."""
    furnish(world)
    app(world)
    world.later()
    helper = world.estate.apps.pop()
    world.later()
    world.estate.apps.append(helper)
    world.later()
    assert world.titles() == ["The app helper was installed in acme"] * 2


def test_getting_stricter_is_quiet(world: World) -> None:
    """Fewer powers, stricter rules, and things that go raise nothing loud."""
    furnish(world)
    world.estate.apps.clear()
    world.app_repo.rulesets[0] = ruleset(
        rules=[{"type": t} for t in ("deletion", "non_fast_forward", "required_signatures")]
    )
    world.app_repo.workflow["can_approve_pull_request_reviews"] = False
    limited = {"dismissal_restrictions": {"users": [{"login": "olivia"}]}}
    world.app_repo.protected["main"] = {"required_pull_request_reviews": limited}
    world.later()
    assert world.titles() == []


def test_secrets_in_addresses_and_values_are_not_kept(world: World) -> None:
    """Neither what a webhook's address may hide nor a variable's value gets into the database or an alert."""
    furnish(world)
    organisation_webhook(world)
    variable(world)
    world.later()
    with world.store.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "hunter2" not in dump
    assert "not kept" not in dump


def test_a_new_repository_is_met_without_a_word(world: World) -> None:
    """It is watched from now on, and nothing that stands around it is news."""
    furnish(world)
    made = world.estate.repo("fresh")
    made.hooks.append({"id": 9, "active": True, "events": ["push"], "config": {"url": "https://ci.example"}})
    world.later()
    world.later()
    assert [w.full_name for w in world.store.repositories.all()] == ["acme/app", "acme/fresh"]
    assert world.titles() == []
    made.hooks.append({"id": 10, "active": True, "events": ["push"], "config": {"url": "https://evil.example"}})
    world.later()
    assert world.titles() == ["A webhook to https://evil.example was added to acme/fresh"]


def test_a_renamed_repository_is_the_same(world: World) -> None:
    """Its name is followed, and what stands around it is neither gone nor new."""
    furnish(world)
    world.app_repo.full_name = "acme/renamed"
    world.later()
    world.later()
    assert [w.full_name for w in world.store.repositories.all()] == ["acme/renamed"]
    assert world.titles() == []
