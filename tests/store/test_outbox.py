"""The outbox on both databases: each alert reaches each channel once, whoever dies when."""

from __future__ import annotations

import datetime as dt

from github_app.model import Alert
from github_app.store import Post, Store, Work
from tests.store.samples import MINUTE, NOW, raised

TTL = dt.timedelta(minutes=2)
SLACK = ("slack", "alert:1")
PULL = ("github-comment", "7/3")


def want(store: Store, alert: Alert, *posts: tuple[str, str]) -> None:
    """Want an alert shown in some posts."""
    with store.begin() as connection:
        for channel, target in posts:
            store.outbox.add(connection, alert.id, channel, target)


def touch(store: Store, alert: Alert) -> None:
    """Say that an alert changed."""
    with store.begin() as connection:
        store.outbox.touch(connection, alert.id)


def claim(store: Store, post: tuple[str, str] = SLACK, now: dt.datetime = NOW, owner: str = "w1") -> Work:
    """Claim a post that must be free."""
    work = store.outbox.claim(*post, owner, now, TTL)
    assert work is not None
    return work


def test_an_alert_is_due_in_each_of_its_posts_once(store: Store) -> None:
    """Adding twice makes no second notification; sent posts are not due any more."""
    alert = raised(store)
    want(store, alert, SLACK, PULL, SLACK)
    assert store.outbox.due(NOW, 10) == [Post(*SLACK), Post(*PULL)]
    assert store.outbox.due(NOW, 1) == [Post(*SLACK)]
    work = claim(store)
    assert (work.external_id, work.uncertain, work.attempts) == (None, False, 0)
    assert [row.alert_id for row in work.rows] == [alert.id]
    assert store.outbox.sent(work, "1700000000.1", NOW)
    assert store.outbox.due(NOW, 10) == [Post(*PULL)]
    assert store.outbox.external_id(*SLACK) == "1700000000.1"
    assert store.outbox.external_id("slack", "nowhere") is None
    assert store.outbox.counts() == {"pending": 1, "sent": 1}


def test_a_post_is_claimed_by_one_at_a_time(store: Store) -> None:
    """While somebody sends, the post is neither due nor free; afterwards there is nothing to claim."""
    want(store, raised(store), SLACK)
    work = claim(store)
    assert store.outbox.due(NOW, 10) == []
    assert store.outbox.claim(*SLACK, "w2", NOW + MINUTE, TTL) is None
    assert store.outbox.sent(work, "x", NOW)
    assert store.outbox.claim(*SLACK, "w2", NOW + MINUTE, TTL) is None
    assert store.outbox.claim("slack", "nowhere", "w2", NOW, TTL) is None


def test_a_sender_that_died_leaves_an_uncertain_post(store: Store) -> None:
    """Killed between claiming and recording: the next one is told, and the dead one's late word does not count."""
    want(store, raised(store), SLACK)
    dead = claim(store)
    assert store.outbox.due(NOW + TTL, 10) == [Post(*SLACK)]
    heir = claim(store, now=NOW + TTL, owner="w2")
    assert heir.uncertain
    assert not store.outbox.sent(dead, "late", NOW + TTL)
    assert not store.outbox.failed(dead, "late", None)
    assert store.outbox.sent(heir, "found", NOW + TTL)
    assert store.outbox.external_id(*SLACK) == "found"


def test_a_slow_sender_may_still_record_when_nobody_took_over(store: Store) -> None:
    """A claim that ran out is ours until somebody else claims."""
    want(store, raised(store), SLACK)
    assert store.outbox.sent(claim(store), "slow", NOW + 10 * TTL)
    assert store.outbox.due(NOW + 10 * TTL, 10) == []


def test_the_same_sender_cannot_use_an_old_claim(store: Store) -> None:
    """A worker that claims again after its claim ran out cannot end the first claim twice."""
    want(store, raised(store), SLACK)
    first = claim(store)
    again = claim(store, now=NOW + TTL)
    assert not store.outbox.sent(first, "a", NOW + TTL)
    assert store.outbox.sent(again, "b", NOW + TTL)
    assert not store.outbox.sent(again, "c", NOW + TTL)


def test_an_alert_that_changes_while_it_is_sent_stays_due(store: Store) -> None:
    """The reader must see the last state, so the post is edited once more, under the name it has."""
    alert = raised(store)
    want(store, alert, SLACK)
    work = claim(store)
    touch(store, alert)
    assert store.outbox.due(NOW, 10) == []
    assert store.outbox.sent(work, "ts", NOW)
    assert store.outbox.due(NOW, 10) == [Post(*SLACK)]
    edit = claim(store)
    assert (edit.external_id, edit.uncertain, edit.rows[0].wanted_version) == ("ts", False, 2)
    assert store.outbox.sent(edit, "ts", NOW)
    assert store.outbox.due(NOW, 10) == []


def test_one_post_shows_several_alerts(store: Store) -> None:
    """The comment of a pull request is sent once for all alerts that are due, and knows the others too."""
    one, two = raised(store, "a"), raised(store, "b")
    want(store, one, PULL)
    assert store.outbox.sent(claim(store, PULL), "55", NOW)
    want(store, two, PULL)
    assert store.outbox.due(NOW, 10) == [Post(*PULL)]
    work = claim(store, PULL)
    assert [row.alert_id for row in work.rows] == [two.id]
    assert work.alert_ids == (one.id, two.id)
    assert work.external_id == "55"


def test_failures_back_off_and_count(store: Store) -> None:
    """A failed send is due again at its time; what may have arrived is uncertain, what surely did not is not."""
    want(store, raised(store), SLACK)
    assert store.outbox.failed(claim(store), "rate limited", NOW + MINUTE, nothing_sent=True)
    assert store.outbox.due(NOW, 10) == []
    second = claim(store, now=NOW + MINUTE)
    assert (second.attempts, second.uncertain) == (1, False)
    assert store.outbox.failed(second, "timed out", NOW + 2 * MINUTE)
    third = claim(store, now=NOW + 2 * MINUTE)
    assert (third.attempts, third.uncertain) == (2, True)
    assert store.outbox.failed(third, "refused", NOW + 3 * MINUTE, nothing_sent=True)
    assert claim(store, now=NOW + 3 * MINUTE).uncertain


def test_what_is_given_up_is_shown_until_the_alert_changes(store: Store) -> None:
    """A failure without another try is no longer due and visible to the operator; a new state tries again."""
    alert = raised(store)
    want(store, alert, SLACK)
    assert store.outbox.failed(claim(store), "channel_not_found", None)
    assert store.outbox.due(NOW + 10 * TTL, 10) == []
    (failure,) = store.outbox.failures(10)
    assert (failure.alert_id, failure.channel, failure.target) == (alert.id, *SLACK)
    assert (failure.attempts, failure.error) == (1, "channel_not_found")
    touch(store, alert)
    assert store.outbox.failures(10) == []
    assert claim(store).attempts == 0


def test_giving_up_does_not_bury_a_newer_state(store: Store) -> None:
    """An alert that changed while its send failed for good is tried again."""
    alert = raised(store)
    want(store, alert, SLACK)
    work = claim(store)
    touch(store, alert)
    assert store.outbox.failed(work, "refused", None)
    assert store.outbox.due(NOW, 10) == [Post(*SLACK)]
    assert store.outbox.failures(10) == []
