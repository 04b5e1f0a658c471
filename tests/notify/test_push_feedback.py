"""What GitHub shows of a push without a pull request: one issue where the policy says, facts only, closed at the end."""

from __future__ import annotations

from typing import Any

import pytest

from demo.standin.github_state import Repo
from github_app import decisions
from github_app.model import Evidence, Repository
from github_app.policy.model import Policy, PushFeedback
from github_app.review import Action
from tests.notify.conftest import World
from tests.notify.material import MARY, SHA, alert
from tests.notify.trouble import Fault

PLACE = "acme/security"
WANTED = Policy(push_feedback=PushFeedback(to="issue", repository=PLACE))
POST = rf"/repos/{PLACE}/issues"


@pytest.fixture(autouse=True)
def security(world: World) -> Repo:
    """Return the repository the policy names."""
    return world.github.state.add_repo(Repo(id=70, full_name=PLACE, default_branch="main"))


def issues(world: World) -> list[dict[str, Any]]:
    """Return the issues there."""
    return list(world.github.repo(PLACE).issues.values())


def test_alerts_of_one_push_share_an_issue(world: World) -> None:
    """Two detectors tell of one commit: one issue with both; decided, it is closed; reopened, it is open again."""
    first = world.raise_alert(alert(fingerprint="a"), WANTED)
    second = world.raise_alert(alert(fingerprint="b", title="@newcomer pushed without review"), WANTED)
    world.deliver("github-push")
    (issue,) = issues(world)
    assert issue["title"] == "2 trust changes in a push to acme/tool"
    assert "pushed without review" in issue["body"]
    assert f"/acme/tool/commit/{SHA}" in issue["body"]
    for found in (first, second):
        decisions.apply(world.store, found.id, Action.EXPECTED, MARY, "SECRET reason", world.clock(), via="slack")
    world.deliver("github-push")
    (issue,) = issues(world)
    assert issue["state"] == "closed"
    assert "SECRET" not in issue["body"]
    decisions.apply(world.store, first.id, Action.REOPEN, MARY, "I was wrong", world.clock(), via="slack")
    world.deliver("github-push")
    assert [i["state"] for i in issues(world)] == ["open"]


@pytest.mark.parametrize(
    "changes",
    [
        {"private": True},
        {"pull": 12},
        {"evidence": (Evidence(kind="key", value="a"),)},
        {"repository": Repository(id=0, full_name="acme")},
    ],
    ids=["private", "on a pull request", "no commit", "an organisation"],
)
def test_nothing_else_becomes_an_issue(world: World, changes: dict[str, Any]) -> None:
    """Private alerts never, nor what has a pull request or no commit."""
    world.raise_alert(alert(**changes), WANTED)
    world.raise_alert(alert(fingerprint="b"))  # the default policy wants none
    world.deliver("github-push")
    assert issues(world) == []


@pytest.mark.parametrize("after", [True, False], ids=["after it was written", "before it was written"])
def test_a_502_is_no_second_issue(world: World, after: bool) -> None:
    """The retry looks for our own issue by its marker first."""
    world.raise_alert(alert(), WANTED)
    world.github_trouble.faults.append(Fault(method="POST", path=POST, status=502, after=after))
    world.deliver("github-push")
    world.clock.sleep(3600)
    world.deliver("github-push")
    assert len(issues(world)) == 1


def test_it_mentions_nobody(world: World) -> None:
    """Names are shown as code or plain, so nobody is called; a title is our own words."""
    world.raise_alert(alert(title="@everyone @acme/team <b>x</b> fixes #1", why="@lasse look"), WANTED)
    world.deliver("github-push")
    (issue,) = issues(world)
    body = issue["body"].replace("`@everyone`", "").replace("`@acme/team`", "").replace("`@lasse`", "")
    assert "@everyone" not in body
    assert "@acme" not in body
    assert "<b>" not in body
    assert "@" not in issue["title"]


@pytest.mark.parametrize("place", ["acme/nowhere", "evil/security"])
def test_a_place_that_cannot_take_it_is_given_up_with_a_sentence(world: World, place: str) -> None:
    """A repository that is not there, or of somebody else, is said in what failed, and the alert stands."""
    world.raise_alert(alert(), Policy(push_feedback=PushFeedback(to="issue", repository=place)))
    assert world.deliver("github-push").gave_up["github-push"] == 1
    (failure,) = [f for f in world.store.outbox.failures(10) if f.channel == "github-push"]
    assert "push_feedback" in failure.error
