"""Snapshots on both databases."""

from __future__ import annotations

from github_app.estate import Guard, Setting, Thing, settings
from github_app.store import Snapshot, Store
from tests.store.samples import DAY, NOW


def ruleset(key: str = "ruleset:5", scope: str = "repo:7", **changes: object) -> Snapshot:
    """Return how a ruleset was seen."""
    state = settings({"enforcement": "active", **changes})
    return Snapshot(scope=scope, kind=Guard.RULESET, key=key, name="main", settings=state, seen_at=NOW)


def test_a_snapshot_is_remembered_replaced_and_forgotten(store: Store) -> None:
    """What is put comes back as it was; putting again replaces it, dropping forgets it and nothing else."""
    first, second = ruleset(), ruleset("ruleset:6", enforcement="evaluate")
    with store.begin() as connection:
        store.snapshots.put(connection, first)
        store.snapshots.put(connection, second)
        assert store.snapshots.all("repo:7", Guard.RULESET, connection) == {"ruleset:5": first, "ruleset:6": second}
    later = Snapshot(
        scope="repo:7", kind=Guard.RULESET, key="ruleset:5", name="all branches", settings=(), seen_at=NOW + DAY
    )
    with store.begin() as connection:
        store.snapshots.put(connection, later)
        store.snapshots.drop(connection, "repo:7", Guard.RULESET, "ruleset:6")
        store.snapshots.drop(connection, "repo:7", Guard.RULESET, "never there")
    assert store.snapshots.all("repo:7", Guard.RULESET) == {"ruleset:5": later}


def test_many_are_asked_for_at_once(store: Store) -> None:
    """Those that are known come back, of several scopes and kinds; the rest is left out."""
    seen = [
        ruleset(),
        ruleset(scope="org:70"),
        Snapshot(scope="repo:7", kind=Thing.APP, key="app:1", name="ci", settings=(), seen_at=NOW),
    ]
    with store.begin() as connection:
        for snapshot in seen:
            store.snapshots.put(connection, snapshot)
    wanted = [(s.scope, s.kind, s.key) for s in seen]
    assert store.snapshots.get_many([*wanted, wanted[0], ("repo:8", Guard.RULESET, "ruleset:5")]) == dict(
        zip(wanted, seen, strict=True)
    )
    assert store.snapshots.get_many([]) == {}


def test_hostile_text_is_stored(store: Store) -> None:
    """Names from outside can hold anything; what comes back can be compared."""
    state = (Setting(name="bypass:\x00'; DROP TABLE snapshots; --\ud800", value="x" * 50_000),)
    snapshot = Snapshot(scope="repo:7", kind=Guard.RULESET, key="k\x00", name="n\ud800", settings=state, seen_at=NOW)
    with store.begin() as connection:
        store.snapshots.put(connection, snapshot)
    (found,) = store.snapshots.all("repo:7", Guard.RULESET).values()
    assert found.settings[0].name == "bypass:\ufffd'; DROP TABLE snapshots; --\ufffd"
    assert found.name == "n\ufffd"
