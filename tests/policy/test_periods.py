"""What the policy's numbers of hours and days do: how long an acknowledgement may wait, and when things are forgotten."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from github_app import decisions
from github_app.comments import Comments, Mark
from github_app.model import Repository
from github_app.review import Action
from github_app.settings import Settings
from github_app.store import Outcome, Store
from tests.notify.material import AT, MARY, alert
from tests.store.samples import delivery
from workers import forgetting, policies, time_passes

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
EAGER, USUAL = Repository(id=1, full_name="acme/eager", owner_id=9), Repository(id=2, full_name="acme/usual", owner_id=9)


def policy(store: Store, repository: Repository, text: str) -> None:
    """Put a policy file into force, as reading it from GitHub does."""
    with store.begin() as connection:
        store.policies.expect(connection, [(f"repo:{repository.id}", repository.full_name, 77)], AT)
        (before,) = store.policies.get_many([f"repo:{repository.id}"], connection).values()
        assert store.policies.save(connection, replace(before, text=text, version="v", checked_at=AT), before)


def test_an_acknowledgement_ages_as_its_repositorys_policy_says(store: Store) -> None:
    """One repository reminds after four hours and opens again after ten; beside it the usual two and seven days hold."""
    policy(store, EAGER, "version: 1\nacknowledgement: {remind_after_hours: 4, reopen_after_hours: 10}\n")
    ids = []
    for number, repository in enumerate((EAGER, USUAL)):
        with store.begin() as connection:
            ids.append(store.alerts.raise_(connection, alert(fingerprint=str(number), repository=repository), "d"))
        decisions.apply(store, ids[-1] or 0, Action.ACKNOWLEDGE, MARY, "mine", AT, via="slack")
    changed = [time_passes.sweep(store, AT + hours * HOUR) for hours in (1, 3, 4, 5, 9, 10, 11, 48, 49, 168)]
    assert changed == [0, 0, 1, 0, 0, 1, 0, 1, 0, 1]
    said = [store.alerts.decisions(number or 0) for number in ids]
    assert [[d.action for d in one] for one in said] == [[Action.ACKNOWLEDGE, Action.REMIND, Action.LAPSE]] * 2
    assert "4 hours ago" in said[0][1].reason
    assert "2 days ago" in said[1][1].reason


def test_a_sweep_without_news_writes_nothing_and_asks_little(store: Store) -> None:
    """Fifty acknowledged alerts of a day ago cost three queries a sweep, not three each."""
    for number in range(50):
        with store.begin() as connection:
            found = store.alerts.raise_(connection, alert(fingerprint=str(number), repository=USUAL), "d")
        decisions.apply(store, found or 0, Action.ACKNOWLEDGE, MARY, "mine", AT, via="slack")
    asked: list[str] = []
    from sqlalchemy import event  # noqa: PLC0415

    event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert time_passes.sweep(store, AT + DAY) == 0
    assert len([text for text in asked if text.lstrip().upper().startswith(("SELECT", "UPDATE", "INSERT"))]) <= 4


def test_bodies_and_signals_are_forgotten_as_the_policy_says(store: Store) -> None:
    """Bodies after one day or thirty where a policy says so and after seven elsewhere; signals can only go sooner."""
    eager, patient = EAGER, replace(USUAL, id=3, full_name="acme/patient")
    policy(store, eager, "version: 1\nretention: {bodies_days: 1, signals_days: 10}\n")
    policy(store, patient, "version: 1\nretention: {bodies_days: 40, signals_days: 700}\n")
    places = (eager, USUAL, patient)
    for place in places:
        with store.begin() as connection:
            store.repositories.see(connection, place, 77, AT)
            store.repositories.set_state(connection, place.id, "watched", at=AT, settled_at=AT)
            comments = Comments()
            comments.note(Mark(thread=1, comment=1, at=dt.datetime.now(dt.UTC), author=MARY, signals=("hurry",)))
            store.comments.write(connection, {place.id: comments})
        store.inbox.accept([delivery(place.full_name, repository_id=place.id)])
        with store.begin() as connection:
            (row,) = [p for p in store.inbox.pending(3, 9, AT + DAY) if p.repository_id == place.id]
            store.inbox.finish(connection, [Outcome(seq=row.seq, state="done")])
    now = dt.datetime.now(dt.UTC)
    dropped = [forgetting.forget(store, Settings(pressure_keep_days=120), now + days * DAY) for days in (0.5, 2, 8, 35, 41)]
    assert dropped == [0, 1, 1, 0, 1]
    assert policies.load(store, [(1, 9)]).of(1, 9).retention.bodies_days == 1
    kept = store.comments.of([p.id for p in places], AT - 999 * DAY)
    assert [bool(kept[p.id].all()) for p in places] == [False, True, True]
    forgetting.forget(store, Settings(pressure_keep_days=120), now + 121 * DAY)
    assert not any(kept.all() for kept in store.comments.of([p.id for p in places], AT - 999 * DAY).values())
