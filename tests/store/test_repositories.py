"""Watched repositories on both databases."""

from __future__ import annotations

import datetime as dt

from github_app.model import Repository
from github_app.store import Store
from tests.store.samples import NOW

HOUR = dt.timedelta(hours=1)


def see(store: Store, repository: Repository, installation_id: int | None = None) -> None:
    """See a repository in a transaction of its own."""
    with store.begin() as connection:
        store.repositories.see(connection, repository, installation_id, NOW)


def test_a_repository_is_new_when_first_seen(store: Store) -> None:
    """Everything known about it comes back."""
    see(store, Repository(id=1, full_name="o/r", owner_id=5, default_branch="main"), 77)
    watch = store.repositories.get_many([1, 2, 2**70])[1]
    assert (watch.full_name, watch.owner_id, watch.default_branch, watch.installation_id) == ("o/r", 5, "main", 77)
    assert (watch.state, watch.settled_at, watch.attempts, watch.problem) == ("new", None, 0, "")
    assert watch.repository == Repository(id=1, full_name="o/r", owner_id=5, default_branch="main")


def test_a_rename_keeps_the_row_and_gaps_keep_what_was_known(store: Store) -> None:
    """A payload without branch, owner or installation does not erase them, nor the state."""
    see(store, Repository(id=1, full_name="o/r", owner_id=5, default_branch="main"), 77)
    with store.begin() as connection:
        store.repositories.set_state(connection, 1, "watched", at=NOW, settled_at=NOW)
    see(store, Repository(id=1, full_name="new-owner/renamed"))
    watch = store.repositories.get_many([1])[1]
    assert (watch.full_name, watch.owner_id, watch.default_branch) == ("new-owner/renamed", 5, "main")
    assert (watch.installation_id, watch.state, watch.settled_at) == (77, "watched", NOW)


def test_a_state_keeps_what_it_does_not_name_and_clears_the_block(store: Store) -> None:
    """`settled_at` and `attempts` outlive a change of state; a block and a problem do not."""
    see(store, Repository(id=1, full_name="o/r"))
    with store.begin() as connection:
        store.repositories.set_state(
            connection, 1, "learning", at=NOW, problem="timed out", settled_at=NOW, blocked_until=NOW + HOUR, attempts=3
        )
    before = store.repositories.get_many([1])[1]
    assert (before.blocked_until, before.problem, before.attempts) == (NOW + HOUR, "timed out", 3)
    with store.begin() as connection:
        store.repositories.set_state(connection, 1, "watched", at=NOW)
    after = store.repositories.get_many([1])[1]
    assert (after.blocked_until, after.problem, after.attempts, after.settled_at) == (None, "", 3, NOW)


def test_learnable_are_new_and_learning_ones_that_are_due(store: Store) -> None:
    """Those that wait for a time, and those that are done, are left alone."""
    for number in range(1, 6):
        see(store, Repository(id=number, full_name=f"o/{number}"))
    with store.begin() as connection:
        store.repositories.set_state(connection, 2, "learning", at=NOW)
        store.repositories.block(connection, 3, NOW + HOUR, "rate limit")
        store.repositories.set_state(connection, 4, "watched", at=NOW)
        store.repositories.set_state(connection, 5, "removed", at=NOW)
    assert [w.id for w in store.repositories.learnable(NOW)] == [1, 2]
    assert [w.id for w in store.repositories.learnable(NOW + HOUR)] == [1, 2, 3]
    assert [w.full_name for w in store.repositories.all()] == [f"o/{n}" for n in range(1, 6)]
