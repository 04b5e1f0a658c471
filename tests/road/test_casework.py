"""Cases as they come about live: in the transaction that stores the alerts, once, whoever is faster."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from github_app.model import Alert, Person, Severity, Step
from github_app.settings import Settings
from github_app.store import Store, StoredCase
from tests.facts.payloads import JIA, LASSE, payload, push
from tests.notify.material import alert as sample
from tests.road.conftest import NOW, PARTITION, REPOSITORY, Put
from tests.test_cases import EVE, MAL, NEW, step
from workers import casework
from workers.drain import drain
from workers.runtime import Runtime

SLACK = Settings(slack_bot_token="xoxb-test", slack_channel="C0TRUST")
YEAR = dt.timedelta(days=365)


def raise_all(store: Store, *alerts: Alert, settings: Settings = SLACK) -> None:
    """Store alerts and join them, in one transaction, as a drained batch does."""
    with store.begin() as connection:
        numbers = [store.alerts.raise_(connection, a, "delivery") for a in alerts]
        raised = [replace(a, id=n) for a, n in zip(alerts, numbers, strict=True) if n is not None]
        casework.join(connection, store, raised, settings, NOW)


def only_case(store: Store) -> StoredCase:
    """Return the one case there is."""
    (case,) = store.cases.recent(10)
    return case


def said(store: Store) -> list[str]:
    """Return which notices wait."""
    return [notice.key for notice in store.notices.due(NOW, 10)]


def member_added() -> dict[str, Any]:
    """Return a delivery in which Lasse gives Jia write access."""
    changes = {"permission": {"to": "write"}, "role_name": {"to": "write"}}
    return payload(LASSE, action="added", member=JIA, changes=changes)


def test_a_grant_and_its_first_use_are_one_case(settled: Runtime, put: Put) -> None:
    """Two deliveries about one person, judged one after the other, are one stored case that got worse."""
    put("member", member_added())
    drain(settled, PARTITION, NOW)
    assert settled.store.cases.recent(10) == []
    put("push", push())
    drain(settled, PARTITION, NOW)
    case = only_case(settled.store)
    assert sorted(a.finding.detector for a in case.alerts) == ["access-granted", "new-committer"]
    assert settled.store.cases.recent(10, repository_id=REPOSITORY) == [case]
    assert settled.store.cases.recent(10, repository_id=1) == []


def test_a_delivery_that_comes_twice_changes_no_case(settled: Runtime, put: Put) -> None:
    """The same act again raises nothing, so nothing joins."""
    put("member", member_added())
    put("push", push())
    drain(settled, PARTITION, NOW)
    case = only_case(settled.store)
    put("push", push())
    drain(settled, PARTITION, NOW)
    assert only_case(settled.store) == case


def test_a_batch_that_fails_at_the_end_leaves_nothing(settled: Runtime, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts, their messages and their case are one transaction."""
    put("member", member_added())
    put("push", push())

    def broken(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(casework, "join", broken)
        drain(settled, PARTITION, NOW)
    assert settled.store.alerts.recent(10) == []
    drain(settled, PARTITION, NOW + dt.timedelta(hours=1))
    assert len(only_case(settled.store).alerts) == 2


def test_workers_at_once_make_one_case(store: Store) -> None:
    """Eight transactions raise one alert each about the same person; all are in one case in the end, in order of time."""
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait(timeout=30)
        raise_all(store, step(number, EVE))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    case = only_case(store)
    assert [a.at for a in case.alerts] == sorted(step(n, EVE).at for n in range(8))


def test_a_link_found_later_joins_two_cases(store: Store) -> None:
    """Two people's cases become one when the first gives power to the second; the older case keeps its number."""
    raise_all(store, step(0, EVE), step(1, EVE))
    raise_all(store, step(2, MAL), step(3, MAL))
    assert len(store.cases.recent(10)) == 2
    first = min(case.id for case in store.cases.recent(10))
    raise_all(store, step(4, MAL, Step.GRANT, grantor=EVE))
    case = only_case(store)
    assert (case.id, len(case.alerts)) == (first, 5)


def test_an_old_member_keeps_a_case_together(store: Store) -> None:
    """A case goes on over years; what joins late joins all of it, also what lies far back."""
    for day in (0, 300, 600, 900):
        raise_all(store, step(day, EVE))
    assert len(only_case(store).alerts) == 4


def test_that_a_case_became_worse_is_said_once_for_each_severity(store: Store) -> None:
    """A second kind of step makes medium high, a third critical; more of the same says nothing."""
    raise_all(store, step(0, EVE, Step.GRANT))
    assert said(store) == []
    raise_all(store, step(1, EVE))
    number = only_case(store).id
    assert said(store) == [f"case:{number}:high"]
    raise_all(store, step(2, EVE))
    assert said(store) == [f"case:{number}:high"]
    raise_all(store, step(3, EVE, Step.RELEASE))
    raise_all(store, step(4, EVE, severity=Severity.CRITICAL))
    assert said(store) == [f"case:{number}:high", f"case:{number}:critical"]
    assert only_case(store).severity is Severity.CRITICAL


def test_nothing_is_said_of_a_case_nobody_has_read_about(store: Store) -> None:
    """When all its alerts come at once, or none before was loud, their own messages say everything."""
    raise_all(store, step(0, EVE, Step.GRANT), step(1, EVE))
    raise_all(store, step(0, NEW, severity=Severity.LOW))
    raise_all(store, step(1, NEW, Step.GRANT, severity=Severity.HIGH))
    assert [len(case.alerts) for case in store.cases.recent(10)] == [2, 2]
    assert said(store) == []


def test_without_slack_nothing_is_to_be_said(store: Store) -> None:
    """Cases are kept all the same."""
    raise_all(store, step(0, EVE, Step.GRANT), settings=Settings())
    raise_all(store, step(1, EVE), settings=Settings())
    assert only_case(store).severity is Severity.HIGH
    assert said(store) == []


def test_the_first_message_is_brought_up_to_date(store: Store) -> None:
    """A new step has the case's first alert sent again, and no other."""
    with store.begin() as connection:
        numbers = [store.alerts.raise_(connection, step(day, EVE), "d") for day in (0, 1)]
        for number in numbers:
            assert number is not None
            store.outbox.add(connection, number, "slack", f"alert:{number}")
    for post in store.outbox.due(NOW, 10):
        work = store.outbox.claim(post.channel, post.target, "w", NOW, dt.timedelta(minutes=1))
        assert work is not None
        store.outbox.sent(work, "C:1", NOW)
    raise_all(store, step(2, EVE))
    assert [p.target for p in store.outbox.due(NOW, 10)] == [f"alert:{numbers[0]}"]


def test_owners_do_not_mix(store: Store) -> None:
    """The same account in two organisations is two stories."""
    theirs = replace(sample().repository, id=99, owner_id=98)
    raise_all(store, step(0, EVE), step(1, EVE, repository=theirs))
    raise_all(store, step(2, Person(id=20, login="eve"), repository=theirs))
    assert {a.repository.owner_id for a in only_case(store).alerts} == {98}
