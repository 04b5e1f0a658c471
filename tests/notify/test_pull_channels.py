"""What is special about pull requests: who is asked, which commit carries the check, and when a new comment is due."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from demo.standin.github_state import Account
from github_app import decisions
from github_app.fact import PullChanged
from github_app.model import Alert, Person, Power, Reviewer, Severity, Source
from github_app.review import Action
from tests.notify.conftest import NEXT_HEAD, PULL, World
from tests.notify.material import AT, GRANTOR, LASSE, MARY, OTHER, REPOSITORY, SUBJECT, alert
from tests.notify.test_contract import later
from workers import routing

COMMENT, CHECK, REVIEW = "github-comment", "github-check", "github-review"
FOURTH = Person(id=13, login="fourth")


def reviewed_by(*people: Person) -> tuple[Reviewer, ...]:
    """Return people as those who held the power before."""
    return tuple(Reviewer(person=p, power=Power.MERGER, since=AT - dt.timedelta(days=900)) for p in people)


def raised(world: World, number: int = 1, **changes: object) -> Alert:
    """Raise an alert on the pull request."""
    return world.raise_alert(alert(pull=PULL, fingerprint=str(number), **changes))


def test_a_deleted_comment_comes_back_with_the_next_change(world: World) -> None:
    """Whoever deletes our comment does not silence the alert."""
    made = raised(world)
    world.deliver(COMMENT)
    world.repo.comments.clear()
    decisions.apply(world.store, made.id, Action.ACKNOWLEDGE, MARY, "looking", world.clock(), via="slack")
    world.deliver(COMMENT)
    (body,) = world.seen(COMMENT)
    assert "Acknowledged by `@mary`" in body


def test_more_of_the_same_severity_is_an_edit(world: World) -> None:
    """A second alert on the pull request is added to the comment."""
    raised(world, 1)
    world.deliver(COMMENT)
    raised(world, 2, title="Another change")
    world.deliver(COMMENT)
    (body,) = world.seen(COMMENT)
    assert "2 trust changes to confirm" in body
    assert "Another change" in body


def test_a_rise_in_severity_is_a_new_comment(world: World) -> None:
    """Something worse is said anew, so that people are notified, and the old comment points to it."""
    raised(world, 1, severity=Severity.MEDIUM)
    world.deliver(COMMENT)
    raised(world, 2, severity=Severity.CRITICAL)
    world.deliver(COMMENT)
    old, new = world.seen(COMMENT)
    assert "replaced by a newer one" in old
    assert "2 trust changes to confirm" in new
    raised(world, 3, severity=Severity.LOW)
    raised(world, 4, severity=Severity.HIGH)
    world.deliver(COMMENT)
    assert len(world.seen(COMMENT)) == 2
    assert "3 trust changes to confirm" in world.seen(COMMENT)[1]


def test_somebody_elses_comment_is_never_edited(world: World) -> None:
    """A comment that quotes our marker but is not by our app is left alone."""
    made = raised(world)
    world.deliver(COMMENT)
    (ours,) = world.repo.comments.values()
    world.repo.comments.clear()
    world.repo.comments[1] = {**ours, "id": 1, "user": {"login": "newcomer", "id": 2, "type": "User"}}
    decisions.apply(world.store, made.id, Action.ACKNOWLEDGE, MARY, "looking", world.clock(), via="slack")
    world.deliver(COMMENT)
    assert world.repo.comments[1]["body"] == ours["body"]
    assert len(world.repo.comments) == 2


def test_private_alerts_stay_out(world: World) -> None:
    """A private alert is not on GitHub, even if a row of the outbox says so."""
    made = world.raise_alert(alert(pull=PULL, private=True))
    with world.store.begin() as connection:
        for channel in (COMMENT, CHECK, REVIEW):
            world.store.outbox.add(connection, made.id, channel, f"{made.repository.id}/{PULL}")
    world.deliver()
    assert world.seen(COMMENT) == world.seen(CHECK) == world.seen(REVIEW) == []
    assert len(world.seen("slack")) == 1


def test_the_newest_commit_has_a_check(world: World) -> None:
    """After a push the check stands on the new commit too."""
    made = raised(world)
    world.deliver(CHECK)
    world.pull.head_sha = NEXT_HEAD
    with world.store.begin() as connection:
        world.store.outbox.touch(connection, made.id, channel=CHECK)
    world.deliver(CHECK)
    assert [line[0] for line in world.seen(CHECK)] == ["a", "b"]
    decisions.apply(world.store, made.id, Action.INCIDENT, MARY, "not ours", world.clock(), via="slack")
    world.deliver(CHECK)
    assert world.seen(CHECK)[1] == "b failure: A trust change was marked an incident"


def test_people_who_held_the_power_before_are_asked(world: World) -> None:
    """The reviewers of the alert are asked once, in their order."""
    raised(world)
    world.deliver(REVIEW)
    assert world.seen(REVIEW) == ["lasse", "mary"]
    assert world.github_trouble.asked(r"POST .*/requested_reviewers") == 2


def test_nobody_who_takes_part_is_asked(world: World) -> None:
    """Author, subject, grantor and bots are not asked to judge their own change."""
    world.github.state.add_account(Account(login="helper", id=90, kind="Bot"))
    bot = Person(id=90, login="helper", bot=True)
    world.pull.author = "other"
    raised(world, reviewers=reviewed_by(SUBJECT, GRANTOR, bot, OTHER, Person(name="No Account"), LASSE))
    world.deliver(REVIEW)
    assert world.seen(REVIEW) == ["lasse"]


def test_one_who_cannot_be_asked_does_not_cost_the_others(world: World) -> None:
    """GitHub refuses somebody without access; the next in line are asked."""
    del world.repo.roles["lasse"]
    raised(world, reviewers=reviewed_by(LASSE, MARY, OTHER))
    world.deliver(REVIEW)
    assert world.seen(REVIEW) == ["mary", "other"]


def test_at_most_three_are_asked(world: World) -> None:
    """Three people are enough, also when further alerts come."""
    raised(world, 1, reviewers=reviewed_by(LASSE, MARY))
    world.deliver(REVIEW)
    raised(world, 2, reviewers=reviewed_by(OTHER, FOURTH))
    world.deliver(REVIEW)
    assert world.seen(REVIEW) == ["lasse", "mary", "other"]


def test_a_request_taken_away_is_not_made_again(world: World) -> None:
    """Whoever was relieved of a review by a maintainer is not asked once more."""
    made = raised(world)
    world.deliver(REVIEW)
    world.pull.reviewers.remove("lasse")
    with world.store.begin() as connection:
        world.store.outbox.touch(connection, made.id)
    world.deliver(REVIEW)
    assert world.seen(REVIEW) == ["mary"]


def test_after_the_merge_nobody_is_asked(world: World) -> None:
    """On a merged pull request the comment says who should look, and no request is made."""
    world.pull.state, world.pull.merged_at = "closed", AT
    raised(world)
    world.deliver()
    assert world.seen(REVIEW) == []
    assert "[`lasse`](https://github.com/lasse), who has merged here since" in world.seen(COMMENT)[0]


def test_a_resolved_alert_asks_nobody(world: World) -> None:
    """What was decided before the request went out needs no review."""
    made = raised(world)
    decisions.apply(world.store, made.id, Action.EXPECTED, MARY, "we talked", world.clock(), via="slack")
    world.deliver(REVIEW)
    assert world.seen(REVIEW) == []


@pytest.mark.parametrize("channel", [COMMENT, CHECK, REVIEW])
def test_a_pull_request_that_is_gone_is_given_up(world: World, channel: str) -> None:
    """404 does not come back; the operator reads what could not be done."""
    raised(world)
    world.repo.pulls.clear()
    assert world.deliver(channel).gave_up[channel] == 1
    errors = {f.channel: f.error for f in world.store.outbox.failures(10)}
    assert errors[channel].startswith("GitHub answered 404")


def test_a_suspended_app_waits(world: World) -> None:
    """While the installation is suspended messages are put off, not lost."""
    raised(world)
    world.github.state.suspended = True
    assert world.deliver(COMMENT).later[COMMENT] == 1
    world.github.state.suspended = False
    later(world)
    assert world.deliver(COMMENT).sent[COMMENT] == 1


def test_a_renamed_repository_is_written_to_by_its_new_name(world: World) -> None:
    """Alerts remember the name of their day; messages use the name of today."""
    made = raised(world)
    renamed = replace(made.repository, full_name="acme/renamed")
    with world.store.begin() as connection:
        world.store.repositories.see(connection, renamed, 77, world.clock())
    repo = world.github.state.repos.pop("acme/tool")
    repo.full_name = "acme/renamed"
    world.github.state.add_repo(repo)
    world.deliver(COMMENT)
    assert len(repo.comments) == 1


def test_without_an_installation_the_operator_is_told(world: World) -> None:
    """An alert of a repository the app is not installed on cannot be commented."""
    raised(world, repository=replace(REPOSITORY, id=8))
    assert world.deliver(COMMENT).gave_up[COMMENT] == 1
    errors = {f.channel: f.error for f in world.store.outbox.failures(10)}
    assert errors[COMMENT] == "the app is not installed on acme/tool: install it there to get comments"


def test_nobody_is_asked_to_look_at_a_draft(world: World) -> None:
    """The comment and the check are there; people are asked when the author says that it is ready."""
    world.pull.draft = True
    raised(world)
    world.deliver()
    assert len(world.seen(COMMENT)) == len(world.seen(CHECK)) == 1
    assert world.seen(REVIEW) == []
    world.pull.draft = False
    ready = PullChanged(
        at=AT, source=Source.WEBHOOK, repository=REPOSITORY, number=PULL, action="ready_for_review", title="",
        author=SUBJECT, head_sha=world.pull.head_sha, base_ref="main",
    )  # fmt: skip
    with world.store.begin() as connection:
        routing.attach_pulls(connection, world.store, [ready], world.settings)
    world.deliver()
    assert sorted(world.seen(REVIEW)) == ["lasse", "mary"]
    assert len(world.seen(COMMENT)) == 1


def test_a_merged_pull_request_is_not_told_to_wait_with_merging(world: World) -> None:
    """The comment still comes, says what can still be done, and nobody is asked for a review."""
    world.pull.state, world.pull.merged_at = "closed", AT
    raised(world)
    world.deliver()
    (body,) = world.seen(COMMENT)
    assert "before you merge" not in body
    assert "before anything is built or released from it" in body
    assert world.seen(REVIEW) == []


def test_a_pull_request_from_a_fork_gets_the_same(world: World) -> None:
    """Comment, check and requests belong to the repository it wants to be merged into."""
    world.pull.from_fork = True
    raised(world)
    world.deliver()
    assert [len(world.seen(c)) for c in (COMMENT, CHECK, REVIEW)] == [1, 1, 2]
