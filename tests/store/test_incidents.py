"""Reports about incidents in both databases: one for each story and subject, however many decide at once."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

from github_app.acts import BlastRadius
from github_app.model import Alert, Person, Step
from github_app.store import Store
from tests.notify.material import AT, SUBJECT
from tests.test_cases import MAL, NEW, step

TTL = dt.timedelta(minutes=5)


def case(store: Store, *alerts: Alert) -> list[Alert]:
    """Store alerts as one case."""
    with store.begin() as connection:
        numbers = [store.alerts.raise_(connection, found, "d") for found in alerts]
        stored = [replace(found, id=number or 0) for found, number in zip(alerts, numbers, strict=True)]
        store.cases.save(connection, [], 9, stored[0].finding.severity, stored)
    return stored


def want(store: Store, alert: Alert) -> None:
    """Want the report about an alert."""
    with store.begin() as connection:
        store.incidents.want(connection, alert)


def test_whoever_decides_at_once_wants_one_report(store: Store) -> None:
    """Eight people decide about the alerts of one case at one moment: one report, in its eighth version."""
    alerts = case(store, *(step(day, SUBJECT) for day in range(8)))
    barrier = threading.Barrier(8)

    def decide(alert: Alert) -> None:
        barrier.wait()
        want(store, alert)

    threads = [threading.Thread(target=decide, args=(alert,)) for alert in alerts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (report,) = store.incidents.due(AT, 9)
    assert (report.anchor_id, report.wanted, report.person) == (alerts[0].id, 8, SUBJECT)


def test_a_case_that_grows_keeps_its_report(store: Store) -> None:
    """An earlier alert that joins later changes the first step of the story, not the report."""
    late, later = case(store, step(10, SUBJECT), step(11, SUBJECT))
    want(store, late)
    with store.begin() as connection:
        number = store.alerts.raise_(connection, step(0, SUBJECT), "d")
        assert number is not None
        found = store.cases.of_alert(late.id)
        assert found is not None
        first = replace(step(0, SUBJECT), id=number)
        store.cases.save(connection, [found.id], 9, first.finding.severity, [first, late, later])
    want(store, first)
    (report,) = store.incidents.due(AT, 9)
    assert (report.wanted, report.alert_id) == (2, first.id)


def test_two_subjects_of_a_case_have_two_reports(store: Store) -> None:
    """Each is about one person; pressure leads to whoever the case is about, and a subject without a name to nobody."""
    one, two, pressure, nobody = case(
        store, step(0, SUBJECT), step(1, NEW), step(2, MAL, Step.PRESSURE), step(3, SUBJECT, Step.GRANT)
    )
    for alert in (one, two, pressure):
        want(store, alert)
    assert [r.person.login for r in store.incidents.due(AT, 9)] == ["newcomer", "new"]
    alone = replace(nobody, id=99, finding=replace(nobody.finding, subject=replace(nobody.finding.subject, person=Person())))
    want(store, alone)
    assert len(store.incidents.due(AT, 9)) == 2


def test_what_is_wanted_while_it_is_made_is_made_again(store: Store) -> None:
    """A verdict that comes while somebody writes the report is not lost."""
    (alert, _) = case(store, step(0, SUBJECT), step(1, SUBJECT))
    want(store, alert)
    (due,) = store.incidents.due(AT, 9)
    claimed = store.incidents.claim(due, AT, TTL)
    assert claimed is not None
    want(store, alert)
    body = BlastRadius(person=SUBJECT, names=(), since=AT, made_at=AT, parts=())
    with store.begin() as connection:
        assert store.incidents.made(connection, claimed, body, AT)
    (again,) = store.incidents.due(AT, 9)
    assert (again.made, again.wanted) == (1, 2)
