"""Deliveries that GitHub could not make: asked for again once for each failure, given up in words, gaps told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from github_app.store import Delivery
from tests.reconcile.conftest import World
from tests.standin.github import Answer, Request
from workers.reconcile.redeliver import MOST_ASKS, Result, redeliver


class Hook:
    """The app's webhook as GitHub sees it: attempts to deliver, newest first, and a button to repeat one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.attempts: list[dict[str, Any]] = []
        self.asked: list[int] = []
        self.page = 100
        self.comes = True
        github = world.estate.github
        github.route("GET", "/app/hook/deliveries", self._list)
        github.route("POST", r"/app/hook/deliveries/(\d+)/attempts", self._again)

    def fail(self, guid: str, *, ago: dt.timedelta = dt.timedelta(hours=1), redelivery: bool = False) -> int:
        """Record an attempt that failed."""
        number = 10_000 + len(self.attempts)
        self.attempts.insert(0, {
            "id": number, "guid": guid, "delivered_at": f"{self.world.now - ago:%Y-%m-%dT%H:%M:%SZ}",
            "redelivery": redelivery, "duration": 0.1, "status": "Invalid HTTP Response: 502", "status_code": 502,
            "event": "push", "action": None, "installation_id": 99, "repository_id": 1,
        })  # fmt: skip
        return number

    def receive(self, guid: str) -> None:
        """Have a delivery arrive in the inbox."""
        common = {"event": "push", "received_at": self.world.now, "partition": 0, "repository_id": 1, "owner_id": 2}
        self.world.store.inbox.accept([Delivery(guid=guid, body=b"{}", **common)])

    def run(self) -> Result:
        """Look for failed deliveries, as every few minutes."""
        return redeliver(self.world.runtime, lambda: self.world.now)

    def later(self, minutes: float = 6) -> Result:
        """Let time pass and look again."""
        self.world.now += dt.timedelta(minutes=minutes)
        return self.run()

    def _list(self, request: Request) -> Answer:
        assert request.query["status"] == ["failure"]
        start = int(request.query.get("cursor", ["0"])[0])
        here = self.attempts[start : start + self.page]
        more = start + self.page < len(self.attempts)
        url = f"{self.world.estate.github.url}/app/hook/deliveries?per_page=100&status=failure&cursor={start + self.page}"
        return Answer(body=here, headers={"Link": f'<{url}>; rel="next"'} if more else {})

    def _again(self, request: Request) -> Answer:
        number = int(request.found[0])
        self.asked.append(number)
        attempt = next(a for a in self.attempts if a["id"] == number)
        if self.comes:
            self.receive(attempt["guid"])
        else:
            self.fail(attempt["guid"], ago=dt.timedelta(0), redelivery=True)
        return Answer(status=202, body={})


@pytest.fixture
def hook(world: World) -> Hook:
    """Return the webhook."""
    return Hook(world)


def test_what_is_missing_is_asked_for_once(hook: Hook) -> None:
    """Not what is in the inbox, and nothing twice; when it has come, all is well."""
    missing, here = hook.fail("missing"), hook.fail("here")
    hook.receive("here")
    assert hook.run().asked == 1
    assert hook.asked == [missing]
    assert here not in hook.asked
    assert hook.later().arrived == 1
    hook.later()
    assert hook.asked == [missing]
    assert hook.world.problems() == {}
    assert hook.world.store.redeliveries.counts() == {"arrived": 1}


def test_what_fails_again_is_asked_for_with_growing_patience_and_given_up(hook: Hook) -> None:
    """Each failed attempt is asked to be repeated once; after a few it is told as lost, and not asked for any more."""
    hook.comes = False
    hook.fail("unlucky")
    hook.run()
    hook.later(minutes=1)
    assert len(hook.asked) == 1
    for _ in range(12):
        hook.later(minutes=90)
    assert len(hook.asked) == len(set(hook.asked)) == MOST_ASKS
    (problem,) = hook.world.problems().values()
    assert problem.startswith("The delivery unlucky (push) of 20")
    assert problem.endswith("“Invalid HTTP Response: 502”. What it told was not judged.")


def test_while_it_has_not_come_that_is_told(hook: Hook) -> None:
    """An operator sees that something is on its way."""
    hook.comes = False
    hook.fail("unlucky")
    hook.run()
    assert hook.world.problems()["redeliver:waiting"].startswith("1 deliveries failed between")
    hook.receive("unlucky")
    hook.later()
    assert hook.world.problems() == {}


def test_every_page_is_read(hook: Hook) -> None:
    """A long outage fills more than one page."""
    hook.page = 3
    numbers = [hook.fail(f"guid-{n}") for n in range(8)]
    assert hook.run().asked == 8
    assert sorted(hook.asked) == numbers


def test_a_run_asks_for_some_and_the_next_goes_on(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub wants pauses between writes, so an outage is worked off in steps and nothing in it is skipped."""
    monkeypatch.setattr("workers.reconcile.redeliver.AT_ONCE", 3)
    for n in range(8):
        hook.fail(f"guid-{n}", ago=dt.timedelta(hours=20))
    assert [hook.run().asked, hook.later().asked, hook.later().asked, hook.later().asked] == [3, 3, 2, 0]


def test_nobody_looking_for_days_is_a_gap(hook: Hook) -> None:
    """GitHub keeps failed deliveries for three days: who looks after five may have lost some, and is told when."""
    hook.run()
    start = hook.world.now
    hook.later(minutes=5 * 24 * 60)
    (gap,) = hook.world.problems().values()
    assert f"from {start:%Y-%m-%d %H:%M} UTC until {hook.world.now:%Y-%m-%d %H:%M} UTC" in gap
    for _ in range(15):
        hook.later(minutes=24 * 60)
    assert hook.world.problems() == {}


def test_what_github_refuses_to_repeat_is_lost(hook: Hook) -> None:
    """As one that is too old."""
    hook.fail("old")
    hook.world.estate.github.fail("POST", ".*/attempts", Answer(status=422, body={"message": "too old"}))
    assert hook.run().given_up == 1
    assert "GitHub answered 422" in hook.world.problems()["delivery-lost:old"]
    hook.later()
    assert hook.asked == []


@pytest.mark.parametrize("answer", [Answer(status=401, body={"message": "Bad"}), Answer(body={"no": "list"})])
def test_trouble_is_told_and_over_with_the_next_answer(hook: Hook, answer: Answer) -> None:
    """Nothing is taken for looked at."""
    hook.fail("missing")
    hook.world.estate.github.fail("GET", "/app/hook/deliveries", answer)
    assert hook.run().stopped
    assert "redeliver:unasked" in hook.world.problems()
    assert hook.later().asked == 1
    assert "redeliver:unasked" not in hook.world.problems()


@pytest.mark.parametrize(
    "odd", [{}, {"id": "x"}, {"id": 1, "guid": 5}, {"id": 1, "guid": "g", "delivered_at": "soon"}, 7, None]
)
def test_odd_entries_are_passed_over(hook: Hook, odd: Any) -> None:
    """One that cannot be read does not hide the others."""
    missing = hook.fail("missing")
    hook.attempts.append(odd)
    hook.run()
    assert hook.asked == [missing]
