"""Losses: each weakening in one sentence, each strengthening in silence."""

from __future__ import annotations

import pytest

from github_app.estate import Guard, Settings, Thing, settings
from github_app.weakening import in_force, losses, weakened

ACTIVE = {"enforcement": "active"}
WEAKER: list[tuple[str, dict[str, object], dict[str, object], str]] = [
    # guard, before, after, the sentence; the other way round must be silent.
    (
        Guard.BRANCH_PROTECTION,
        {"required_approving_review_count": 2},
        {"required_approving_review_count": 1},
        "required reviews 2 -> 1",
    ),
    (
        Guard.BRANCH_PROTECTION,
        {"admin_enforced": True},
        {"admin_enforced": False},
        "rules for administrators on -> off",
    ),
    (
        Guard.BRANCH_PROTECTION,
        {"allow_force_pushes_enforcement_level": "off"},
        {"allow_force_pushes_enforcement_level": "everyone"},
        "force pushes allowed off -> everyone",
    ),
    (
        Guard.BRANCH_PROTECTION,
        {"signature_requirement_enforcement_level": "everyone"},
        {"signature_requirement_enforcement_level": "non_admins"},
        "required signatures everyone -> non_admins",
    ),
    (
        Guard.BRANCH_PROTECTION,
        {"x": 1, "required_status_checks": ["build", "test"]},
        {"x": 1, "required_status_checks": ["test"]},
        "required check removed: build",
    ),
    (
        Guard.BRANCH_PROTECTION,
        {"x": 1, "authorized_actor_names": ["anna"]},
        {"x": 1, "authorized_actor_names": ["anna", "mallory"]},
        "may push added: mallory",
    ),
    (Guard.RULESET, {"enforcement": "active"}, {"enforcement": "evaluate"}, "enforcement active -> evaluate"),
    (Guard.RULESET, ACTIVE, {**ACTIVE, "bypass:app 123": "always"}, "bypass actor added: app 123 (always)"),
    (
        Guard.RULESET,
        {**ACTIVE, "bypass:team 5": "pull_request"},
        {**ACTIVE, "bypass:team 5": "always"},
        "bypass actor team 5 pull_request -> always",
    ),
    (Guard.RULESET, {**ACTIVE, "rule:deletion": "on"}, ACTIVE, "rule removed: deletion"),
    (
        Guard.RULESET,
        {**ACTIVE, "pull_request.required_approving_review_count": 2},
        {**ACTIVE, "pull_request.required_approving_review_count": 0},
        "pull request: required reviews 2 -> 0",
    ),
    (
        Guard.RULESET,
        {**ACTIVE, "check:build": "app 15368"},
        {**ACTIVE, "check:build": "any app"},
        "required status checks: check build app 15368 -> any app",
    ),
    (
        Guard.RULESET,
        {**ACTIVE, "ref_name": {"include": ["main", "release/*"]}},
        {**ACTIVE, "ref_name": {"include": ["main"]}},
        "covered removed: release/*",
    ),
    (
        Guard.RULESET,
        ACTIVE,
        {**ACTIVE, "ref_name": {"exclude": ["main"]}},
        "exception added: main",
    ),
    (
        Guard.RULESET,
        {**ACTIVE, "code_scanning.alerts:CodeQL": "errors_and_warnings"},
        {**ACTIVE, "code_scanning.alerts:CodeQL": "errors"},
        "code scanning: alerts of CodeQL errors_and_warnings -> errors",
    ),
    (
        Guard.SECURITY_ANALYSIS,
        {"feature:secret_scanning": "enabled"},
        {"feature:secret_scanning": "disabled"},
        "security feature secret_scanning enabled -> disabled",
    ),
    (Guard.VISIBILITY, {"visibility": "private"}, {"visibility": "public"}, "visibility private -> public"),
    (
        Guard.ACTIONS_PERMISSIONS,
        {"default_workflow_permissions": "read"},
        {"default_workflow_permissions": "write"},
        "token of workflows read -> write",
    ),
    (
        Thing.ENVIRONMENT,
        {"reviews required": True, "reviewer:team 3": "yes"},
        {"reviews required": True, "reviewer:team 3": "yes", "reviewer:mallory": "yes"},
        "may approve deployments added: mallory",
    ),
    (Thing.ENVIRONMENT, {"x": 1, "reviews required": True}, {"x": 1}, "review of deployments on -> off"),
    (
        Guard.ORGANIZATION_SETTINGS,
        {"default_repository_permission": "none"},
        {"default_repository_permission": "admin"},
        "role of every member in every repository none -> admin",
    ),
    (
        Guard.SECURITY_CONFIGURATION,
        {"secret_scanning": "enabled"},
        {"secret_scanning": "not_set"},
        "secret scanning enabled -> not_set",
    ),
    (
        Guard.RUNNER_GROUP,
        {"restricted to workflows": True, "workflow:a": "yes"},
        {"restricted to workflows": True, "workflow:a": "yes", "workflow:b": "yes"},
        "workflow added: b",
    ),
    (
        Guard.OIDC_SUBJECT,
        {"x": 1, "claim": ["repo", "context"]},
        {"x": 1, "claim": ["repo"]},
        "claim of a job removed: context",
    ),
    (
        Guard.CUSTOM_PROPERTY,
        {"values_editable_by": "org_actors"},
        {"values_editable_by": "org_and_repo_actors"},
        "who may set it org_actors -> org_and_repo_actors",
    ),
]


@pytest.mark.parametrize(("guard", "before", "after", "sentence"), WEAKER, ids=[w[3] for w in WEAKER])
def test_a_loss_is_one_sentence_and_its_reverse_is_silent(
    guard: str, before: dict[str, object], after: dict[str, object], sentence: str
) -> None:
    """What got weaker is said in words; getting it back, or nothing changing, is not."""
    assert losses(guard, settings(before), settings(after)) == [sentence]
    assert losses(guard, settings(after), settings(before)) == []
    assert losses(guard, settings(before), settings(before)) == []


def test_several_losses_are_several_sentences() -> None:
    """One sentence for each; what got stronger at the same time changes nothing about them."""
    before = settings({"required_approving_review_count": 2, "admin_enforced": True, "create_protected": False})
    after = settings({"required_approving_review_count": 1, "admin_enforced": False, "create_protected": True})
    assert losses(Guard.BRANCH_PROTECTION, before, after) == [
        "rules for administrators on -> off",
        "required reviews 2 -> 1",
    ]


def test_a_guard_that_is_gone_lost_everything() -> None:
    """One sentence, not a list of all it had; a new guard loses nothing."""
    state = settings({**ACTIVE, "rule:deletion": "on"})
    (loss,) = weakened(Guard.RULESET, state, ())
    assert loss.sentence == "ruleset removed"
    assert loss.off
    assert losses(Guard.RULESET, (), state) == []


@pytest.mark.parametrize("enforcement", ["disabled", "evaluate"])
def test_what_was_not_in_force_loses_nothing(enforcement: str) -> None:
    """A ruleset that is only tried out protects nothing, so nobody need be told that it shrank or went."""
    before = settings({"enforcement": enforcement, "rule:deletion": "on"})
    assert not in_force(before)
    assert losses(Guard.RULESET, before, settings({"enforcement": enforcement})) == []
    assert losses(Guard.RULESET, before, ()) == []


def test_a_rule_that_is_gone_is_said_once() -> None:
    """The parameters that went with a rule are part of it."""
    before = settings(
        {
            **ACTIVE,
            "rule:pull_request": "on",
            "pull_request": {"required_approving_review_count": 2, "require_code_owner_review": True},
        }
    )
    assert losses(Guard.RULESET, before, settings(ACTIVE)) == ["rule removed: pull_request"]


def test_covering_everything_is_no_loss() -> None:
    """A pattern that is replaced by all branches still is covered."""
    before = settings({**ACTIVE, "ref_name": {"include": ["refs/heads/main"]}})
    after = settings({**ACTIVE, "ref_name": {"include": ["~ALL"]}})
    assert losses(Guard.RULESET, before, after) == []
    assert losses(Guard.RULESET, after, before) == ["covered removed: ~ALL"]


def test_who_may_pass_by_name_is_minor_and_the_switch_is_not() -> None:
    """The weight of a loss: a name on a list, and the whole guard out of force."""
    base: Settings = settings({"x": 1})
    (minor,) = weakened(Guard.BRANCH_PROTECTION, base, settings({"x": 1, "authorized_actor_names": ["m"]}))
    assert (minor.minor, minor.off) == (True, False)
    (off,) = weakened(Guard.RULESET, settings(ACTIVE), settings({"enforcement": "disabled"}))
    assert (off.minor, off.off) == (False, True)


def test_a_list_of_those_who_may_opens_nothing_that_was_open_to_everybody() -> None:
    """Whoever is named when a limit begins could pass before as well."""
    for guard, limit, member in (
        (Guard.RUNNER_GROUP, "restricted to workflows", "workflow:a"),
        (Thing.ENVIRONMENT, "reviews required", "reviewer:anna"),
    ):
        assert losses(guard, settings({"x": 1, limit: False}), settings({"x": 1, limit: True, member: "yes"})) == []
