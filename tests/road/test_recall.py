"""What was stored fills in what GitHub does not tell, on the road and on both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from github_app.estate import Guard, settings
from github_app.store import Snapshot
from tests.coverage.about_guards import protection, reviews, ruleset
from tests.coverage.corpus import Line, build
from tests.facts.payloads import ORGANIZATION, repository
from tests.road.conftest import NOW, PARTITION, REPOSITORY, Put
from workers.drain import drain
from workers.runtime import Runtime

SCOPE = f"repo:{REPOSITORY}"


def body(line: Line) -> dict[str, Any]:
    """Return a payload of the corpus, as if it had happened in the watched repository."""
    return build(line.name, line.over) | {"repository": repository(), "organization": ORGANIZATION}


def told(runtime: Runtime) -> list[tuple[str, str]]:
    """Return detector and reason of every alert that is not merely noted, oldest first."""
    found = reversed(runtime.store.alerts.recent(20))
    return [(a.finding.detector, a.finding.why.partition(".")[0]) for a in found if a.finding.detector != "noted"]


def test_an_edit_is_compared_with_the_stored_rule(settled: Runtime, put: Put) -> None:
    """`changes` is empty; the rule was seen before, so each loss is told, and what is seen now is stored."""
    put("branch_protection_rule", body(protection("created")))
    drain(settled, PARTITION, NOW)
    put("branch_protection_rule", body(protection("edited", changes={}, required_approving_review_count=1)))
    drain(settled, PARTITION, NOW)
    assert told(settled) == [("branch-protection-weakened", "required reviews 2 -> 1")]
    (stored,) = settled.store.snapshots.all(SCOPE, Guard.BRANCH_PROTECTION).values()
    assert {s.name: s.value for s in stored.settings}["required_approving_review_count"] == "1"


def test_both_in_one_batch(settled: Runtime, put: Put) -> None:
    """What the first delivery of a batch taught, the second is compared with."""
    put("branch_protection_rule", body(protection("created")))
    put("branch_protection_rule", body(protection("edited", changes={}, admin_enforced=False)))
    drain(settled, PARTITION, NOW)
    assert told(settled) == [("branch-protection-weakened", "rules for administrators on -> off")]


def test_the_same_news_twice_is_one_alert(settled: Runtime, put: Put) -> None:
    """`repository.publicized` and `public` tell of one change; the second says that nothing changed."""
    shown = {"repository": repository(), "organization": ORGANIZATION}
    put("repository", {"action": "publicized", **shown})
    second = put("public", shown)
    drain(settled, PARTITION, NOW)
    assert [d for d, _ in told(settled)] == ["repository-setting-changed"]
    assert settled.store.inbox.outcome(second) == ("ignored", "nothing changed since it was last seen")


def test_weakened_restored_and_weakened_again_is_told_twice(settled: Runtime, put: Put) -> None:
    """The second time reads the same but for the time, and must not be taken for the first."""
    for day, count in enumerate((2, 1, 2, 1), 1):
        rule = {"required_approving_review_count": count, "updated_at": f"2026-03-0{day}T09:00:00Z"}
        put("branch_protection_rule", body(protection("edited", changes={}, **rule)))
        drain(settled, PARTITION, NOW)
    assert [d for d, _ in told(settled)] == ["branch-protection-weakened"] * 2


def test_a_poll_that_was_faster_makes_the_webhook_no_news(settled: Runtime, put: Put) -> None:
    """What another source stored a minute ago is not told again."""
    weak = body(ruleset("edited", rules=[reviews(1)], changes={"rules": {"added": [reviews(1)]}}))
    put("repository_ruleset", weak)
    drain(settled, PARTITION, NOW)
    seen = settled.store.snapshots.all(SCOPE, Guard.RULESET)["ruleset:41"]
    again = put("repository_ruleset", weak)
    drain(settled, PARTITION, NOW)
    assert settled.store.inbox.outcome(again) == ("ignored", "nothing changed since it was last seen")
    assert settled.store.snapshots.all(SCOPE, Guard.RULESET) == {"ruleset:41": seen}


@pytest.mark.parametrize("shown", [False, True])
def test_an_unexplained_edit_of_a_ruleset(settled: Runtime, put: Put, shown: bool) -> None:
    """Where GitHub shows who may pass, the list is compared; where it does not, the edit itself is told."""
    first, then = ({"bypass_actors": []}, {"bypass_actors": [_app(123)]}) if shown else ({}, {})
    put("repository_ruleset", body(ruleset("created", **first)))
    put("repository_ruleset", body(ruleset("edited", changes={}, **then)))
    drain(settled, PARTITION, NOW)
    why = "bypass actor added: app 123 (always)" if shown else "Who may pass it may have changed"
    assert told(settled) == [("ruleset-weakened", why)]


def test_a_list_that_is_not_shown_is_kept_as_it_was_last_seen(settled: Runtime, put: Put) -> None:
    """A delivery that leaves it out is not the news that nobody may pass any more."""
    put("repository_ruleset", body(ruleset("created", bypass_actors=[_app(123)])))
    put(
        "repository_ruleset",
        body(ruleset("edited", rules=[reviews(2)], changes={"rules": {"deleted": [{"type": "deletion"}]}})),
    )
    drain(settled, PARTITION, NOW)
    (stored,) = settled.store.snapshots.all(SCOPE, Guard.RULESET).values()
    assert ("bypass:app 123", "always") in [(s.name, s.value) for s in stored.settings]
    assert told(settled) == [("ruleset-weakened", "rule removed: deletion")]


def test_a_deleted_guard_is_forgotten(settled: Runtime, put: Put) -> None:
    """Of a rule that is gone nothing is kept but that it is gone, for a week: its event may come again."""
    put("branch_protection_rule", body(protection("created")))
    put("branch_protection_rule", body(protection("deleted")))
    drain(settled, PARTITION, NOW)
    (gone,) = settled.store.snapshots.all(SCOPE, Guard.BRANCH_PROTECTION).values()
    assert gone.settings == ()
    settled.store.prune(gone.seen_at + dt.timedelta(days=8))
    assert settled.store.snapshots.all(SCOPE, Guard.BRANCH_PROTECTION) == {}
    assert told(settled) == [("branch-protection-weakened", "Nothing guards it any more")]


def test_nothing_is_stored_when_the_transaction_fails(settled: Runtime, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshot and alert are one: neither stands without the other."""
    old = Snapshot(
        scope=SCOPE,
        kind=Guard.BRANCH_PROTECTION,
        key="branch-protection:31",
        name="main",
        settings=settings({"required_approving_review_count": 3}),
        seen_at=NOW - dt.timedelta(days=9),
    )
    with settled.store.begin() as connection:
        settled.store.snapshots.put(connection, old)
    guid = put("branch_protection_rule", body(protection("edited", changes={})))

    def fails(*_: object) -> None:
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch:
        patch.setattr(settled.store.alerts, "raise_", fails)
        drain(settled, PARTITION, NOW)
    assert settled.store.inbox.outcome(guid) != "done"
    assert told(settled) == []
    assert settled.store.snapshots.all(SCOPE, Guard.BRANCH_PROTECTION) == {"branch-protection:31": old}


def _app(number: int) -> dict[str, Any]:
    return {"actor_id": number, "actor_type": "Integration", "bypass_mode": "always"}
