"""What an organisation decides for all of its repositories, who holds a role in it, and which tokens reach it.

No event tells any of it: it is found in one comparison, told once, and its reverse is silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from github_app.estate import Thing, settings
from github_app.model import Severity
from github_app.store.snapshots import Snapshot
from tests.reconcile.conftest import INSTALLATION, World
from tests.reconcile.furnished import MALLORY, add, furnish, gated, hold, may, patch, put, role, token

MEDIUM, HIGH, CRITICAL = Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL
LOOSENED = "Somebody GitHub does not name loosened"


TEAM = {"id": 52, "name": "release", "slug": "release"}
Change = tuple[str, Callable[[World], None], Severity, str, str]
CHANGES: list[Change] = [
    # what, the change, how bad, the title, a sentence of why
    ("settings: base role", put("settings", default_repository_permission="write"), CRITICAL,
     "Somebody GitHub does not name gave every member of acme the role write in all its repositories",
     "role of every member in every repository read -> write"),
    ("settings: two factors", put("settings", two_factor_requirement_enabled=False), HIGH,
     f"{LOOSENED} the settings of acme", "two-factor authentication required on -> off"),
    ("settings: deploy keys", put("settings", deploy_keys_enabled_for_repositories=True), HIGH,
     f"{LOOSENED} the settings of acme", "deploy keys allowed off -> on"),
    ("settings: public repositories", put("settings", members_can_create_public_repositories=True), MEDIUM,
     f"{LOOSENED} the settings of acme", "members may create public repositories off -> on"),
    ("immutable releases", put("immutable", enforced_repositories="selected"), HIGH,
     f"{LOOSENED} the rule that releases cannot be changed in acme", "releases cannot be changed all -> selected"),
    ("claims", put("claims", include_claim_keys=["repo"]), HIGH,
     f"{LOOSENED} what jobs have to say of themselves to a cloud in acme", "claim of a job removed: context"),
    ("workflows: chosen actions", put("chosen", patterns_allowed=["acme/*", "mallory/*"]), HIGH,
     f"{LOOSENED} what workflows may do in acme", "allowed action added: mallory/*"),
    ("workflows: forks", put("forks", approval_policy="first_time_contributors"), HIGH,
     f"{LOOSENED} what workflows may do in acme",
     "approval of runs from forks all_external_contributors -> first_time_contributors"),
    ("workflows: private forks", put("private_forks", send_secrets_and_variables=True), HIGH,
     f"{LOOSENED} what workflows may do in acme", "secrets for pull requests from forks off -> on"),
    ("own runners", put("own_runners", enabled_repositories="all"), MEDIUM,
     f"{LOOSENED} where machines of one's own may run workflows in acme",
     "repositories that may have machines of their own none -> all"),
    ("runner group: public", patch("runner_groups", allows_public_repositories=True, visibility="all"), HIGH,
     f"{LOOSENED} the runner group builders in acme",
     "public repositories allowed off -> on; repositories that may use it selected -> all"),
    ("runner group: workflows", patch("runner_groups", restricted_to_workflows=False, selected_workflows=[]), HIGH,
     f"{LOOSENED} the runner group builders in acme", "limit to chosen workflows on -> off"),
    ("configuration", patch("configurations", enforcement="unenforced", secret_scanning_push_protection="not_set"), HIGH,
     f"{LOOSENED} the security configuration strict in acme",
     "repositories have to follow it on -> off; secret scanning push protection enabled -> not_set"),
    ("defaults", patch("defaults", default_for_new_repos="public"), HIGH,
     f"{LOOSENED} the security configuration for new repositories in acme",
     "configuration for new private repositories configured -> none"),
    ("role: everything", hold("users", 1, {**MALLORY, "assignment": "direct"}), CRITICAL,
     "@mallory got the role all_repo_admin in acme", "It gives: admin in all repositories"),
    ("role of a team", hold("teams", 2, {**TEAM, "assignment": "direct"}), HIGH,
     "The team release got the role security_manager in acme", "It gives: manage alerts"),
    ("role that grew", patch("roles", 2, permissions=["read_audit_logs", "write_organization_custom_org_role"]), HIGH,
     "The role helpers of acme may do more than before", "It gives: write organization custom org role"),
    ("token: writes", add("tokens", token(**may(contents="write", metadata="read"))), HIGH,
     "@mallory has a token for chosen repositories of acme", "It may write: contents."),
    ("token: reads", add("tokens", token(repository_selection="all")), Severity.LOW,
     "@mallory has a token for all repositories of acme", "It may only read."),
    ("token that grew", patch("tokens", **may(issues="write")), MEDIUM,
     "A token of @mallory may do more than before in acme", "It may write: issues."),
    ("team below another", patch("teams", parent={"id": 52, "name": "release"}), HIGH,
     "The team interns has what the team release was given", "It was moved below it."),
    ("Dependabot's secret", add("dependabot", {"name": "REGISTRY", "visibility": "all"}), Severity.LOW,
     "The secret REGISTRY of acme was added", "Dependabot can use it (all)"),
    ("gate: another reviewer", gated("olivia", "mallory"), MEDIUM,
     f"{LOOSENED} the gate of the environment production in acme/app", "may approve deployments added: mallory"),
    ("gate: no review", gated(), HIGH,
     f"{LOOSENED} the gate of the environment production in acme/app",
     "review by somebody else on -> off; review of deployments on -> off"),
    ("gate: no wait, any branch", gated("olivia", wait=0, protected=False), HIGH,
     f"{LOOSENED} the gate of the environment production in acme/app",
     "branches that may deploy protected -> all; wait in minutes 30 -> 0"),
    ("gate: gone", lambda world: world.app_repo.environments.clear(), HIGH,
     "Somebody GitHub does not name removed the gate of the environment production in acme/app", "environment removed"),
]  # fmt: skip


def told(world: World) -> list[tuple[str, Severity, str]]:
    """Return title, severity and why of each alert there is."""
    found = (world.store.alerts.get(number) for number in range(1, 60))
    return [(a.finding.title, a.finding.severity, a.finding.why) for a in found if a and a.finding.detector != "noted"]


def batches() -> list[list[Change]]:
    """Return the changes in as few rounds as can be: each thing changes at most once in a round."""
    found: list[list[Change]] = []
    for change in CHANGES:
        thing = change[0].partition(":")[0]
        batch = next((b for b in found if all(c[0].partition(":")[0] != thing for c in b)), None)
        if batch is None:
            found.append(batch := [])
        batch.append(change)
    return found


@pytest.mark.parametrize("batch", batches(), ids=lambda batch: f"{len(batch)}-changes")
def test_what_opens_is_told_once(world: World, batch: list[Change]) -> None:
    """After the next round, with how bad and what exactly; and only once."""
    furnish(world)
    for _, change, *_ in batch:
        change(world)
    world.later()
    found = {title: (severity, why) for title, severity, why in told(world)}
    assert {title: severity for title, (severity, _) in found.items()} == {title: bad for _, _, bad, title, _ in batch}
    assert [(what, found[title][1]) for what, _, _, title, why in batch if why not in found[title][1]] == []
    world.later()
    assert len(told(world)) == len(batch)


STRICTER: dict[str, Callable[[World], None]] = {
    "base role": put("settings", default_repository_permission="none"),
    "a switch that was never shown": put("settings", members_can_delete_repositories=True),
    "immutable releases": put("immutable", enforced_repositories="all"),
    "claims": put("claims", include_claim_keys=["repo", "context", "job_workflow_ref"], use_immutable_subject=True),
    "chosen actions": put("chosen", patterns_allowed=[], github_owned_allowed=False),
    "private forks": put("private_forks", run_workflows_from_fork_pull_requests=False),
    "runner group": patch("runner_groups", selected_workflows=[]),
    "runner group that goes": lambda world: world.estate.rules.runner_groups.clear(),
    "configuration": patch("configurations", code_scanning_default_setup="enabled"),
    "GitHub's own configuration": patch("configurations", 1, secret_scanning="disabled"),
    "role that goes": lambda world: world.estate.rules.holders.clear(),
    "role through a team": hold("users", 2, {**MALLORY, "assignment": "indirect"}),
    "GitHub's own role": patch("roles", 1, permissions=["manage_alerts", "manage_everything"]),
    "role that is new": add("roles", role(12, "new", "manage_everything", source="Organization")),
    "token that goes": lambda world: world.estate.rules.tokens.clear(),
    "token that is used": patch("tokens", token_last_used_at="2024-05-01T00:00:00Z", token_expired=True),
    "team that is new": add("teams", {"id": 53, "name": "new", "parent": {"id": 52, "name": "release"}}),
    "team that goes": lambda world: world.estate.rules.teams.clear(),
    "gate": gated("olivia", wait=60),
    "environment": lambda world: world.app_repo.environments.update(staging=[]),
}


def test_what_closes_is_silent(world: World) -> None:
    """Neither a stricter rule, nor a power that goes, nor what moves none."""
    furnish(world)
    for goes in (False, True):
        for what, change in STRICTER.items():
            if goes == what.endswith("goes"):
                change(world)
        world.later()
        assert world.titles() == []


def test_a_choice_of_actions_that_begins_or_ends_is_told_by_the_choice(world: World) -> None:
    """From all to some is stricter, though the list of what may run is new; back again is one alert and not two."""
    furnish(world)
    world.estate.actions["allowed_actions"] = "all"
    world.later()
    assert [(title, why.split(".")[0]) for title, _, why in told(world)] == [
        (f"{LOOSENED} what workflows may do in acme", "actions that may run selected -> all")
    ]
    world.estate.actions["allowed_actions"] = "selected"
    world.later()
    assert len(told(world)) == 1


def test_without_the_permission_what_everybody_sees_is_no_change(world: World) -> None:
    """GitHub does not refuse then: it shows less. That is a blind spot, and over when it shows all of it again."""
    furnish(world)
    shown = dict(world.estate.rules.settings)
    world.estate.rules.settings.clear()
    world.later()
    blind = "GitHub does not show what members of the organisation may do, and what they have to"
    assert blind in world.problems()["blind:99:organisation-settings"]
    assert world.titles() == []
    world.estate.rules.settings.update(shown, two_factor_requirement_enabled=False)
    world.later(minutes=31)
    assert "blind:99:organisation-settings" not in world.problems()
    assert world.titles() == [f"{LOOSENED} the settings of acme"]


@pytest.mark.parametrize("permission", ["organization_custom_org_roles", "organization_personal_access_tokens"])
def test_each_new_permission_can_be_refused(world: World, permission: str) -> None:
    """It is named once, nothing vanished, and it costs no request."""
    furnish(world)
    world.estate.refuse(permission)
    world.later()
    assert [key for key, said in world.problems().items() if permission in said] != []
    assert world.titles() == []


def test_an_approved_token_is_told_by_its_event_alone(world: World) -> None:
    """The event says who approved it; that it is in the list afterwards is no news, but a wider reach is."""
    furnish(world)
    approved = {"state": "approved", "repositories": "subset", "token": "laptop", "token_id": 931}
    state = settings({**approved, "repository": {"contents": "write"}})
    scope = f"org:{world.estate.owner['id']}"
    with world.store.begin() as connection:
        world.store.snapshots.put(
            connection,
            Snapshot(
                scope=scope,
                kind=Thing.TOKEN_REQUEST,
                key="token-request:1",
                name="laptop",
                settings=state,
                seen_at=world.now,
            ),
        )
    world.estate.rules.tokens.append(token(**may(contents="write")))
    world.later()
    assert world.titles() == []
    world.estate.rules.tokens[-1]["repository_selection"] = "all"
    world.later()
    assert world.titles() == ["A token of @mallory may do more than before in acme"]


def test_gates_cost_no_request_of_their_own(world: World) -> None:
    """They come with the list of environments, which is asked for its secrets anyhow."""
    furnish(world)
    world.estate.asked.clear()
    world.later()
    assert {path: n for path, n in world.estate.asked.items() if "/environments" in path} == {
        "/repos/acme/app/environments": 1, "/repos/acme/app/environments/production/secrets": 1,
    }  # fmt: skip


FIELDS = (
    ("chosen", None, "patterns_allowed"), ("claims", None, "include_claim_keys"), ("runner_groups", 0, "selected_workflows"),
    ("roles", 2, "permissions"), ("tokens", 0, "permissions"), ("tokens", 0, "owner"), ("teams", 0, "parent"),
    ("configurations", 0, "enforcement"), ("defaults", 0, "configuration"),
)  # fmt: skip


def test_fields_of_another_shape_end_no_round(world: World) -> None:
    """Whatever GitHub puts there, everything is looked at, and looked at again when it is as usual."""
    furnish(world)
    odd: tuple[Any, ...] = (7, "text", [7], {"a": [7]})
    for value in odd:
        for member, number, name in FIELDS:
            shown = getattr(world.estate.rules, member)
            (shown if number is None else shown[number])[name] = value
        assert world.later().stopped == ""
    world.estate.rules.settings["two_factor_requirement_enabled"] = False
    world.later()
    assert f"{LOOSENED} the settings of acme" in world.titles()


def test_a_look_that_costs_more_than_there_is_goes_on_where_it_was(world: World) -> None:
    """Who has which role is two questions for each; what was answered before the budget ended is not asked for again."""
    furnish(world)
    world.estate.rules.roles += [role(20 + n, f"role {n}") for n in range(8)]
    world.later()
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, reconcile_requests=60))
    hold("users", 27, {**MALLORY, "assignment": "direct"})(world)
    world.estate.github.end_tokens()
    assert world.runtime.app is not None
    world.runtime.app.forget_token(INSTALLATION)
    for _ in range(8):  # ten questions each: for the roles alone there are 23
        world.later()
    assert world.titles() == ["@mallory got the role role 7 in acme"]


def test_that_a_secret_got_another_value_is_only_recorded(world: World) -> None:
    """Whoever looks back finds it; nobody is disturbed, as values are renewed all the time."""
    world.estate.secrets.append({"name": "KEY", "visibility": "all", "updated_at": "2024-01-01T00:00:00Z"})
    furnish(world)
    world.estate.secrets[0]["updated_at"] = "2024-06-01T00:00:00Z"
    world.later()
    (recorded,) = (a.finding for n in range(1, 5) if (a := world.store.alerts.get(n)) is not None)
    assert (recorded.detector, recorded.title) == ("noted", "The secret KEY has another value")
