"""What is remembered for a while: open approvals and ways to power, in bounded space."""

from __future__ import annotations

import datetime as dt

from github_app import lately
from github_app.ledger import Ledger
from github_app.model import Person, Power

AT = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ALICE, BOB = Person(id=1, login="alice"), Person(id=2, login="bob")


def test_an_approval_is_remembered_until_it_is_forgotten() -> None:
    """The last one counts, and its place is free again."""
    ledger = Ledger()
    lately.approve(ledger, 7, ALICE, AT)
    lately.approve(ledger, 7, BOB, AT + DAY)
    lately.approve(ledger, 8, ALICE, AT + DAY)
    found = lately.approval(ledger, 7)
    assert found is not None
    assert found.person == BOB
    lately.forget_approval(ledger, 7, AT + 2 * DAY)
    assert lately.approval(ledger, 7) is None
    assert lately.approval(ledger, 8) is not None
    assert lately.approval(ledger, 0) is None


def test_approvals_take_bounded_space_and_the_oldest_gives_way() -> None:
    """However many pull requests are approved, the ledger holds as many notes as it has places."""
    ledger = Ledger()
    for number in range(1, 100):
        lately.approve(ledger, number, ALICE, AT + number * DAY)
    assert len(ledger.holders(Power.CUSTOM)) == lately.OPEN_APPROVALS
    assert lately.approval(ledger, 99 - lately.OPEN_APPROVALS) is None
    assert lately.approval(ledger, 100 - lately.OPEN_APPROVALS) is not None
    assert lately.approvals_may_be_forgotten(ledger)
    lately.forget_approval(ledger, 99, AT + 100 * DAY)
    assert not lately.approvals_may_be_forgotten(ledger)


def test_usual_is_the_median_of_the_last_few_without_founders() -> None:
    """Founders, apps and the person at hand do not count; fewer than three people make nothing usual."""
    ledger = Ledger()
    ledger.use(Power.CUSTOM, "custom:landings", AT)
    lately.climb(ledger, Power.COMMITTER, ALICE, AT + 10 * DAY)
    lately.climb(ledger, Power.COMMITTER, Person(id=3, bot=True), AT + 400 * DAY)
    people = [Person(id=10 + i) for i in range(8)]
    for i, who in enumerate(people):
        start = AT + (100 + 10 * i) * DAY
        ledger.use(Power.AUTHOR, who, start)
        for _ in range(2):  # the second time is not the first
            lately.climb(ledger, Power.COMMITTER, who, start + (i + 1) * 100 * DAY)
            ledger.use(Power.COMMITTER, who, start + (i + 1) * 100 * DAY)
        if i == 1:
            assert lately.usual(ledger, Power.COMMITTER, BOB) is None
    assert lately.usual(ledger, Power.COMMITTER, BOB) == (600, lately.CLIMBERS)
    assert lately.usual(ledger, Power.COMMITTER, people[-1]) == (550, lately.CLIMBERS - 1)
    assert lately.usual(ledger, Power.MERGER, BOB) is None
    assert sum(h.subject.startswith("climb:") for h in ledger.holders(Power.CUSTOM)) == lately.CLIMBERS


def test_a_clock_is_known_by_its_hours() -> None:
    """Whole hours and a bounded count are kept in one note for each person; whoever took the place of another hides them."""
    ledger = Ledger()
    ledger.use(Power.COMMITTER, ALICE, AT)
    for zone in (60, 120, 120, -720, 840):
        lately.see_clock(ledger, ALICE, zone, AT)
    assert lately.clock(ledger, ALICE) == ((-11, 1, 2, 13), 5)
    for _ in range(30):
        lately.see_clock(ledger, ALICE, 60, AT)
    assert lately.clock(ledger, ALICE) == ((-11, 1, 2, 13), 15)
    assert lately.clock(ledger, BOB) is None
    for number in range(1000, 1300):
        who = Person(id=number)
        ledger.use(Power.COMMITTER, who, AT)
        lately.see_clock(ledger, who, 0, AT)
        assert lately.clock(ledger, who) == ((0,), 1)
    assert lately.clock(ledger, ALICE) is None
    assert sum(h.subject.startswith("clock:") for h in ledger.holders(Power.CUSTOM)) <= lately.ZONES + 1
