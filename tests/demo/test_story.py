"""The story's deliveries are in order, whole and shaped like GitHub's."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from demo import facts, world
from demo.pushes import sessions
from demo.standin.github import GitHub
from demo.story import Delivery, Story


@pytest.fixture(scope="module")
def told() -> list[Delivery]:
    """Return every delivery of the story."""
    hub = GitHub(world.state(app_id=1, public_key="", git_dir=""))
    story = Story(hub)
    found = [delivery for step in story.steps() for delivery in story.deliveries(step)]
    hub.stop()
    return found


def test_deliveries_come_in_order_and_once(told: list[Delivery]) -> None:
    """Times never go back and no id repeats."""
    assert all(one.at <= other.at for one, other in pairwise(told))
    assert len({delivery.guid for delivery in told}) == len(told)


def test_every_commit_is_pushed_once_and_pushes_join(told: list[Delivery]) -> None:
    """Each push of the default branch begins where the last one ended."""
    pushes = [d.payload for d in told if d.event == "push" and d.payload["ref"] == f"refs/heads/{facts.BRANCH}"]
    assert all(one["after"] == other["before"] for one, other in pairwise(pushes))
    assert [c["id"] for push in pushes for c in push["commits"]] == [c.id for c in facts.story_commits()]
    assert all(push["commits"][-1]["id"] == push["after"] for push in pushes)


def test_a_push_has_one_pusher() -> None:
    """Commits of two people are never played as one push, and what a button made stands alone."""
    for commits in sessions(facts.story_commits()):
        own = [c for c in commits if not c.landed_with]
        assert len({world.pusher(c) for c in own}) == 1
        if world.WEB_FLOW in {c.committer.mail for c in own}:
            assert len(own) == 1


def test_the_merge_brings_its_side_branch() -> None:
    """The push of the one real merge carries the thirteen commits of the pull request and the merge itself."""
    merge = next(p for p in sessions(facts.story_commits()) if p[-1].merge)
    assert (merge[-1].id[:8], len(merge)) == ("6fd39664", 14)


def test_payloads_are_json_and_name_repository_sender_and_installation(told: list[Delivery]) -> None:
    """Whatever the event, the app can tell where it happened and who did it."""
    for delivery in told:
        payload = json.loads(json.dumps(delivery.payload))
        assert payload["repository"]["id"] == world.REPOSITORY_ID
        assert isinstance(payload["sender"]["id"], int)
        assert payload["installation"]["id"] == 77
