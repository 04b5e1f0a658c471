"""Decisions are stored whole or not at all, once, and every place that shows the alert is brought up to date."""

from __future__ import annotations

import datetime as dt
import threading

from github_app import decisions
from github_app.identity import keys
from github_app.ledger import Ledger
from github_app.model import Alert, Person, Power, Severity, State
from github_app.review import Action, Decided, Refused
from github_app.store import Store
from tests.notify.material import AT, LASSE, MARY, OTHER, REPOSITORY, SUBJECT, alert
from workers import time_passes

NOW = AT + dt.timedelta(days=1)
SCOPE = f"repo:{REPOSITORY.id}"


def raised(store: Store, **changes: object) -> Alert:
    """Store an alert that is shown on Slack and return it."""
    with store.begin() as connection:
        number = store.alerts.raise_(connection, alert(**changes), "delivery")
        assert number is not None
        store.outbox.add(connection, number, "slack", f"alert:{number}")
    stored = store.alerts.get(number)
    assert stored is not None
    return stored


def test_a_decision_is_kept_with_its_reason_and_shown(store: Store) -> None:
    """The alert, the record, the hash chain and the outbox all know of a decision at once."""
    made = raised(store)
    outcome = decisions.apply(store, made.id, Action.HARMLESS, MARY, "a test account", NOW, via="cli")
    assert isinstance(outcome, Decided)
    stored = store.alerts.get(made.id)
    assert stored is not None
    assert (stored.state, stored.reason, stored.decided_by) == (State.RESOLVED, "a test account", ("mary",))
    (record,) = store.alerts.decisions(made.id)
    assert (record.by, record.via, record.at) == (MARY, "cli", NOW)
    entries = store.ledgers.entries(SCOPE, 10)
    assert [e.detail["reason"] for e in entries if e.kind == "decision"] == ["a test account"]
    assert store.ledgers.verify() == []
    work = store.outbox.claim("slack", f"alert:{made.id}", "me", NOW, dt.timedelta(minutes=1))
    assert work is not None
    assert work.rows[0].wanted_version == 2


def test_expected_teaches_the_ledger(store: Store) -> None:
    """Once a reviewer said that a power was meant, its holder holds it as expected."""
    ledger = Ledger(settled_at=AT)
    ledger.link(SUBJECT, AT)
    ledger.use(Power.MERGER, SUBJECT, AT)
    with store.begin() as connection:
        store.repositories.see(connection, REPOSITORY, 77, AT)
        store.ledgers.write(connection, {SCOPE: ledger})
    made = raised(store)
    decisions.apply(store, made.id, Action.EXPECTED, MARY, "promoted", NOW, via="slack")
    held = store.ledgers.load([SCOPE], keys(SUBJECT))[SCOPE].holding(Power.MERGER, SUBJECT)
    assert held is not None
    assert held.expected
    assert store.ledgers.verify() == []


def test_a_refusal_changes_nothing(store: Store) -> None:
    """Whoever may not decide leaves no record, no entry and no message behind."""
    made = raised(store)
    outcome = decisions.apply(store, made.id, Action.EXPECTED, SUBJECT, "trust me", NOW, via="slack")
    assert isinstance(outcome, Refused)
    assert store.alerts.get(made.id) == made
    assert store.alerts.decisions(made.id) == []
    work = store.outbox.claim("slack", f"alert:{made.id}", "me", NOW, dt.timedelta(minutes=1))
    assert work is not None
    assert work.rows[0].wanted_version == 1


def test_the_ledger_knows_a_second_account(store: Store) -> None:
    """The subject under another account is still the subject when the ledger has seen them together."""
    other_name = Person(id=SUBJECT.id, login="newcomer", email="else@where.example")
    ledger = Ledger(settled_at=AT)
    ledger.link(other_name, AT)
    with store.begin() as connection:
        store.repositories.see(connection, REPOSITORY, 77, AT)
        store.ledgers.write(connection, {SCOPE: ledger})
    made = raised(store, subject_keys=("mail:else@where.example",))
    outcome = decisions.apply(store, made.id, Action.EXPECTED, Person(id=SUBJECT.id, login="x"), "fine", NOW, via="slack")
    assert isinstance(outcome, Refused)
    assert "about you" in outcome.sentence


def test_no_such_alert(store: Store) -> None:
    """A number that is no alert is refused in a sentence."""
    outcome = decisions.apply(store, 404, Action.EXPECTED, MARY, "fine", NOW, via="cli")
    assert outcome == Refused(sentence="there is no alert 404")


def test_simultaneous_decisions_are_one(store: Store) -> None:
    """Of people who decide in the same moment one is heard; the others are told who it was."""
    made = raised(store)
    people = [Person(id=100 + n, login=f"person{n}") for n in range(6)]
    outcomes: list[Decided | Refused] = []
    start = threading.Barrier(len(people))

    def act(person: Person) -> None:
        start.wait(5)
        outcomes.append(decisions.apply(store, made.id, Action.EXPECTED, person, "we talked", NOW, via="slack"))

    threads = [threading.Thread(target=act, args=(p,)) for p in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    winners = [o for o in outcomes if isinstance(o, Decided)]
    assert len(winners) == 1
    said = f"already marked expected by @{winners[0].record.by.login} on 2026-03-02 10:30 UTC"
    assert [o.sentence for o in outcomes if isinstance(o, Refused)] == [said] * 5
    assert len(store.alerts.decisions(made.id)) == 1


def test_two_people_at_once_resolve_critical(store: Store) -> None:
    """A critical alert that two people judge alike in the same moment is resolved by both, whoever came first."""
    made = raised(store, severity=Severity.CRITICAL)
    threads = [
        threading.Thread(
            target=decisions.apply, args=(store, made.id, Action.EXPECTED, p, "ok", NOW), kwargs={"via": "slack"}
        )
        for p in (LASSE, MARY)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    stored = store.alerts.get(made.id)
    assert stored is not None
    assert stored.state is State.RESOLVED
    assert sorted(stored.decided_by) == ["lasse", "mary"]


def test_a_snooze_ends_by_itself(store: Store) -> None:
    """When its time has come a snoozed alert is open again, once, and shown so."""
    made = raised(store)
    decisions.apply(store, made.id, Action.SNOOZE, OTHER, "next week", NOW, via="slack")
    assert time_passes.sweep(store, NOW + dt.timedelta(days=6)) == 0
    assert time_passes.sweep(store, NOW + dt.timedelta(days=8)) == 1
    assert time_passes.sweep(store, NOW + dt.timedelta(days=9)) == 0
    stored = store.alerts.get(made.id)
    assert stored is not None
    assert stored.state is State.OPEN
    assert store.ledgers.verify() == []


def test_an_acknowledgement_ages_by_itself(store: Store) -> None:
    """The sweep reminds once and opens the alert again, each as an entry of the chain that everybody can read."""
    made = raised(store)
    decisions.apply(store, made.id, Action.ACKNOWLEDGE, OTHER, "mine", NOW, via="slack")
    steps = [time_passes.sweep(store, NOW + dt.timedelta(days=days)) for days in (1, 2, 3, 5, 7, 9)]
    assert steps == [0, 1, 0, 0, 1, 0]
    assert [d.action for d in store.alerts.decisions(made.id)] == [Action.ACKNOWLEDGE, Action.REMIND, Action.LAPSE]
    stored = store.alerts.get(made.id)
    assert stored is not None
    assert stored.state is State.OPEN
    assert store.ledgers.verify() == []
