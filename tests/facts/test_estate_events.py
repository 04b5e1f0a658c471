"""What payloads about guards, teams, tokens and the app itself say, value by value."""

from __future__ import annotations

import json
from typing import Any

from github_app.estate import GuardChanged, InventoryChanged, Settings, value_of
from github_app.happenings import Happened, RunnerUsed, WorkflowRan
from github_app.weakening import losses
from tests.coverage import about_code, about_guards, about_people
from tests.coverage.corpus import Line, build
from tests.facts.payloads import JIA, ORGANIZATION, only, payload, read


def fact(line: Line, **over: Any) -> Any:
    """Return the one fact of a line of the corpus, with something more put over it."""
    return only(line.event, build(line.name, {**line.over, **over}))


def named(state: Settings | None) -> dict[str, str]:
    """Return settings as a dictionary."""
    return {s.name: s.value for s in state or ()}


def test_a_rulesets_earlier_parameters_are_read_out_of_their_text() -> None:
    """GitHub sends the old parameters as JSON inside a string; nonsense in it is no state."""
    two, one = about_guards.reviews(2), about_guards.reviews(1)
    edited = fact(about_guards.ruleset("edited", rules=[one], changes=about_guards.updated(two, one)))
    assert isinstance(edited, GuardChanged)
    assert edited.before is not None
    assert edited.after is not None
    assert losses(edited.guard, edited.before, edited.after) == ["pull request: required reviews 2 -> 1"]
    for said in ("{", "[1]", 5, json.dumps("x"), "[" * 100_000):
        broken = {"rules": {"updated": [{"rule": one, "changes": {"configuration": {"from": said}}}]}}
        unread = fact(about_guards.ruleset("edited", rules=[one], changes=broken))
        assert losses(unread.guard, unread.before, unread.after) == []


def test_rules_and_conditions_that_came_and_went_are_undone() -> None:
    """Added rules were not there before, deleted ones were, and patterns are those of before."""
    changes = {
        "enforcement": {"from": "evaluate"},
        "rules": {"added": [{"type": "creation"}], "deleted": [{"type": "deletion"}]},
        "conditions": {
            "updated": [
                {
                    "condition": {"ref_name": {"include": [], "exclude": []}},
                    "changes": {"include": {"from": ["refs/heads/x"]}},
                }
            ]
        },
    }
    edited = fact(about_guards.ruleset("edited", rules=[{"type": "creation"}], changes=changes))
    before, after = named(edited.before), named(edited.after)
    assert (before["enforcement"], after["enforcement"]) == ("evaluate", "active")
    assert ("rule:deletion" in before, "rule:creation" in before, "rule:creation" in after) == (True, False, True)
    assert ("ref_name.include:refs/heads/x" in before, "ref_name.include:~DEFAULT_BRANCH" in after) == (True, True)


def test_an_edit_without_changes_says_so() -> None:
    """Who may pass is not among them, so how it was before is not known."""
    edited = fact(about_guards.ruleset("edited", changes={"rules": {"added": [], "deleted": [], "updated": []}}))
    assert edited.before is None
    assert "does not tell what was changed" in edited.gap


def test_who_may_pass_is_named_by_kind_and_number() -> None:
    """Apps, teams and roles by number; owners and deploy keys as groups."""
    actors = [
        {"actor_id": 5, "actor_type": "Team", "bypass_mode": "pull_request"},
        {"actor_id": 9, "actor_type": "Integration", "bypass_mode": "always"},
        {"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"},
        {"actor_id": None, "actor_type": "DeployKey"},
    ]
    made = named(fact(about_guards.ruleset("created", bypass_actors=actors)).after)
    assert {k: v for k, v in made.items() if k.startswith("bypass")} == {
        "bypass:team 5": "pull_request",
        "bypass:app 9": "always",
        "bypass:organization admins": "always",
        "bypass:deploy keys": "always",
    }


def test_scanners_that_are_not_named_stayed_as_they_were() -> None:
    """Only what changed is in `changes`."""
    states = {"secret_scanning": {"status": "enabled"}, "advanced_security": {"status": "enabled"}}
    body = payload(changes={"from": {"security_and_analysis": {"secret_scanning": {"status": "disabled"}}}})
    body["repository"]["security_and_analysis"] = states
    told = only("security_and_analysis", body)
    assert named(told.before) == {"feature:advanced_security": "enabled", "feature:secret_scanning": "disabled"}
    assert losses(told.guard, told.before, told.after) == []


def test_a_teams_role_is_the_strongest_that_it_has() -> None:
    """From the three old names or the five new ones, whichever GitHub sends; before as far as it tells."""
    old = {"repository": {"permissions": {"from": {"admin": False, "push": False, "pull": True}}}}
    edited = fact(about_people.team("edited", "maintain", changes=old))
    assert isinstance(edited, InventoryChanged)
    assert (value_of(edited.before, "role"), value_of(edited.after, "role")) == ("read", "maintain")
    assert (edited.repository, edited.organization_id, edited.key) == (None, 70, "team:5/repository:7")


def test_two_deliveries_about_one_team_are_one_fact() -> None:
    """`team_add` comes beside `team.added_to_repository`."""
    one = fact(about_people.team("added_to_repository"))
    other = only("team_add", build("team-add", {"team": {"id": 5, "name": "core", "permission": "push"}}))
    assert (one.thing, one.key, one.before, one.after) == (other.thing, other.key, other.before, other.after)


def test_an_invitation_by_e_mail_names_the_address() -> None:
    """There is no account yet that could be named."""
    over = {"invitation": {"id": 4, "login": None, "email": "x@example.org", "role": "admin"}, "user": None}
    body = payload(action="member_invited", organization=ORGANIZATION) | over
    invited = only("organization", body)
    assert (invited.subject.email, invited.subject.login, invited.repository) == ("x@example.org", "", None)
    assert value_of(invited.after, "role") == "owner"  # as a membership calls it, and as comparing reads it


def test_a_hooks_address_is_kept_without_what_may_be_secret_in_it() -> None:
    """Only its host is."""
    hook = {"id": 1, "config": {"url": "https://user:hunter2@hooks.example.org/path?token=hunter2"}}
    deleted = only("meta", payload(action="deleted", hook=hook, hook_id=1))
    assert isinstance(deleted, Happened)
    assert deleted.name == "hooks.example.org"


def test_runs_without_foreign_code_and_hosted_machines_are_put_aside() -> None:
    """They come by the thousand and say nothing about trust."""
    assert read("workflow_run", _run("push")).ignored
    assert read("workflow_run", _run("pull_request_target")).ignored
    foreign = only("workflow_run", _run("pull_request_target", {"id": 5, "full_name": "evil/xz"}))
    assert isinstance(foreign, WorkflowRan)
    assert (foreign.from_fork, foreign.head) == (True, "evil/xz")
    for name, group in (("GitHub Actions 12", "GitHub Actions"), ("", ""), ("Hosted Agent", "")):
        assert read("workflow_job", _job(name, group)).ignored
    used = only("workflow_job", _job("builder-17", "Default"))
    assert isinstance(used, RunnerUsed)
    assert (used.runner, used.family, used.public) == ("builder-17", "builder", True)


def test_an_approved_run_on_one_line_of_the_corpus_names_its_start() -> None:
    """Who pressed the button, not whose commit it was."""
    line = about_code.run("completed", "workflow_dispatch", JIA)
    assert fact(line).actor.login == "JiaT75"


def _run(trigger: str, head: dict[str, Any] | None = None) -> dict[str, Any]:
    shown = {"event": trigger, "path": ".github/workflows/x.yml", "actor": JIA, "head_repository": head or {"id": 553665726}}
    return payload(action="requested", workflow_run=shown)


def _job(name: str, group: str) -> dict[str, Any]:
    return payload(action="completed", workflow_job={"id": 1, "runner_name": name, "runner_group_name": group})
