"""Pushes past a rule, from the events alone and from what everybody who may read is told."""

from __future__ import annotations

import datetime as dt
import uuid

import orjson
import pytest

from github_app.store import Delivery
from github_app.wake import partition_of
from tests.coverage.about_code import push
from tests.coverage.corpus import ANNA, build
from tests.reconcile.conftest import World
from tests.standin.estate import Json
from tests.standin.github import Answer
from workers.drain import drain

TWO = {"type": "pull_request", "parameters": {"required_approving_review_count": 2}}
ALL = {"ref_name": {"include": ["~ALL"], "exclude": []}}
ROBOT = {"id": 41, "login": "ci[bot]", "type": "Bot"}
TITLE = "@anna pushed a commit straight to main, which asks for a pull request with 2 approvals"


def ruleset(**over: object) -> Json:
    """Return a ruleset that asks for a pull request everywhere, and forbids rewriting and deleting."""
    rules = [TWO, {"type": "non_fast_forward"}, {"type": "deletion"}]
    return {"id": 8, "name": "main", "target": "branch", "enforcement": "active", "conditions": ALL, "rules": rules, **over}


@pytest.fixture
def ruled(world: World) -> World:
    """Return a repository under a ruleset, in which everything was read."""
    world.app_repo.rulesets.append(ruleset())
    return world.settled()


def pushed(world: World, how: str = "push", who: Json = ANNA, **changes: object) -> None:
    """Let somebody push, GitHub list it as `how`, and the event arrive."""
    world.now += dt.timedelta(minutes=1)
    after = uuid.uuid4().hex + "0" * 8
    changes = {"after": after, "before": "1" * 40, **changes}
    line = push(who, world.now.isoformat(), **changes)  # type: ignore[arg-type]
    payload = build(line.name, line.over)
    payload["repository"] = world.app_repo.shown(world.estate.owner) | {"pushed_at": int(world.now.timestamp())}
    if how:
        world.app_repo.activity.insert(0, {
            "id": 1, "after": changes["after"], "ref": payload["ref"], "activity_type": how,
            "timestamp": world.now.isoformat(), "actor": {"id": who["id"], "login": who["login"]},
        })  # fmt: skip
    number, owner = world.app_repo.id, world.estate.owner["id"]
    partition = partition_of(number, owner)
    world.store.inbox.accept([
        Delivery(
            guid=str(uuid.uuid4()), event="push", received_at=world.now, partition=partition, repository_id=number,
            owner_id=owner, body=orjson.dumps(payload),
        )
    ])  # fmt: skip
    drain(world.runtime, partition, world.now)


def told(world: World, detector: str = "protection-bypassed") -> list[str]:
    """Return what was told of bypasses, oldest first."""
    return [a.finding.title for a in reversed(world.store.alerts.recent(50)) if a.finding.detector == detector]


def test_a_push_past_the_rule_is_told_once_for_a_habit(ruled: World) -> None:
    """The first one; not the next ones within three months, however many; again after a longer pause."""
    pushed(ruled)
    assert told(ruled) == [TITLE]
    for _ in range(3):
        ruled.now += dt.timedelta(days=60)
        pushed(ruled)
    assert told(ruled) == [TITLE]
    ruled.now += dt.timedelta(days=100)
    ruled.app_repo.activity.clear()
    pushed(ruled)
    assert told(ruled) == [TITLE, TITLE]


@pytest.mark.parametrize("how", ["pr_merge", "merge_queue_merge", "branch_creation", ""])
def test_merges_and_what_nobody_lists_are_quiet(ruled: World, how: str) -> None:
    """Whatever the commits look like: GitHub says how they landed, or nobody knows."""
    pushed(ruled, how)
    assert told(ruled) == []


@pytest.mark.parametrize(
    "over", [{"enforcement": "evaluate"}, {"enforcement": "disabled"}, {"rules": [{"type": "deletion"}]}, {"target": "tag"}]
)
def test_without_such_a_rule_nobody_is_asked(world: World, over: Json) -> None:
    """A rule that is only tried out, or asks for something else, costs no request and makes no alert."""
    world.app_repo.rulesets.append(ruleset(**over))
    world.settled()
    world.estate.asked.clear()
    pushed(world)
    assert told(world) == []
    assert not [p for p in world.estate.asked if p.endswith("/activity") or "/rules/branches/" in p]


def test_a_rule_that_no_longer_holds_accuses_nobody(ruled: World) -> None:
    """It was taken away a moment ago and its event is on the way: GitHub says what holds now."""
    ruled.app_repo.rulesets[0] = ruleset(enforcement="disabled")
    pushed(ruled)
    assert told(ruled) == []


def test_a_refusal_accuses_nobody(ruled: World) -> None:
    """Neither does a GitHub that has no such list."""
    ruled.estate.github.fail("GET", "/repos/acme/app/activity", Answer(status=404, body={"message": "Not Found"}))
    pushed(ruled)
    assert told(ruled) == []


def test_an_outage_only_delays_it(ruled: World) -> None:
    """The delivery waits and is judged when GitHub answers again."""
    slow = {"message": "You have exceeded a secondary rate limit"}
    ruled.estate.github.fail("GET", "/repos/acme/app/activity", Answer(status=403, body=slow))
    pushed(ruled)
    assert told(ruled) == []
    ruled.now = max(ruled.now, dt.datetime.now(dt.UTC)) + dt.timedelta(minutes=10)
    drain(ruled.runtime, partition_of(ruled.app_repo.id, ruled.estate.owner["id"]), ruled.now)
    assert told(ruled) == [TITLE]


def test_by_whom_github_lists_earlier_pushes_it_is_milder(ruled: World) -> None:
    """On the day the app comes, a habit is not told as if it were an emergency; an app's habit is not told at all."""
    for who in (ANNA, ROBOT):
        ruled.app_repo.activity.append({
            "id": 2, "after": "e" * 40, "ref": "refs/heads/main", "activity_type": "push",
            "timestamp": (ruled.now - dt.timedelta(days=9)).isoformat(), "actor": {"id": who["id"], "login": who["login"]},
        })  # fmt: skip
        pushed(ruled, who=who)
    assert told(ruled) == [TITLE]
    (alert,) = (a for a in ruled.store.alerts.recent(50) if a.finding.detector == "protection-bypassed")
    assert alert.finding.severity.value == "medium"
    assert "pushed there 1 more times" in alert.finding.why


def test_a_ruleset_of_the_organisation_counts_where_it_applies(world: World) -> None:
    """GitHub's lists say to which repositories it does."""
    world.estate.rulesets.append(ruleset(id=40, name="everywhere", source_type="Organization"))
    world.settled()
    world.later()
    pushed(world)
    assert told(world) == [TITLE]
    second = world.app_repo = world.repo("second")
    world.estate.covered[40] = {r for r in world.estate.repos if r != second.id}
    for _ in range(2):
        world.later()
    pushed(world)
    assert told(world) == [TITLE]


def test_forced_pushes_and_deletions_name_the_guard(ruled: World) -> None:
    """Of any branch that a guard covers; the detectors for both say which one forbade it, and no second alert is made."""
    pushed(ruled, "force_push", ref="refs/heads/stage", forced=True)
    assert told(ruled, "history-rewritten") == ["@anna rewrote the history of stage"]
    pushed(ruled, "branch_deletion", ref="refs/heads/stage", after="0" * 40)
    assert told(ruled, "ref-deleted") == ["@anna deleted the branch stage"]
    assert told(ruled) == []
    said = [
        a.finding.why for a in ruled.store.alerts.recent(50) if a.finding.detector in {"history-rewritten", "ref-deleted"}
    ]
    assert len(said) == 2
    assert all("Forbidden by the ruleset “main”: whoever did it may pass." in why for why in said)
    ruled.app_repo.rulesets[0] = ruleset(enforcement="disabled")
    pushed(ruled, "force_push", ref="refs/heads/other", forced=True)
    pushed(ruled, "branch_deletion", ref="refs/heads/other", after="0" * 40)
    assert len(told(ruled, "history-rewritten") + told(ruled, "ref-deleted")) == 2
