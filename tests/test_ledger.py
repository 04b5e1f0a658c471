"""The ledger in memory: whose power it is, when it came and went, and which names are one subject."""

from __future__ import annotations

import datetime as dt

import pytest

from github_app.ledger import Holding, Ledger
from github_app.model import Person, Power

ALICE = Person(id=1, login="alice", email="alice@example.org", name="Alice Archer")
BOB = Person(id=2, login="bob")


def day(number: int, hour: int = 0) -> dt.datetime:
    """Return a day in 2024."""
    return dt.datetime(2024, 1, 1, hour, tzinfo=dt.UTC) + dt.timedelta(days=number)


def kinds(ledger: Ledger) -> list[str]:
    """Return the kinds of entries written so far."""
    return [entry.kind for entry in ledger.entries]


def test_first_use_is_written_once() -> None:
    """Later uses are counted, not recorded."""
    ledger = Ledger()
    for number in (1, 5, 3):
        ledger.use(Power.COMMITTER, ALICE, day(number))
    held = ledger.holding(Power.COMMITTER, ALICE)
    assert held is not None
    assert (held.since, held.first_used, held.last_used, held.uses) == (day(1), day(1), day(5), 3)
    assert kinds(ledger) == ["first_use"]


def test_a_grant_comes_before_its_first_use() -> None:
    """Who gave it stays when it is used, and the first use is recorded then."""
    ledger = Ledger()
    ledger.grant(Power.COMMITTER, BOB, day(1), ALICE)
    ledger.use(Power.COMMITTER, BOB, day(4))
    held = ledger.holding(Power.COMMITTER, BOB)
    assert held is not None
    assert (held.since, held.granted_by, held.first_used) == (day(1), ALICE, day(4))
    assert kinds(ledger) == ["grant", "first_use"]


def test_a_lost_power_is_remembered_as_lost() -> None:
    """It is still found, but not among the holders; a second loss is none."""
    ledger = Ledger()
    ledger.use(Power.COMMITTER, BOB, day(1))
    ledger.expect(Power.COMMITTER, BOB)
    ledger.revoke(Power.COMMITTER, BOB, day(2), ALICE)
    ledger.revoke(Power.COMMITTER, BOB, day(3), ALICE)
    held = ledger.holding(Power.COMMITTER, BOB)
    assert held is not None
    assert (held.revoked_at, held.expected) == (day(2), False)
    assert ledger.holders(Power.COMMITTER) == ()
    assert kinds(ledger) == ["first_use", "revoke"]


def test_a_lost_power_that_is_used_was_given_again() -> None:
    """Otherwise each push would report the same loss again. A late report of an old use changes nothing."""
    ledger = Ledger()
    ledger.use(Power.COMMITTER, BOB, day(1))
    ledger.revoke(Power.COMMITTER, BOB, day(5), ALICE)
    ledger.use(Power.COMMITTER, BOB, day(4))
    assert ledger.holders(Power.COMMITTER) == ()
    ledger.use(Power.COMMITTER, BOB, day(6))
    held = ledger.holding(Power.COMMITTER, BOB)
    assert held is not None
    assert (held.revoked_at, held.granted_at, held.granted_by) == (None, day(6), None)
    assert kinds(ledger) == ["first_use", "revoke", "grant"]


def test_holders_are_listed_longest_first() -> None:
    """Reviewers are asked in this order."""
    ledger = Ledger()
    ledger.use(Power.MERGER, BOB, day(3))
    ledger.use(Power.MERGER, ALICE, day(1))
    assert [h.person.login for h in ledger.holders(Power.MERGER)] == ["alice", "bob"]


def test_the_ladder_counts_days_from_the_first_step() -> None:
    """Author, then committer, then merger."""
    ledger = Ledger()
    for power, number in ((Power.AUTHOR, 0), (Power.COMMITTER, 326), (Power.MERGER, 334)):
        ledger.use(power, BOB, day(number))
    assert [(rung.power, rung.days) for rung in ledger.ladder(BOB)] == [
        (Power.AUTHOR, 0),
        (Power.COMMITTER, 326),
        (Power.MERGER, 334),
    ]


def test_nobody_holds_nothing() -> None:
    """A person without any name is no subject, and two of them are not the same."""
    ledger = Ledger()
    ledger.use(Power.COMMITTER, Person(), day(1))
    ledger.grant(Power.COMMITTER, Person(), day(1), None)
    assert (ledger.entries, ledger.changed) == ([], {})
    assert not ledger.same(Person(), Person())


def test_git_names_become_one_account_when_github_vouches() -> None:
    """What was learned from git under an address and under a login is the account's, with everything it held."""
    ledger = Ledger()
    ledger.use(Power.COMMITTER, Person(name="Alice", email="alice@example.org"), day(1))
    ledger.use(Power.AUTHOR, Person(email="alice@users.noreply.github.com"), day(2))
    ledger.link(ALICE, day(3))
    assert {h.power for h in ledger.powers_of(Person(id=1))} == {Power.COMMITTER, Power.AUTHOR}
    assert set(ledger.keys_of(ALICE)) == {"id:1", "mail:alice@example.org", "login:alice"}


def test_an_account_met_first_takes_in_its_address_later() -> None:
    """A comment shows the account, a commit then shows that a known address is the account's."""
    ledger = Ledger([Holding(subject="mail:alice@example.org", power=Power.COMMITTER, person=Person(), since=day(0))])
    ledger.link(Person(id=1, login="alice"), day(1))
    ledger.link(Person(login="alice", email="alice@example.org"), day(2))
    assert ledger.holding(Power.COMMITTER, Person(id=1)) is not None
    assert ledger.same(Person(id=1), Person(email="alice@example.org"))


@pytest.mark.parametrize("key", [{"login": "alice"}, {"email": "alice@example.org"}], ids=["login", "address"])
@pytest.mark.parametrize("from_git", [True, False], ids=["known from git", "known from github"])
def test_whoever_takes_over_a_name_takes_no_power(key: dict[str, str], *, from_git: bool) -> None:
    """A login that was renamed, or an address that moved, says nothing about the account that has it now."""
    ledger = Ledger()
    if from_git:
        ledger.use(Power.COMMITTER, Person(**key), day(0))
    ledger.link(ALICE, day(1))
    ledger.use(Power.COMMITTER, ALICE, day(1))
    thief = Person(id=9, **key)
    ledger.link(thief, day(2))
    assert ledger.holding(Power.COMMITTER, thief) is None
    assert ledger.holding(Power.COMMITTER, Person(id=1)) is not None
    assert not ledger.same(ALICE, thief)


def test_names_survive_being_stored() -> None:
    """A ledger built from what another one wrote knows the same people."""
    first = Ledger()
    first.use(Power.COMMITTER, Person(email="alice@example.org"), day(0))
    first.link(ALICE, day(1))
    first.link(Person(id=9, login="alice"), day(2))
    second = Ledger(first.changed.values(), first.new_aliases)
    for person in (ALICE, Person(id=1), Person(id=9, login="alice"), Person(email="alice@example.org")):
        assert second.resolve(person) == first.resolve(person)


def test_two_holdings_of_one_subject_are_combined() -> None:
    """First and last use are those of both; who gave it belongs to when; it is lost only when both are."""
    old = Holding(subject="a", power=Power.COMMITTER, person=Person(name="Alice"), since=day(0), first_used=day(2), uses=1)
    new = Holding(
        subject="b",
        power=Power.COMMITTER,
        person=ALICE,
        since=day(1),
        granted_at=day(1),
        granted_by=BOB,
        last_used=day(9),
        uses=2,
        revoked_at=day(9),
    )
    both = old.combined(new)
    assert both == Holding(
        subject="a",
        power=Power.COMMITTER,
        person=ALICE,
        since=day(0),
        granted_at=day(1),
        granted_by=BOB,
        first_used=day(2),
        last_used=day(9),
        uses=3,
    )


def test_the_later_loss_counts() -> None:
    """Both lost: the power was there until the second loss, whichever holding is older."""
    one = Holding(subject="a", power=Power.COMMITTER, person=BOB, since=day(0), revoked_at=day(9))
    other = Holding(subject="b", power=Power.COMMITTER, person=BOB, since=day(1), revoked_at=day(5))
    assert one.combined(other).revoked_at == other.combined(one).revoked_at == day(9)


def test_a_key_used_by_two_people_keeps_its_first_owner() -> None:
    """Names of two people must not be mixed into one who does not exist."""
    ledger = Ledger()
    ledger.use(Power.SIGNER, "pgp:AA", day(1), person=Person(name="Alice", email="alice@example.org"))
    ledger.use(Power.SIGNER, "pgp:AA", day(2), person=BOB)
    held = ledger.holding(Power.SIGNER, "pgp:AA")
    assert held is not None
    assert held.person == Person(name="Alice", email="alice@example.org")
    assert held.uses == 2


def test_namesakes_are_other_subjects_with_the_same_name() -> None:
    """A known name under a new address is found; short names and oneself are not."""
    ledger = Ledger()
    ledger.use(Power.COMMITTER, ALICE, day(1))
    assert [h.subject for h in ledger.namesakes(Person(name="alice archer", email="x@y"))] == [ledger.resolve(ALICE)]
    assert ledger.namesakes(ALICE) == ()
    assert ledger.namesakes(Person(name="al", email="x@y")) == ()
