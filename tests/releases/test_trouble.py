"""A release that cannot be looked into now is looked into later, and once; trouble says nothing about it."""

from __future__ import annotations

import pytest

from tests.releases.conftest import World
from tests.standin.github import Answer
from tests.standin.trouble import TROUBLES, soon_tired

WIDGET = "/repos/acme/widget"
API = (f"{WIDGET}/releases/1", f"{WIDGET}/git/ref/.*", f"{WIDGET}/git/trees/.*", f"{WIDGET}/attestations/.*")
FILES = (f"{WIDGET}/releases/assets/.*", "/storage/.*")
AWAY = {"sent to another server", "sent elsewhere for now", "sent nowhere"}
"""Of a file this is no trouble: it is not fetched from there, tried in test_examine.py."""


def _last(world: World, body: object) -> Answer:
    world.github.end_tokens()
    return Answer(body=body)


@pytest.mark.parametrize("place", [*API, *FILES])
def test_whatever_trouble_a_release_waits_and_is_told_once(world: World, place: str) -> None:
    """Each trouble in turn, at each of the questions and in the download."""
    world.archive(1, "v1.1", {"m4/odd.m4": b"x\n"})
    for name, trouble in TROUBLES.items():
        if place in FILES and name in AWAY:
            continue
        world.github.fail("GET", place, *[trouble] * 8)
        asked = len(world.github.requests)
        with soon_tired():
            told = world.work(hours=4) if asked else world.look(1)
        assert told == [], name
        assert len(world.github.requests) > asked, name
        assert world.runtime.store.problems.open() == [], name
        world.github.well()
    (alert,) = world.work(hours=4)
    assert alert.finding.detector == "release-archive-altered"


def test_a_revoked_token_is_replaced_for_a_download(world: World) -> None:
    """A token may be revoked between the questions and the download."""
    world.archive(1, "v1.1", {"m4/odd.m4": b"x\n"})
    trees = world.github.resources
    world.github.route("GET", f"{WIDGET}/git/trees/.*", lambda r: _last(world, trees[r.path]))
    (alert,) = world.look(1)
    assert alert.finding.detector == "release-archive-altered"
    assert 401 in world.github.asked("GET", f"{WIDGET}/releases/assets/.*")
