"""The budget of a Slack channel, on both databases, with several workers at once."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

from github_app.policy.model import Budget
from github_app.store import Store
from tests.notify.material import alert
from tests.store.samples import NOW

BUDGET = Budget(per_minute=3, per_hour=5)


def want(store: Store, count: int, room: str = "", *, start: int = 0) -> list[str]:
    """Put alerts into the outbox and return their targets."""
    found = []
    for number in range(start, start + count):
        with store.begin() as connection:
            made = store.alerts.raise_(connection, alert(fingerprint=f"{room}{number}"), "delivery")
            assert made is not None
            found.append(f"alert:{made}{room}")
            store.outbox.add(connection, made, "slack", found[-1])
    return found


def waiting(store: Store) -> dict[str, int]:
    """Return how many alerts each post of the channel shows."""
    found = {}
    for post in store.outbox.due(NOW + dt.timedelta(days=9), 100):
        work = store.outbox.claim("slack", post.target, "me", NOW + dt.timedelta(days=9), dt.timedelta(seconds=1))
        assert work is not None
        found[post.target] = len(work.alert_ids)
    return found


def test_workers_at_once_keep_the_budget_and_lose_nobody(store: Store) -> None:
    """However many ask at the same moment: three go by themselves, the others are in one group."""
    targets = want(store, 12)
    allowed: list[str] = []

    def ask(mine: list[str]) -> None:
        allowed.extend(t for t in mine if store.rooms.admit(t, NOW, BUDGET))

    threads = [threading.Thread(target=ask, args=(targets[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    posts = waiting(store)
    assert len(allowed) == 3
    assert sorted(posts.values()) == [1, 1, 1, 9]
    assert {t for t, size in posts.items() if size == 1} == set(allowed)


def test_each_room_has_its_own_budget(store: Store) -> None:
    """A noisy channel costs no other its messages, and what is critical always goes through."""
    noisy, calm = want(store, 4, "@#noisy"), want(store, 2, "@#calm")
    assert [store.rooms.admit(t, NOW, BUDGET) for t in noisy] == [True, True, True, False]
    assert [store.rooms.admit(t, NOW, BUDGET) for t in calm] == [True, True]
    (urgent,) = want(store, 1, "@#noisy", start=9)
    assert store.rooms.admit(urgent, NOW, BUDGET, always=True)
    posts = waiting(store)
    assert posts[urgent] == 1
    assert posts[f"group:{noisy[3].removeprefix('alert:')}"] == 1


def test_what_was_begun_stays_a_message_of_its_own(store: Store) -> None:
    """It may be in the channel already: grouping it would show it twice."""
    targets = want(store, 5)
    begun = store.outbox.claim("slack", targets[4], "me", NOW, dt.timedelta(seconds=9))
    assert begun is not None
    store.outbox.failed(begun, "a timeout", NOW)
    assert [store.rooms.admit(t, NOW, BUDGET) for t in targets] == [True, True, True, False, True]


def test_a_group_takes_alerts_for_an_hour(store: Store) -> None:
    """Later ones begin a new group; what is forgotten counts no more."""
    targets = want(store, 12)
    small = replace(BUDGET, per_minute=1, per_hour=1)
    times = [NOW, NOW, NOW + dt.timedelta(minutes=59), NOW + dt.timedelta(minutes=61), NOW + dt.timedelta(minutes=62)]
    allowed = [store.rooms.admit(t, at, small) for t, at in zip(targets, times, strict=False)]
    assert allowed == [True, False, False, True, False]
    groups = sorted(size for target, size in waiting(store).items() if target.startswith("group:"))
    assert groups == [1, 2]
    store.rooms.prune(NOW + dt.timedelta(days=1))
    assert store.rooms.admit(targets[-1], NOW + dt.timedelta(minutes=62), small)
