"""A glance at many repositories has what changed read at once, and a glance that fails costs time and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from github_app.store.checks import GLANCE, PARTLY, WHOLE
from tests.graphql.check import cost
from tests.reconcile.conftest import INSTALLATION, World
from tests.reconcile.test_finds import MALLORY, collaborator, deploy_key, review_bypass, reviews, ruleset, ruleset_off, tags
from tests.standin.estate import account
from tests.standin.github import Answer
from tests.standin.graph_nodes import Refused, forbidden
from workers.reconcile import plan
from workers.reconcile.glance_query import FIELDS, QUERY

GRAPHQL = "/graphql"


@pytest.fixture
def large(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return an organisation too large for everything to be read every ten minutes, all of it read once.

    GitHub's answers of then are worth nothing: the token has ended.
    """
    world.app_repo.rulesets.append(ruleset())
    world.app_repo.protected["main"] = reviews()
    world.app_repo.tags = {f"v{n}": "a" * 40 for n in range(5)}
    world.app_repo.releases.append(release(7))
    for n in range(5):
        world.repo(f"r{n}")
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, reconcile_requests=900))
    monkeypatch.setattr(plan, "ADDRESSES", 1000)
    world.settled()
    world.estate.github.end_tokens()
    world.runtime.app.forget_token(INSTALLATION)  # type: ignore[union-attr]
    return world


def release(asset: int) -> dict[str, object]:
    """Return a release with a file."""
    file = {
        "id": asset, "node_id": f"RA_{asset}", "name": "app.tar.gz", "size": 10, "uploader": MALLORY,
        "digest": f"sha256:{asset:064}", "updated_at": "2024-01-01T00:00:00Z",
    }  # fmt: skip
    return {
        "id": 30, "node_id": "RE_30", "tag_name": "v1", "name": "v1", "draft": False, "prerelease": False,
        "author": account(1, "olivia"), "assets": [file], "created_at": "2024-01-01T00:00:00Z",
    }  # fmt: skip


def go_on(world: World) -> None:
    """Let the worker come back for some minutes, as it would when it is told to; the first look is not on time."""
    for _ in range(5):
        world.run()
        world.now += dt.timedelta(minutes=1)


def asset_replaced(world: World) -> None:
    """Put another file in the place of a release's."""
    world.app_repo.releases[0] = release(8)


CHANGES: dict[Callable[[World], None], str] = {
    collaborator: "maintain",
    deploy_key: "deploy key",
    ruleset_off: "switched the ruleset release branches off",
    review_bypass: "weakened the protection of main",
    tags: "rewritten in bulk",
    asset_replaced: "app.tar.gz",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_changed_is_found_within_the_interval(large: World, change: Callable[[World], None]) -> None:
    """And of the other repositories nothing is read in full for it that a glance tells."""
    change(large)
    large.now += dt.timedelta(minutes=11)
    before = elsewhere(large)
    go_on(large)
    assert any(CHANGES[change] in title for title in large.titles()), large.titles()
    assert elsewhere(large) == before


def elsewhere(world: World) -> list[int]:
    """Return how often what a glance tells was asked for in another repository."""
    return [world.estate.asked[f"/repos/acme/r3/{end}"] for end in ("collaborators", "keys", "rulesets", "releases")]


def test_one_question_is_asked_about_all(large: World) -> None:
    """Six repositories are one question, and an idle interval is one question more."""
    asked = large.estate.graphql_requests
    large.now += dt.timedelta(minutes=11)
    assert large.run().glanced == 6
    assert large.estate.graphql_requests == asked + 1


def test_what_is_glanced_at_is_read_rarely_and_the_rest_in_turn(large: World) -> None:
    """A source is left to the glance only where that shows all of it."""
    checks = large.store.checks.of(INSTALLATION)
    scope = f"repo:{large.app_repo.id}"
    assert checks[scope, "deploy-keys"].hint.startswith(WHOLE)
    assert checks[scope, "environment-secrets"].hint.startswith(PARTLY)
    assert checks[scope, "repository-secrets"].hint == ""
    glance = checks[scope, GLANCE]
    assert plan.glanced_at(checks[scope, "deploy-keys"], glance)
    assert not plan.glanced_at(checks[scope, "environment-secrets"], glance)
    assert not plan.glanced_at(checks[scope, "deploy-keys"], replace(glance, failures=1))
    assert checks[scope, "deploy-keys"].due_at > checks[scope, "repository-secrets"].due_at


def test_a_field_that_is_refused_is_read_in_its_turn(world: World) -> None:
    """Without the permission nothing is said of it, and that is no change."""
    world.app_repo.keys.append({"id": 6, "key": "ssh-ed25519 AAAA", "title": "ci", "read_only": False})
    world.settled()
    world.estate.refuse("administration")
    world.later()
    assert world.titles() == []
    assert world.store.checks.of(INSTALLATION)[f"repo:{world.app_repo.id}", "deploy-keys"].hint == ""


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=502, body={"message": "Bad Gateway"}),
        Answer(status=504, body=["a proxy"]),
        Answer(body={"data": None, "errors": [{"message": "This may be the result of a timeout"}]}),
        Answer(body={"data": {"nodes": [None]}}),
        Answer(body=[]),
    ],
    ids=["502", "504", "timeout", "half", "list"],
)
def test_a_question_that_is_too_much_is_asked_about_fewer(large: World, answer: Answer) -> None:
    """Nothing is concluded, the rest of the round goes on, and what was missed is found by the next glance."""
    collaborator(large)
    large.estate.github.fail("POST", GRAPHQL, answer)
    large.now += dt.timedelta(minutes=11)
    large.run()
    assert large.titles() == []
    assert large.store.allowances.get(INSTALLATION).paused == ""  # type: ignore[union-attr]
    allowance = large.store.allowances.get(INSTALLATION)
    assert allowance is not None
    assert allowance.glance_size == 5
    large.now += dt.timedelta(minutes=6)
    large.run()
    large.now += dt.timedelta(minutes=1)
    large.run()
    assert [title for title in large.titles() if "mallory" in title]


def test_without_graphql_everything_is_read_in_its_turn(large: World) -> None:
    """It is said that changes may be seen late, and taken back when glances work again."""
    said = {"message": "Field 'rulesets' doesn't exist on type 'Repository'", "extensions": {"code": "undefinedField"}}
    large.estate.github.fail("POST", GRAPHQL, Answer(body={"errors": [said]}))
    large.now += dt.timedelta(minutes=11)
    large.run()
    assert "changes in repositories may be seen late" in large.problems()[f"glance:{INSTALLATION}"]
    due = large.store.checks.of(INSTALLATION)[f"repo:{large.app_repo.id}", "deploy-keys"].due_at
    assert due <= large.now + dt.timedelta(minutes=10)
    large.now += dt.timedelta(minutes=61)
    large.run()
    assert f"glance:{INSTALLATION}" not in large.problems()


def test_a_limit_of_points_holds_up_glances_alone(large: World) -> None:
    """REST has a limit of its own; nothing is reported, and the glance is made up for."""
    deploy_key(large)
    limited = Answer(body={"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})
    large.estate.github.fail("POST", GRAPHQL, limited)
    large.now += dt.timedelta(minutes=11)
    large.run()
    assert large.store.allowances.get(INSTALLATION).paused == ""  # type: ignore[union-attr]
    assert f"glance:{INSTALLATION}" not in large.problems()
    large.now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=16)
    large.run()
    large.now += dt.timedelta(minutes=1)
    large.run()
    assert any("deploy key" in title for title in large.titles())


def test_a_token_that_was_revoked_is_replaced(large: World) -> None:
    """In the middle of a glance as anywhere else."""
    large.estate.github.end_tokens()
    large.now += dt.timedelta(minutes=11)
    assert large.run().glanced == 6


def test_a_new_repository_is_glanced_at_from_its_first_day(large: World) -> None:
    """Its mark is known before it is read in full, so no change falls between the two."""
    made = large.estate.repo("new")
    large.now += dt.timedelta(minutes=11)
    go_on(large)
    checks = large.store.checks.of(INSTALLATION)
    assert checks[f"repo:{made.id}", GLANCE].checked_at is not None
    assert checks[f"repo:{made.id}", "deploy-keys"].hint.startswith(WHOLE)


def test_a_field_that_graphql_refuses_takes_no_other_with_it(large: World) -> None:
    """GitHub's schema says that it is never null, so its refusal hides the repository: the rest is asked for again."""
    large.estate.graph.broken["Repository.deployKeys"] = forbidden()
    collaborator(large)
    large.now += dt.timedelta(minutes=11)
    assert large.run().glanced == 6
    go_on(large)
    checks = large.store.checks.of(INSTALLATION)
    assert checks[f"repo:{large.app_repo.id}", "deploy-keys"].hint == ""
    assert any("maintain" in title for title in large.titles())


def test_what_a_glance_could_not_tell_is_read_in_its_turn(large: World) -> None:
    """It is left to the glance again when that tells it; that it is told again is no change."""
    number, source = large.app_repo.id, "repository-collaborators"
    large.estate.graph.broken[f"Repository.collaborators {number}"] = Refused("Resource limits", "RESOURCE_LIMITS_EXCEEDED")
    large.now += dt.timedelta(minutes=11)
    assert large.run().glanced == 6
    check = large.store.checks.one(f"repo:{number}", source)
    assert check is not None
    assert check.hint.startswith(PARTLY)
    assert check.due_at <= large.now + dt.timedelta(minutes=10)
    allowance = large.store.allowances.get(INSTALLATION)
    assert allowance is not None
    assert allowance.glance_size == 5
    large.estate.graph.broken.clear()
    large.now += dt.timedelta(minutes=11)
    large.run()
    again = large.store.checks.one(f"repo:{number}", source)
    assert again is not None
    assert again.hint == WHOLE + check.hint[1:]
    assert large.store.checks.changed(INSTALLATION) == 0


def test_what_is_refused_for_one_repository_is_asked_for_the_others(large: World) -> None:
    """Of that one the rest is known, and of the others all."""
    broken = large.app_repo.id
    large.estate.graph.broken[f"Repository.deployKeys {broken}"] = forbidden()
    large.now += dt.timedelta(minutes=11)
    assert large.run().glanced == 6
    checks = large.store.checks.of(INSTALLATION)
    for number in large.estate.repos:
        assert bool(checks[f"repo:{number}", "deploy-keys"].hint) == (number != broken)
        assert checks[f"repo:{number}", "repository-collaborators"].hint.startswith(WHOLE)


def test_what_a_glance_costs() -> None:
    """By GitHub's formula, in points for a hundred repositories; docs/operate.md reckons with it."""
    asked = {"ids": [f"R_{n}" for n in range(100)], **dict.fromkeys(FIELDS, True)}
    assert cost(QUERY, asked).points == 24
