"""What the app cannot see is said once, with what would change that; it is neither a finding nor silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from github_app.settings import Settings
from tests.reconcile.conftest import World
from tests.standin.estate import account
from tests.standin.github import Answer
from workers import doctor, related
from workers.reconcile import sources
from workers.reconcile.declare import INSTALLATION, ORGANISATION, REPOSITORY

HOOKS = "blind:99:repository-webhooks"
HIDDEN = "Resource not accessible by integration"


def test_a_missing_permission_is_one_blind_spot_and_costs_no_request(world: World) -> None:
    """However many repositories it concerns; the sentence names the permission, and nothing vanished."""
    world.repo("second")
    world.app_repo.hooks.append({"id": 1, "active": True, "config": {"url": "https://ci.example"}})
    world.settled()
    world.estate.refuse("repository_hooks")
    world.estate.asked.clear()
    world.later()
    assert world.problems()[HOOKS] == (
        "In acme the app cannot see where a repository's events are sent: grant it repository_hooks: read in its settings "
        "on GitHub and accept that where it is installed."
    )
    assert [path for path in world.estate.asked if path.startswith("/repos/") and path.endswith("/hooks")] == []
    assert world.titles() == []


def test_it_is_over_when_the_permission_comes(world: World) -> None:
    """What changed meanwhile is found then."""
    world.settled()
    world.estate.refuse("repository_hooks")
    world.later()
    world.app_repo.hooks.append({"id": 1, "active": True, "config": {"url": "https://evil.example"}})
    world.later()
    assert world.titles() == []
    world.estate.grant(repository_hooks="read")
    world.later()
    assert HOOKS not in world.problems()
    assert world.titles() == ["A webhook to https://evil.example was added to acme/app"]


@pytest.mark.parametrize("status", [403, 404])
def test_what_github_refuses_all_the_same_is_a_blind_spot(world: World, status: int) -> None:
    """A refusal says nothing about what is there, and is taken back with the first answer."""
    world.repo("second")
    world.app_repo.hooks.append({"id": 1, "active": True, "config": {"url": "https://ci.example"}})
    world.settled()
    world.estate.github.fail("GET", "/repos/acme/.*/hooks", *[Answer(status=status, body={"message": HIDDEN})] * 2)
    world.later()
    said = f"where a repository's events are sent; it needs repository_hooks: read. GitHub answered {status}"
    assert said in world.problems()[HOOKS]
    assert world.titles() == []
    world.later(minutes=31)
    assert HOOKS not in world.problems()
    assert world.titles() == []


def test_who_may_pass_a_ruleset_is_taken_as_last_seen_where_it_is_not_shown(world: World) -> None:
    """GitHub shows it to those only who may edit the ruleset; that it is hidden is no change."""
    actor = {"actor_id": 7, "actor_type": "Team", "bypass_mode": "always"}
    shown = {"id": 8, "name": "all", "enforcement": "active", "bypass_actors": [actor], "rules": [{"type": "deletion"}]}
    world.app_repo.rulesets.append(shown)
    world.estate.grant(administration="write")
    world.settled()
    world.estate.grant(administration="read")
    world.later()
    assert world.titles() == []
    (kept,) = world.store.snapshots.all(f"repo:{world.app_repo.id}", "ruleset").values()
    assert "bypass:team 7" in [s.name for s in kept.settings]


def test_the_doctor_tells_blind_spots_and_when_it_was_compared(world: World) -> None:
    """What the app never asks for is told and no fault; what somebody could grant is one."""
    world.settled()
    world.estate.refuse("repository_hooks")
    world.later()
    said = list(doctor._database(Settings(database_url=str(world.store.engine.url))))
    assert any(good and text.startswith("acme was compared with GitHub at 20") for good, text in said)
    assert any(good and text.endswith("write, which this app never asks for.") for good, text in said)
    assert any(not good and "repository_hooks: read" in text for good, text in said)


def test_an_event_has_its_surroundings_looked_at_at_once(world: World) -> None:
    """A ruleset's event does not tell who may pass it, so the ruleset is looked at and not only when it is its turn."""
    world.settled()
    world.estate.asked.clear()
    world.app_repo.collaborators.append({**account(5, "mallory"), "role_name": "admin"})
    with world.store.begin() as connection:
        related.hurry(world.store, connection, [("member", world.app_repo.id, 70)], world.now)
    world.run()
    assert set(world.estate.asked) == {
        "/repos/acme/app/collaborators", "/repos/acme/app/invitations", "/orgs/acme/outside_collaborators",
    }  # fmt: skip
    assert world.titles() == ["@mallory got the role admin in acme/app"]


def test_what_events_point_at_is_there() -> None:
    """A name that no source has would be looked at by nobody."""
    assert {name for names in related.RELATED.values() for name in names} <= set(sources.load())


def test_every_source_can_be_told_apart_and_asks_for_no_more_than_reading() -> None:
    """Only what GitHub files under writing is left out by design; snapshots of two sources never mix."""
    seen: dict[tuple[str, str], list[str]] = {}
    for origin in sources.load().values():
        assert origin.scope in {INSTALLATION, ORGANISATION, REPOSITORY}
        assert origin.refused_by_design == ("write" in origin.needs.values())
        scope = REPOSITORY if origin.scope == REPOSITORY else ORGANISATION
        seen.setdefault((scope, origin.kind), []).append(origin.prefix)
    for prefixes in seen.values():
        assert len(prefixes) == 1 or ("" not in prefixes and len(set(prefixes)) == len(prefixes))


def test_nothing_is_compared_without_an_app(world: World) -> None:
    """The app also runs without a key; then it says so."""
    world.runtime = replace(world.runtime, app=None)
    assert world.run().stopped == "no GitHub App is configured"
