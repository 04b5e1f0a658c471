"""Where an alert is shown, and how an alert about a person comes onto that person's pull requests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from github_app import decisions
from github_app.fact import PullChanged, PullMerged
from github_app.model import Person, Repository, Severity, Source, Stage
from github_app.review import Action
from github_app.settings import Settings
from tests.notify.conftest import HEAD, NEXT_HEAD, PULL, World
from tests.notify.material import AT, MARY, REPOSITORY, SUBJECT, alert
from workers import routing

BOTH = Settings(github_app_id=1, github_private_key="k", slack_bot_token="t", slack_channel="c")
NONE = Settings()
CONSOLE = ("console", "alert:5")
SLACK = ("slack", "alert:5")
ON_PULL = [("github-comment", "7/12"), ("github-check", "7/12"), ("github-review", "7/12")]


@pytest.mark.parametrize(
    ("changes", "settings", "expected"),
    [
        ({"pull": 12}, BOTH, [CONSOLE, SLACK, *ON_PULL]),
        ({}, BOTH, [CONSOLE, SLACK]),
        ({"pull": 12, "private": True}, BOTH, [CONSOLE, SLACK]),
        ({"pull": 12, "severity": Severity.MEDIUM}, BOTH, [CONSOLE, SLACK, *ON_PULL]),
        ({"pull": 12, "severity": Severity.LOW}, BOTH, [CONSOLE]),
        ({"pull": 12, "stage": Stage.TRIAL}, BOTH, [CONSOLE]),
        ({"pull": 12}, NONE, [CONSOLE]),
        ({"pull": 12, "repository": Repository(id=0, full_name="acme", owner_id=9)}, BOTH, [CONSOLE, SLACK]),
    ],
    ids=["all", "no pull", "private", "medium", "low", "trial", "nothing configured", "organisation"],
)
def test_an_alert_goes_where_it_belongs(
    changes: dict[str, object], settings: Settings, expected: list[tuple[str, str]]
) -> None:
    """The console gets everything; people are told what is stable and loud; GitHub gets nothing private."""
    assert routing.targets(alert(5, **changes), 5, settings) == expected


def changed(author: Person = SUBJECT, **changes: object) -> PullChanged:
    """Return a pull request that was opened."""
    made = PullChanged(
        at=AT,
        source=Source.WEBHOOK,
        repository=REPOSITORY,
        number=PULL,
        action="opened",
        title="A change",
        author=author,
        head_sha=HEAD,
        base_ref="main",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pull", "changes", "shown"),
    [
        (changed(), {}, True),
        (changed(Person(id=2, login="renamed")), {}, True),
        (changed(MARY), {}, False),
        (changed(), {"private": True}, False),
        (changed(), {"severity": Severity.LOW}, False),
        (changed(), {"stage": Stage.TRIAL}, False),
        (changed(repository=replace(REPOSITORY, id=8)), {}, False),
        (changed(repository=None), {}, False),
    ],
    ids=["subject", "renamed subject", "somebody else", "private", "low", "trial", "elsewhere", "no repository"],
)
def test_an_alert_follows_its_subject(pull: PullChanged, changes: dict[str, object], shown: bool) -> None:
    """An open public alert about the author belongs on the author's pull request in the same repository."""
    assert routing.belongs_on(pull, alert(5, **changes)) is shown


def attach(world: World, *pulls: PullChanged | PullMerged) -> None:
    """Do what a drained batch does with pull requests."""
    with world.store.begin() as connection:
        routing.attach_pulls(connection, world.store, pulls, world.settings)


def test_before_the_merge_the_pull_request_shows_it(world: World) -> None:
    """An alert raised by a push is shown on the subject's next pull request: comment, check and review request."""
    world.raise_alert(alert())
    attach(world, changed())
    world.deliver()
    (body,) = world.seen("github-comment")
    assert "did not happen in this pull request" in body
    assert world.seen("github-check") == ["a neutral: New Comer (@newcomer) merged a pull request for the first time"]
    assert world.seen("github-review") == ["lasse", "mary"]


def test_a_push_moves_the_check_and_nothing_else(world: World) -> None:
    """New commits get their own check; the comment and Slack are left alone."""
    world.raise_alert(alert())
    attach(world, changed())
    world.deliver()
    world.pull.head_sha = NEXT_HEAD
    attach(world, changed(head_sha=NEXT_HEAD, action="synchronize"))
    done = world.deliver()
    assert dict(done.sent) == {"github-check": 1}
    assert [line[0] for line in world.seen("github-check")] == ["a", "b"]


def test_two_open_alerts_share_one_comment(world: World) -> None:
    """All alerts about the author are in the one comment of the pull request."""
    for number in (1, 2):
        world.raise_alert(alert(fingerprint=str(number), title=f"Change {number}"))
    attach(world, changed())
    world.deliver()
    (body,) = world.seen("github-comment")
    assert "2 trust changes to confirm" in body


def test_what_was_judged_is_not_attached(world: World) -> None:
    """A resolved or snoozed alert does not come onto new pull requests."""
    for number, action in ((1, Action.EXPECTED), (2, Action.SNOOZE)):
        made = world.raise_alert(alert(fingerprint=str(number)))
        decisions.apply(world.store, made.id, action, MARY, "we talked", world.clock(), via="cli")
    attach(world, changed())
    world.deliver()
    assert world.seen("github-comment") == []


def test_a_merge_keeps_what_is_shown(world: World) -> None:
    """After the merge the comment stays and still follows the decisions."""
    made = world.raise_alert(alert())
    attach(world, changed())
    world.deliver()
    merged = PullMerged(
        at=AT + dt.timedelta(hours=1),
        source=Source.WEBHOOK,
        repository=REPOSITORY,
        number=PULL,
        title="A change",
        author=SUBJECT,
        merge_sha=NEXT_HEAD,
        head_sha=HEAD,
        base_ref="main",
        guarded=True,
    )
    attach(world, merged)
    assert not world.deliver().sent
    decisions.apply(world.store, made.id, Action.EXPECTED, MARY, "we talked", world.clock(), via="slack")
    world.deliver()
    assert "Expected: marked by `@mary`" in world.seen("github-comment")[0]
