"""Rulesets of the organisation through its repositories, and edits that nobody tells of."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.reconcile.conftest import World
from tests.standin.estate import Json
from tests.standin.github import Answer
from workers.reconcile import sources

SOMEBODY = "Somebody GitHub does not name"
OLD = "2024-01-01T00:00:00Z"


def ruleset(number: int = 40, **over: object) -> Json:
    """Return a ruleset of the organisation."""
    return {
        "id": number, "name": "everywhere", "source_type": "Organization", "source": "acme", "enforcement": "active",
        "target": "branch", "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}, "updated_at": OLD,
        "bypass_actors": [], "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}], **over,
    }  # fmt: skip


def soon(world: World) -> str:
    """Return a time between this look and the next, as GitHub writes it."""
    return (world.now + dt.timedelta(minutes=5)).isoformat().replace("+00:00", "Z")


@pytest.fixture
def organisation(world: World) -> World:
    """Return an organisation of three repositories with one ruleset for all, of which everything was read."""
    world.repo("second")
    world.repo("third")
    world.estate.rulesets.append(ruleset())
    world.settled()
    world.later()
    assert world.titles() == []
    return world


def test_it_is_read_with_metadata_alone_and_asked_for_once(organisation: World) -> None:
    """Whatever the number of repositories, one of them shows it; the organisation's own list is never asked for."""
    world = organisation
    world.estate.asked.clear()
    counted = world.estate.counted
    world.later()
    assert [p for p in world.estate.asked if "/rulesets/40" in p] == ["/repos/acme/app/rulesets/40"]
    assert not [p for p in world.estate.asked if p.startswith("/orgs/acme/rulesets")]
    assert world.estate.counted == counted, "an unchanged answer costs nothing"
    assert not [key for key in world.problems() if "organisation-rulesets" in key]
    assert sources.load()["organisation-rulesets"].needs == {"metadata": "read"}


def test_what_it_loses_is_told_once_for_the_organisation(organisation: World) -> None:
    """Three repositories list it; one alert tells that it was switched off."""
    world = organisation
    world.estate.rulesets[0] = ruleset(enforcement="disabled", updated_at="2024-02-02T00:00:00Z")
    world.later()
    assert world.titles() == [f"{SOMEBODY} switched the ruleset everywhere off"]
    (alert,) = (a for n in range(1, 50) if (a := world.store.alerts.get(n)) and a.finding.detector == "ruleset-weakened")
    assert alert.repository.id == 0, "it is an alert of the organisation"
    world.later()
    world.later()
    assert len(world.titles()) == 1


def test_that_one_repository_is_no_longer_covered_is_not_its_end(organisation: World) -> None:
    """Not even where it was the one through which it is read; what its conditions lost is told if they changed."""
    world = organisation
    world.estate.covered[40] = {r for r in world.estate.repos if r != world.app_repo.id}
    for _ in range(4):
        world.later()
    assert world.titles() == []
    assert "/repos/acme/second/rulesets/40" in world.estate.asked
    world.estate.rulesets[0] = ruleset(rules=[{"type": "deletion"}])
    world.later()
    assert world.titles() == [f"{SOMEBODY} weakened the ruleset everywhere"]


def test_gone_from_every_list_it_is_gone(organisation: World) -> None:
    """Told once, and only when every list was read after the last one let go of it."""
    world = organisation
    world.estate.rulesets.clear()
    world.later()
    assert world.titles() == []
    world.later()
    assert world.titles() == [f"{SOMEBODY} removed the ruleset everywhere"]
    world.later()
    assert len(world.titles()) == 1


def test_a_list_that_cannot_be_read_hides_no_end(organisation: World) -> None:
    """While one repository's list is not whole nothing is concluded; it may be there."""
    world = organisation
    world.estate.rulesets.clear()
    world.estate.github.fail("GET", "/repos/acme/third/rulesets", *[Answer(raw=b"[{")] * 4)
    for _ in range(4):
        world.later()
    assert world.titles() == []
    for _ in range(3):
        world.later(31)
    assert world.titles() == [f"{SOMEBODY} removed the ruleset everywhere"]


def test_a_repository_that_leaves_takes_no_ruleset_with_it(organisation: World) -> None:
    """The ruleset may live on where the app sees nothing; that is no end of it."""
    world = organisation
    world.estate.covered[40] = {world.app_repo.id}
    world.later()
    world.later()
    del world.estate.repos[world.app_repo.id]
    for _ in range(4):
        world.later()
    assert [t for t in world.titles() if "ruleset" in t] == []


def test_a_repository_that_comes_brings_no_news(organisation: World) -> None:
    """A ruleset that comes into sight may be as old as the organisation."""
    world = organisation
    world.estate.rulesets.append(ruleset(41, name="of few"))
    world.estate.covered[41] = set()
    world.later()
    fresh = world.estate.repo("fresh")
    world.estate.covered[41] = {fresh.id}
    for _ in range(3):
        world.later()
    assert world.titles() == []
    assert "ruleset:41" in world.store.snapshots.all("org:70", "ruleset")


def test_with_write_access_the_organisations_list_is_read(organisation: World) -> None:
    """Where an operator gave it, who may pass is seen, also by poll."""
    world = organisation
    world.estate.grant(organization_administration="write")
    world.later()
    world.later()
    assert world.titles() == []
    actor = {"actor_id": 9, "actor_type": "Team", "bypass_mode": "always"}
    world.estate.rulesets[0] = ruleset(bypass_actors=[actor])
    world.later()
    assert world.titles() == [f"{SOMEBODY} weakened the ruleset everywhere"]
    world.estate.rulesets.clear()
    world.later()
    assert f"{SOMEBODY} removed the ruleset everywhere" in world.titles()


def test_an_edit_that_shows_nothing_and_of_which_no_event_told_is_said_quietly(organisation: World) -> None:
    """Who may pass may have changed; it waits for the event's second delivery, and is told once."""
    world = organisation
    world.estate.rulesets[0] = ruleset(updated_at=soon(world), bypass_actors=[{"actor_type": "DeployKey"}])
    world.later()
    assert world.titles() == [], "the event may still come"
    world.later()
    world.later()
    assert world.titles() == [f"{SOMEBODY} edited the ruleset everywhere, and GitHub does not show what"]
    world.later()
    assert len(world.titles()) == 1
    (severity,) = {
        a.finding.severity.value for n in range(1, 50)
        if (a := world.store.alerts.get(n)) and a.finding.detector == "ruleset-weakened"
    }  # fmt: skip
    assert severity == "medium"


def test_an_edit_whose_change_is_seen_is_not_told_a_second_time(organisation: World) -> None:
    """Neither by the poll that saw the change, nor later."""
    world = organisation
    world.estate.rulesets[0] = ruleset(rules=[{"type": "deletion"}], updated_at=soon(world))
    for _ in range(4):
        world.later()
    assert world.titles() == [f"{SOMEBODY} weakened the ruleset everywhere"]


def test_a_stricter_edit_is_quiet_to_the_end(organisation: World) -> None:
    """What is seen to be stronger is no riddle either."""
    world = organisation
    rules = [{"type": t} for t in ("deletion", "non_fast_forward", "required_signatures")]
    world.estate.rulesets[0] = ruleset(rules=rules, updated_at=soon(world))
    for _ in range(4):
        world.later()
    assert world.titles() == []


def test_only_githubs_own_list_of_bypasses_is_left_unseen(organisation: World) -> None:
    """The organisation's rulesets are no blind spot any more."""
    (said,) = organisation.problems().values()
    assert "cannot see merges and pushes that GitHub let past missing checks, reviews or signatures" in said
