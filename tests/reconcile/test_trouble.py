"""Trouble with GitHub: backed off as it asks, resumed where it was, nothing lost, and never told as a change of trust."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from tests.reconcile.conftest import INSTALLATION, World
from tests.standin.estate import account
from tests.standin.github import Answer
from workers.reconcile import budget
from workers.reconcile.budget import RESERVE

HOOKS = "/orgs/acme/hooks"
LIMIT = {"message": "API rate limit exceeded for installation ID 99."}
SLOW = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


def hook(number: int) -> dict[str, object]:
    """Return a webhook."""
    return {"id": number, "active": True, "events": ["push"], "config": {"url": f"https://ci{number}.example"}}


def furnished(world: World, hooks: int = 3) -> World:
    """Return an organisation with some webhooks, compared once."""
    world.estate.hooks = [hook(n) for n in range(hooks)]
    return world.settled()


STOPS = {
    "primary limit": Answer(
        status=403, body=LIMIT, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}
    ),
    "secondary limit": Answer(status=403, body=SLOW),
    "secondary limit with a time": Answer(status=429, body=SLOW, headers={"Retry-After": "120"}),
    "suspended": Answer(status=403, body={"message": "This installation has been suspended"}),
    "not GitHub's answer": Answer(status=502, body=["a proxy"]),
}


@pytest.mark.parametrize("answer", STOPS.values(), ids=STOPS)
def test_nothing_is_asked_until_github_wants_to_be_asked(world: World, answer: Answer) -> None:
    """The round stops at once, says why, and goes on where it was when the time has come."""
    furnished(world)
    world.estate.github.fail("GET", HOOKS, *[answer] * (4 if answer.status == 502 else 1))  # a 502 is tried four times
    world.estate.hooks.append(hook(9))
    stopped = world.later()
    assert stopped.stopped
    assert f"reconcile:{INSTALLATION}" in world.problems()
    asked = len(world.estate.github.requests)
    assert world.run().looked == 0
    assert world.run(everything=True).looked == 0
    assert len(world.estate.github.requests) == asked, "GitHub was asked again too early"
    allowance = world.store.allowances.get(INSTALLATION)
    assert allowance is not None
    world.now = max(allowance.next_at, dt.datetime.now(dt.UTC)) + dt.timedelta(seconds=1)
    world.run()
    world.later()
    assert world.titles() == ["A webhook to https://ci9.example was added to acme"]
    assert world.problems().keys() == {"blind:99:protection-bypasses"}


@pytest.mark.parametrize("body", [None, {}, {"message": "ok"}, "text", [1, 2], [None]])
def test_an_answer_of_another_shape_is_no_answer(world: World, body: object) -> None:
    """Nothing vanished because GitHub, or something in between, answered nonsense."""
    furnished(world)
    world.estate.hooks[0] = {**hook(0), "events": ["release"]}  # so that the answer is not "unchanged"
    world.estate.github.fail("GET", HOOKS, Answer(body=body))
    world.later()
    assert world.titles() == []
    assert len(world.store.snapshots.all("org:70", "org-webhook")) == 3
    world.later()
    assert world.titles() == []


def test_a_list_that_breaks_off_is_no_list(world: World) -> None:
    """The second page failed, so the first alone says nothing about what is gone."""
    furnished(world, hooks=150)
    world.estate.hooks.append(hook(900))
    world.estate.github.fail("GET", HOOKS, Answer(body=[hook(n) for n in range(100)]), *[Answer(status=500)] * 4)
    assert "could not be asked" in world.later().stopped
    assert len(world.store.snapshots.all("org:70", "org-webhook")) == 150
    world.now += dt.timedelta(days=400)
    world.run()
    assert world.titles() == ["A webhook to https://ci900.example was added to acme"]


def test_fewer_than_github_counts_is_no_list(world: World) -> None:
    """GitHub says how many there are; fewer were shown, so more may be there."""
    world.estate.apps = [{"id": n, "app_id": n, "app_slug": f"app{n}", "permissions": {}} for n in range(3)]
    world.settled()
    short = {"total_count": 3, "installations": world.estate.apps[:1]}
    world.estate.github.fail("GET", "/orgs/acme/installations", *[Answer(body=short)] * 3)
    for _ in range(3):
        world.later(minutes=60)
    assert len(world.store.snapshots.all("org:70", "app")) == 3
    assert "GitHub says there are 3 and showed 1, 3 times in a row" in world.problems()["half:org:70:other-apps"]
    world.now += dt.timedelta(days=1)
    world.run()
    assert "half:org:70:other-apps" not in world.problems()
    assert world.titles() == []


def test_a_cut_off_body_is_no_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON that ends in the middle."""
    furnished(world)
    world.estate.hooks.append(hook(9))
    plain = json.dumps

    def cut(value: object, **options: object) -> str:
        text = plain(value, **options)  # type: ignore[arg-type]
        return text[: len(text) // 2] if "ci9" in text and text.startswith("[") else text

    with monkeypatch.context() as patch:
        patch.setattr("tests.standin.github.json.dumps", cut)
        world.later()
    assert world.titles() == []
    world.later()
    assert world.titles() == ["A webhook to https://ci9.example was added to acme"]


def test_a_revoked_token_is_replaced(world: World) -> None:
    """A token that GitHub no longer takes is asked for anew, and the round goes on."""
    furnished(world)
    world.estate.github.end_tokens()
    world.estate.hooks.append(hook(9))
    assert world.later().stopped == ""
    assert world.titles() == ["A webhook to https://ci9.example was added to acme"]
    assert 401 in [status for _, _, status in world.estate.github.log]


def test_an_app_that_is_suspended_waits_and_loses_nothing(world: World) -> None:
    """Whoever suspends the app blinds it; afterwards the difference is found."""
    furnished(world)
    held = world.estate.github.installations[INSTALLATION]
    held.suspended = True
    world.estate.hooks.append(hook(9))
    assert "suspended" in world.later().stopped
    assert "suspended" in world.problems()[f"reconcile:{INSTALLATION}"]
    held.suspended = False
    world.later()
    assert world.titles() == ["A webhook to https://ci9.example was added to acme"]


def test_an_app_that_was_removed_says_so_and_asks_no_more(world: World) -> None:
    """Removal may have come without its event; nothing else vanished."""
    furnished(world)
    del world.estate.github.installations[INSTALLATION]
    world.later()
    assert world.titles() == ["Somebody GitHub does not name removed this app from acme"]
    assert [w.state for w in world.store.repositories.all()] == ["removed"]
    assert world.store.allowances.all() == []
    assert world.store.checks.of(INSTALLATION) == {}


def test_a_server_that_is_not_there_is_waited_for(world: World) -> None:
    """No answer at all."""
    furnished(world)
    world.estate.github.fail("GET", r"/app/installations/99", *[Answer(status=503)] * 4)
    assert world.later().stopped
    world.later()
    assert world.titles() == []


# -- budget ----------------------------------------------------------------------------------------------------


def test_the_first_round_leaves_a_reserve(world: World) -> None:
    """What is left of GitHub's limit below the reserve is for events that have to be looked into."""
    world.estate.limit = RESERVE + 10
    for n in range(5):
        world.repo(f"r{n}")
    first = world.run()
    assert first.stopped == "the budget for now is spent"
    assert world.estate.limit - world.estate.counted == RESERVE
    world.now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)  # GitHub's limit begins anew
    world.estate.counted = 0
    world.estate.limit = 5000
    assert world.run().stopped == ""
    assert world.store.checks.unseen(INSTALLATION) == 0
    assert world.titles() == []


def test_the_first_round_is_paced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh installation may spend five minutes' worth at once, and then as much as comes in."""
    monkeypatch.setattr(budget, "FIRST_ROUND", 360)
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, reconcile_requests=60))
    for n in range(10):
        world.repo(f"r{n}")
    for _ in range(3):
        world.run()
    assert 30 - 2 <= world.estate.counted <= 30
    world.now += dt.timedelta(minutes=3)
    world.run()
    assert 48 - 3 <= world.estate.counted <= 48
    world.now += dt.timedelta(hours=1)
    world.run()
    assert world.estate.counted <= 48 + 30


def test_an_unchanged_answer_costs_nothing_while_the_token_lives(world: World) -> None:
    """GitHub's ETags are good for one token; with the next one each answer is counted once more."""
    furnished(world)
    world.estate.counted = world.estate.unchanged = 0
    world.later()
    assert (world.estate.counted, world.estate.unchanged) == (0, len(world.estate.asked))
    world.estate.github.end_tokens()
    world.runtime.app.forget_token(INSTALLATION)  # type: ignore[union-attr]
    world.later()
    assert world.estate.counted == len(world.estate.asked)


# -- death and rivals --------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """The process is gone; nothing after it runs."""


@pytest.mark.parametrize("moment", range(1, 27, 4))
def test_killed_anywhere_it_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """Whatever it was doing: no alert is lost and none comes twice."""
    furnished(world)
    world.estate.hooks.append(hook(9))
    world.estate.owners.append(account(5, "mallory"))
    world.app_repo.collaborators.append({**account(6, "trent"), "role_name": "admin"})
    count = 0
    begin = world.store.begin

    def counting() -> object:
        nonlocal count
        count += 1
        if count == moment:
            raise KilledError
        return begin()

    world.now += dt.timedelta(minutes=21)
    monkeypatch.setattr(world.store, "begin", counting)
    with pytest.raises(KilledError):
        world.run()
    monkeypatch.undo()
    world.crash()
    world.run()
    world.later()
    assert world.titles() == [
        "@mallory got the role owner in acme",
        "@trent got the role admin in acme/app",
        "A webhook to https://ci9.example was added to acme",
    ]


def test_an_event_that_was_faster_is_not_told_twice(world: World) -> None:
    """Between the answer and the transaction an event told the same: the look is thrown away and repeated."""
    furnished(world)
    world.estate.hooks.append(hook(9))
    keep = world.store.checks.keep
    meddled = False

    def meddle(connection: Connection, scope: str, validators: object) -> None:
        keep(connection, scope, validators)  # type: ignore[arg-type]

    all_ = world.store.snapshots.all

    def changing(scope: str, kind: str, connection: Connection | None = None) -> object:
        nonlocal meddled
        found = all_(scope, kind, connection)
        if kind == "org-webhook" and connection is not None and not meddled:
            meddled = True
            return {}
        return found

    world.store.checks.keep = meddle  # type: ignore[method-assign]
    world.store.snapshots.all = changing  # type: ignore[method-assign,assignment]
    world.later()
    assert meddled
    assert world.titles() == []
    world.later()
    assert world.titles() == ["A webhook to https://ci9.example was added to acme"]


def test_two_processes_do_not_compare_the_same(world: World) -> None:
    """The lease lets one of them; the other says so and is done."""
    furnished(world)
    assert world.store.leases.acquire(f"reconcile:{INSTALLATION}", "other", 60, world.now)
    assert world.run().stopped == "another process is at it"
