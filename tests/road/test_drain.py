"""Drain: deliveries become alerts, once, in order, in one transaction, and nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from github_app.handover import Handover
from github_app.model import Person, Power, Stage
from tests.facts.payloads import LASSE, NEW, OLD, payload, push
from tests.road.conftest import NOW, PARTITION, RECEIVED, REPOSITORY, Put
from workers.batch import Batch, OvertakenError
from workers.detectors import Change, Detector
from workers.drain import MOST_ATTEMPTS, drain
from workers.runtime import Runtime

LATER = NOW + dt.timedelta(hours=2)


def raised(runtime: Runtime) -> list[str]:
    """Return what was raised, oldest first."""
    return [a.finding.detector for a in reversed(runtime.store.alerts.recent(20))]


def test_a_push_by_a_newcomer_becomes_an_alert_with_its_messages(settled: Runtime, put: Put) -> None:
    """The delivery is done, the alert stands, the console is to be told and the ledger knows the newcomer."""
    guid = put("push", push())
    assert drain(settled, PARTITION, NOW) == 1
    assert settled.store.inbox.outcome(guid) == ("done", "facts: commits_landed; raised: new-committer")
    assert raised(settled) == ["new-committer"]
    assert [p.channel for p in settled.store.outbox.due(NOW, 9)] == ["console"]
    assert settled.store.ledgers.verify() == []


def test_the_newcomers_second_push_is_quiet(settled: Runtime, put: Put) -> None:
    """The ledger learned from the first one, also within one batch."""
    put("push", push())
    put("push", push(before=NEW, after="3" * 40))
    drain(settled, PARTITION, NOW)
    put("push", push(before="3" * 40, after="4" * 40))
    drain(settled, PARTITION, NOW)
    assert raised(settled) == ["new-committer"]


def test_the_maintainers_routine_is_quiet(settled: Runtime, put: Put) -> None:
    """Who has pushed for years may push."""
    guid = put("push", push(sender=LASSE, pusher={"name": "Larhzu", "email": "lasse.collin@tukaani.org"}))
    drain(settled, PARTITION, NOW)
    assert settled.store.inbox.outcome(guid) == ("done", "facts: commits_landed")
    assert raised(settled) == []


def test_deliveries_of_an_unknown_repository_wait_for_its_past(runtime: Runtime, put: Put) -> None:
    """They are not judged before the past is learned, and are after."""
    guid = put("push", push())
    drain(runtime, PARTITION, NOW)
    watch = runtime.store.repositories.get_many([REPOSITORY])[REPOSITORY]
    assert (watch.state, watch.installation_id) == ("new", 99)
    assert runtime.store.inbox.outcome(guid) == ("pending", "")
    assert runtime.store.inbox.pending(PARTITION, 9, NOW) == []
    with runtime.store.begin() as connection:
        runtime.store.repositories.set_state(connection, REPOSITORY, "watched", at=NOW)
    assert drain(runtime, PARTITION, NOW) == 1
    assert raised(runtime) == []  # watched without a past: nobody is new


def test_what_cannot_be_read_or_says_nothing_has_a_stated_outcome(settled: Runtime, put: Put) -> None:
    """Bad bodies are set aside with a reason, uninteresting events ignored with one."""
    bad, star = put("push", b"[]"), put("star", payload(action="created"))
    drain(settled, PARTITION, NOW)
    assert settled.store.inbox.outcome(bad) == ("failed", "unreadable: the payload is not a JSON object")
    assert settled.store.inbox.outcome(star) == ("ignored", "star: says nothing about trust")


def test_two_workers_on_the_same_rows_judge_them_once(settled: Runtime, put: Put) -> None:
    """The one that commits second is overtaken and writes nothing."""
    put("push", push())
    rows = settled.store.inbox.pending(PARTITION, 9, NOW)
    one, two = Batch(settled, rows, NOW), Batch(settled, rows, NOW)
    one.prepare()
    two.prepare()
    one.write()
    with pytest.raises(OvertakenError):
        two.write()
    assert raised(settled) == ["new-committer"]
    assert settled.store.ledgers.verify() == []


def test_a_crashing_detector_is_shown_and_costs_nobody_elses_alert(settled: Runtime, put: Put) -> None:
    """It counts as failed, never as nothing found."""

    def crash(change: Change) -> list[None]:
        raise KeyError(change.fact.kind)

    broken = Detector(
        id="broken",
        watches=(settled.detectors[0].watches[0].__mro__[1],),
        stage=Stage.STABLE,
        detect=crash,  # type: ignore[arg-type]
    )
    runtime = replace(settled, detectors=(broken, *settled.detectors))
    guid = put("push", push())
    drain(runtime, PARTITION, NOW)
    assert raised(runtime) == ["new-committer"]
    assert "detector failed: broken" in (runtime.store.inbox.outcome(guid) or ("", ""))[1]
    assert any("The detector broken failed" in p.sentence for p in runtime.store.problems.open())


def test_one_bad_delivery_does_not_hold_the_others(settled: Runtime, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again later, given up in the end with a stated reason; the others are judged at once."""
    from workers import batch  # noqa: PLC0415

    real = batch.judge

    def judge(facts: object, *rest: object, **named: object) -> object:
        if any(getattr(x, "after", "") == "6" * 40 for x in facts):  # type: ignore[attr-defined]
            raise ZeroDivisionError("a fault of ours")
        return real(facts, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "judge", judge)
    good, bad = put("push", push(before=OLD, after=NEW)), put("push", push(before=NEW, after="6" * 40))
    when = NOW
    for _ in range(MOST_ATTEMPTS):
        drain(settled, PARTITION, when)
        when += dt.timedelta(hours=1)
    assert (settled.store.inbox.outcome(good) or [""])[0] == "done"
    assert settled.store.inbox.outcome(bad) == ("failed", "ZeroDivisionError: a fault of ours")
    assert any("could not be judged and was set aside" in p.sentence for p in settled.store.problems.open())


def test_when_sql_is_away_nothing_is_lost(settled: Runtime, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that cannot be committed stays pending and is judged when SQL is back."""
    guid = put("push", push())

    def away(*_: object) -> bool:
        raise OperationalError("UPDATE", {}, RuntimeError("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(settled.store.inbox, "finish", away)
        with pytest.raises(OperationalError):
            drain(settled, PARTITION, NOW)
    assert settled.store.inbox.outcome(guid) == ("pending", "")
    drain(settled, PARTITION, LATER)
    assert raised(settled) == ["new-committer"]


def test_installing_and_removing_repositories_is_followed(runtime: Runtime, put: Put) -> None:
    """A repository that is taken out is not judged any more; put back, it is learned anew."""
    xz = {"id": REPOSITORY, "full_name": "tukaani-project/xz", "name": "xz", "private": False}
    installation = {"id": 99, "account": {"id": 49617154, "login": "tukaani-project", "type": "Organization"}}

    def state() -> str:
        return runtime.store.repositories.get_many([REPOSITORY])[REPOSITORY].state

    put("installation", {"action": "created", "installation": installation, "repositories": [xz], "sender": LASSE})
    drain(runtime, PARTITION, NOW)
    assert state() == "new"
    gone = {
        "action": "removed",
        "installation": installation,
        "repositories_added": [],
        "repositories_removed": [xz],
        "sender": LASSE,
    }
    put("installation_repositories", gone)
    drain(runtime, PARTITION, NOW)
    assert state() == "removed"
    guid = put("push", push())
    drain(runtime, PARTITION, NOW)
    assert runtime.store.inbox.outcome(guid) == ("ignored", "the app no longer watches this repository")
    put("installation_repositories", gone | {"action": "added", "repositories_added": [xz], "repositories_removed": []})
    drain(runtime, PARTITION, NOW)
    assert state() == "new"


def test_received_is_the_time_a_waiting_delivery_counts_from(settled: Runtime, put: Put) -> None:
    """The sweep finds partitions whose wake-up was lost."""
    put("push", push())
    assert settled.store.inbox.stale_partitions(RECEIVED + dt.timedelta(seconds=1), NOW) == [PARTITION]
    drain(settled, PARTITION, NOW)
    assert settled.store.inbox.stale_partitions(LATER, LATER) == []


def test_an_announced_newcomer_is_recorded_and_quiet(settled: Runtime, put: Put) -> None:
    """A declared hand-over turns the first push into information: recorded, and nobody is disturbed."""
    announced = Handover(
        repository_id=REPOSITORY,
        subject=Person(login="JiaT75"),
        powers=(Power.COMMITTER,),
        until=NOW + dt.timedelta(days=9),
        reason="He takes over",
        declared_by=Person(login="Larhzu"),
        declared_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    )
    with settled.store.begin() as connection:
        settled.store.handovers.add(connection, announced, "slack")
    put("push", push())
    drain(settled, PARTITION, NOW)
    (alert,) = settled.store.alerts.recent(9)
    assert (alert.finding.detector, alert.finding.severity) == ("new-committer", "info")
    assert "It was announced: @Larhzu hands over to @JiaT75" in alert.finding.why
