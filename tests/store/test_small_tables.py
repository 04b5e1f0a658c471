"""Replies, accounts, leases and problems on both databases."""

from __future__ import annotations

import datetime as dt

from github_app.model import Person
from github_app.store import Store
from tests.store.samples import ANNA, BEN, DAY, MINUTE, NOW, SECOND


def test_replies_are_sent_by_one_and_then_gone(store: Store) -> None:
    """An answer is due until somebody takes it, and again when he dies over it."""
    with store.begin() as connection:
        store.replies.add(connection, "C1", "U1", "17.1", "You are not linked to a GitHub account.")
        store.replies.add(connection, "C1", "U2", "", "Thanks.")
    first, second = store.replies.due(NOW, 10)
    assert (first.channel, first.slack_user, first.thread_ts, first.attempts) == ("C1", "U1", "17.1", 0)
    assert store.replies.due(NOW, 1) == [first]
    assert store.replies.claim(first.id, NOW, MINUTE)
    assert not store.replies.claim(first.id, NOW + SECOND, MINUTE)
    assert store.replies.due(NOW, 10) == [second]
    assert [r.attempts for r in store.replies.due(NOW + MINUTE, 10)] == [1, 0]
    store.replies.done(second.id)
    store.replies.retry(first.id, NOW + DAY)
    assert store.replies.due(NOW + MINUTE, 10) == []
    assert store.replies.prune(NOW + 2 * DAY) == 1
    assert store.replies.due(NOW + 3 * DAY, 10) == []


def test_a_slack_user_is_one_github_account(store: Store) -> None:
    """A new link takes the place of the old one, and remembers who made it."""
    assert store.accounts.of_slack("U1") is None
    with store.begin() as connection:
        store.accounts.link(connection, "U1", BEN, ANNA, NOW)
        store.accounts.link(connection, "U1", Person(id=0, login="zero"), BEN, NOW + DAY)
        store.accounts.link(connection, "U2", ANNA, ANNA, NOW)
    assert store.accounts.of_slack("U1") == Person(id=0, login="zero")
    assert [(a.slack_user, a.person.login, a.by, a.at) for a in store.accounts.all()] == [
        ("U1", "zero", BEN, NOW + DAY),
        ("U2", "anna", ANNA, NOW),
    ]
    with store.begin() as connection:
        store.accounts.unlink(connection, "U1")
    assert store.accounts.of_slack("U1") is None


def test_a_lease_has_one_owner_until_it_runs_out(store: Store) -> None:
    """The owner renews, others wait, and the dead lose it."""
    acquire = store.leases.acquire
    assert acquire("clock", "a", 30, NOW)
    assert acquire("clock", "a", 30, NOW + SECOND)
    assert not acquire("clock", "b", 30, NOW + 30 * SECOND)
    assert acquire("clock", "b", 30, NOW + 31 * SECOND)
    assert not acquire("clock", "a", 30, NOW + 32 * SECOND)
    store.leases.release("clock", "a")
    assert not acquire("clock", "a", 30, NOW + 32 * SECOND)
    store.leases.release("clock", "b")
    assert acquire("clock", "a", 30, NOW + 32 * SECOND)
    assert acquire("other", "a", 30, NOW)
    store.leases.forget_owner("a")
    assert acquire("clock", "b", 30, NOW + 32 * SECOND)
    assert acquire("other", "b", 30, NOW)


def test_a_problem_is_open_until_it_is_cleared(store: Store) -> None:
    """Saying it again counts and updates the words; the first time stays."""
    with store.begin() as connection:
        store.problems.report(connection, "github", "GitHub is down", NOW)
        store.problems.report(connection, "slack", "Slack refuses the token", NOW + SECOND)
        store.problems.report(connection, "github", "GitHub is still down", NOW + DAY)
    github, slack = store.problems.open()
    assert (github.sentence, github.first_at, github.last_at, github.times) == (
        "GitHub is still down", NOW, NOW + DAY, 2,
    )  # fmt: skip
    assert slack.key == "slack"
    with store.begin() as connection:
        store.problems.clear(connection, "github")
    assert [p.key for p in store.problems.open()] == ["slack"]


def test_pruning_keeps_what_is_young(store: Store) -> None:
    """The retention verb forgets old bodies and answers nobody waits for, by the clock it is given."""
    with store.begin() as connection:
        store.replies.add(connection, "C1", "U1", "", "never sent")
    (reply,) = store.replies.due(NOW, 1)
    store.replies.claim(reply.id, NOW, MINUTE)
    store.prune(NOW + dt.timedelta(minutes=30))
    assert [r.id for r in store.replies.due(NOW + DAY, 1)] == [reply.id]
    store.prune(NOW + DAY)
    assert store.replies.due(NOW + DAY, 1) == []
