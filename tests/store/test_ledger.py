"""Ledgers on both databases: what is written comes back, also when names turn out to be one person."""

from __future__ import annotations

import datetime as dt

import pytest

from github_app import lately
from github_app.identity import keys
from github_app.ledger import Entry, Holding, Ledger
from github_app.model import Person, Power, Repository
from github_app.store import ConflictError, Store
from tests.store.samples import ANNA, BEN, DAY, NOW


def load(store: Store, scope: str = "repo:1", *people: Person) -> Ledger:
    """Load one ledger, asked about some people."""
    return store.ledgers.load([scope], [key for p in people for key in keys(p)])[scope]


def write(store: Store, ledger: Ledger, scope: str = "repo:1") -> None:
    """Write one ledger and see that the store finds itself intact."""
    with store.begin() as connection:
        store.ledgers.write(connection, {scope: ledger})


def test_a_holding_comes_back_with_everything(store: Store) -> None:
    """Use, grant and revocation survive, to the microsecond, and the ledger is clean after writing."""
    ledger = load(store, "repo:1", ANNA, BEN)
    ledger.grant(Power.COMMITTER, BEN, NOW, ANNA, {"role": "write"})
    ledger.use(Power.COMMITTER, BEN, NOW + DAY)
    ledger.revoke(Power.COMMITTER, BEN, NOW + 2 * DAY, ANNA)
    write(store, ledger)
    assert (ledger.entries, ledger.changed, ledger.new_aliases) == ([], {}, {})
    assert load(store, "repo:1", BEN).holding(Power.COMMITTER, BEN) == Holding(
        subject="id:2",
        power=Power.COMMITTER,
        person=BEN,
        since=NOW,
        granted_at=NOW,
        granted_by=ANNA,
        first_used=NOW + DAY,
        last_used=NOW + DAY,
        uses=1,
        revoked_at=NOW + 2 * DAY,
    )


def test_entries_are_kept_newest_first(store: Store) -> None:
    """What the ledger said happened can be read back in full."""
    ledger = load(store)
    ledger.grant(Power.ADMIN, BEN, NOW, ANNA, {"role": "admin"})
    write(store, ledger)
    with store.begin() as connection:
        store.ledgers.append(connection, "repo:1", [Entry(at=NOW, kind="decision", subject="id:2", by=ANNA)])
    assert store.ledgers.entries("repo:1") == [
        Entry(at=NOW, kind="decision", subject="id:2", by=ANNA),
        Entry(at=NOW, kind="grant", subject="id:2", power=Power.ADMIN, person=BEN, by=ANNA, detail={"role": "admin"}),
    ]
    assert store.ledgers.scopes() == ["repo:1"]


def test_authors_are_loaded_only_when_asked_about(store: Store) -> None:
    """A project can have thousands of authors; everybody else is always there."""
    ledger = load(store)
    for person in (ANNA, BEN):
        ledger.use(Power.AUTHOR, person, NOW)
        ledger.use(Power.MERGER, person, NOW)
    write(store, ledger)
    again = load(store, "repo:1", ANNA)
    assert again.holding(Power.AUTHOR, ANNA) is not None
    assert again.holding(Power.AUTHOR, BEN) is None
    assert [h.subject for h in again.holders(Power.MERGER)] == ["id:1", "id:2"]
    assert {(h.subject, h.power) for h in store.ledgers.holdings("repo:1")} == {
        (s, p) for s in ("id:1", "id:2") for p in (Power.AUTHOR, Power.MERGER)
    }


def test_an_author_nobody_asked_about_keeps_his_first_day(store: Store) -> None:
    """A caller that forgets to name an author writes him as new; the day he was first seen does not move."""
    for at in (NOW, NOW + DAY):
        ledger = load(store)
        ledger.use(Power.AUTHOR, ANNA, at)
        write(store, ledger)
    held = load(store, "repo:1", ANNA).holding(Power.AUTHOR, ANNA)
    assert held is not None
    assert (held.since, held.first_used, held.last_used) == (NOW, NOW, NOW + DAY)


def test_names_that_are_linked_come_back_as_one_holding(store: Store) -> None:
    """Use under an e-mail, link it to an account, use it again: one holding with all uses."""
    by_mail = Person(name="Anna", email="anna@example.org")
    ledger = load(store, "repo:1", by_mail)
    ledger.use(Power.COMMITTER, by_mail, NOW)
    ledger.use(Power.AUTHOR, by_mail, NOW)
    write(store, ledger)
    ledger = load(store, "repo:1", ANNA)
    ledger.link(ANNA, NOW + DAY)
    ledger.use(Power.COMMITTER, ANNA, NOW + DAY)
    write(store, ledger)
    for known in (ANNA, by_mail, Person(login="anna"), Person(id=1)):
        again = load(store, "repo:1", known)
        held = again.holding(Power.COMMITTER, known)
        assert held is not None
        assert (held.uses, held.first_used, held.last_used) == (2, NOW, NOW + DAY)
        assert again.holding(Power.AUTHOR, known) is not None
        assert len(again.holders(Power.COMMITTER)) == 1
    assert len(store.ledgers.holdings("repo:1")) == 2


def test_a_link_made_in_one_repository_joins_names_in_another(store: Store) -> None:
    """Two names with history of their own become one subject when another repository shows that they are."""
    by_mail, by_login = Person(name="Anna", email="anna@example.org"), Person(login="anna")
    ledger = load(store, "repo:1", by_mail, by_login)
    ledger.use(Power.COMMITTER, by_mail, NOW)
    ledger.use(Power.COMMITTER, by_login, NOW + DAY)
    write(store, ledger)
    other = load(store, "repo:2", ANNA)
    other.link(ANNA, NOW)
    write(store, other, "repo:2")
    ledger = load(store, "repo:1", ANNA)
    assert [(h.subject, h.uses) for h in ledger.holders(Power.COMMITTER)] == [("id:1", 2)]
    ledger.use(Power.COMMITTER, ANNA, NOW + 2 * DAY)
    write(store, ledger)
    assert [(h.subject, h.uses) for h in store.ledgers.holdings("repo:1")] == [("id:1", 3)]
    assert store.ledgers.verify() == []


def test_one_batch_can_meet_a_person_under_two_names(store: Store) -> None:
    """Ledgers judged side by side name the same account differently; afterwards it is one subject in both."""
    by_mail = Person(name="Anna", email="anna@example.org")
    ledger = load(store, "repo:2", by_mail)
    ledger.use(Power.COMMITTER, by_mail, NOW)
    write(store, ledger, "repo:2")
    batch = store.ledgers.load(["repo:1", "repo:2"], keys(ANNA))
    for one in batch.values():
        one.link(ANNA, NOW + DAY)
        one.use(Power.COMMITTER, ANNA, NOW + DAY)
    with store.begin() as connection:
        store.ledgers.write(connection, batch)
    again = store.ledgers.load(["repo:1", "repo:2"], keys(ANNA))
    assert [[(h.subject, h.uses) for h in again[s].holders(Power.COMMITTER)] for s in again] == [
        [("id:1", 1)],
        [("id:1", 2)],
    ]
    assert store.ledgers.verify() == []


def test_a_renamed_account_does_not_pass_its_history_on(store: Store) -> None:
    """Somebody who takes a login that was given up starts with nothing."""
    ledger = load(store, "repo:1", ANNA)
    ledger.use(Power.COMMITTER, Person(login="anna"), NOW)
    ledger.link(Person(id=1, login="anna"), NOW)
    write(store, ledger)
    thief = Person(id=666, login="anna")
    ledger = load(store, "repo:1", thief)
    ledger.link(thief, NOW + DAY)
    write(store, ledger)
    again = load(store, "repo:1", thief, ANNA)
    assert again.holding(Power.COMMITTER, thief) is None
    assert again.holding(Power.COMMITTER, Person(id=1)) is not None
    assert store.ledgers.verify() == []


def test_a_ledger_changed_by_somebody_else_is_not_overwritten(store: Store) -> None:
    """A use that was judged before a revocation arrived must not bring the power back."""
    ledger = load(store)
    ledger.use(Power.COMMITTER, BEN, NOW)
    write(store, ledger)
    slow, fast = load(store, "repo:1", BEN), load(store, "repo:1", BEN)
    slow.use(Power.COMMITTER, BEN, NOW + DAY)
    fast.revoke(Power.COMMITTER, BEN, NOW + DAY, ANNA)
    write(store, fast)
    with pytest.raises(ConflictError):
        write(store, slow)
    held = load(store, "repo:1", BEN).holding(Power.COMMITTER, BEN)
    assert held is not None
    assert (held.revoked_at, held.uses) == (NOW + DAY, 1)


def test_a_ledger_can_be_written_twice(store: Store) -> None:
    """Learning writes in pieces, with one ledger."""
    ledger = load(store, "repo:1", ANNA)
    for day in range(3):
        ledger.use(Power.COMMITTER, ANNA, NOW + day * DAY)
        ledger.use(Power.MERGER, BEN, NOW + day * DAY)
        write(store, ledger)
    assert [(h.subject, h.uses) for h in store.ledgers.holdings("repo:1")] == [("id:1", 3), ("id:2", 3)]


def test_a_repository_settles_by_its_row_and_an_organisation_when_first_met(store: Store) -> None:
    """Nobody in a repository is new before its past is learned; an organisation's past cannot be asked for."""
    with store.begin() as connection:
        store.repositories.see(connection, Repository(id=1, full_name="o/r"), None, NOW)
        store.repositories.see(connection, Repository(id=2, full_name="o/s"), None, NOW)
        store.repositories.set_state(connection, 1, "watched", at=NOW, settled_at=NOW)
    before = dt.datetime.now(dt.UTC)
    ledgers = store.ledgers.load(["repo:1", "repo:2", "repo:3", "org:5"], [])
    assert [ledgers[s].settled_at for s in ("repo:1", "repo:2", "repo:3")] == [NOW, None, None]
    first = ledgers["org:5"].settled_at
    assert first is not None
    assert first >= before
    with store.begin() as connection:
        store.ledgers.write(connection, ledgers)
    assert load(store, "org:5").settled_at == first
    assert store.ledgers.scopes() == ["org:5"]


def test_notes_take_each_other_s_place(store: Store) -> None:
    """A note that was written over comes back as it was written last, in one row, and the chain explains it."""
    for number, who in ((7, ANNA), (8, BEN)):
        ledger = load(store, "repo:1", ANNA, BEN)
        lately.approve(ledger, number, who, NOW)
        if number == 7:
            lately.forget_approval(ledger, 7, NOW + DAY)
        write(store, ledger)
    (note,) = load(store, "repo:1").holders(Power.CUSTOM)
    assert (note.uses, note.person) == (8, BEN)
    assert store.ledgers.verify() == []
