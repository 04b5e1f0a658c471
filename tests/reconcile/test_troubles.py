"""Every trouble there is, one after another, in the middle of a comparison; and the app taken away in the middle of one."""

from __future__ import annotations

import datetime as dt

from tests.reconcile.conftest import INSTALLATION, World
from tests.reconcile.test_trouble import HOOKS, furnished, hook
from tests.standin.github import Answer
from tests.standin.trouble import TROUBLES, soon_tired


def test_whatever_trouble_it_goes_on_and_tells_the_change_once(world: World) -> None:
    """Each trouble in turn, while a webhook was added: nothing is concluded, nothing forgotten, and GitHub is let be."""
    furnished(world)
    world.estate.hooks.append(hook(9))
    before = set(world.problems())
    for name, trouble in TROUBLES.items():
        world.estate.github.fail("GET", HOOKS, *[trouble] * 8)
        with soon_tired():
            world.later()
        assert world.titles() == [], name
        assert len(world.store.snapshots.all("org:70", "org-webhook")) == 3, name
        half = {"half:org:70:organisation-webhooks"}  # said after three in a row; others stop the round
        assert set(world.problems()) - before <= {f"reconcile:{INSTALLATION}"} | half, name
        world.estate.github.well()
        allowance = world.store.allowances.get(INSTALLATION)
        assert allowance is not None
        world.now = max(allowance.next_at, world.now) + dt.timedelta(seconds=1)
    world.now += dt.timedelta(days=1)
    world.run()
    assert world.titles() == ["A webhook to https://ci9.example was added to acme"]
    assert set(world.problems()) == before


def test_an_app_that_is_removed_in_the_middle_blinds_nothing(world: World) -> None:
    """Its token ends in the middle of a round: that is said as what it is by the next one, and every source stays quiet."""
    furnished(world)
    known = set(world.problems())
    gone = world.estate.github

    def removed(_: object) -> Answer:
        gone.installations.pop(INSTALLATION, None)
        gone.end_tokens()
        return Answer(body=[])

    gone.route("GET", "/orgs/acme/members", removed)
    assert "no longer installed" in world.later().stopped
    assert set(world.problems()) == known | {f"reconcile:{INSTALLATION}"}
    gone.route("GET", f"/app/installations/{INSTALLATION}", lambda _: Answer(status=404, body={"message": "Not Found"}))
    world.later()
    assert "Somebody GitHub does not name removed this app from acme" in world.titles()
