"""Who holds which power, and what hangs on one person: from holdings to sentences."""

from __future__ import annotations

import datetime as dt

import pytest

from github_app.ledger import Holding
from github_app.model import Person, Power
from github_app.report import MOST_HOLDERS, alone, powers

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ANN, BOB = Person(login="ann", name="Ann"), Person(login="bob", name="Bob")
BOT = Person(login="renovate[bot]", bot=True)


def held(power: Power, who: Person, days: float | None, *, key: str = "", lost: bool = False) -> Holding:
    """Return a holding that was last used so many days ago, None for never."""
    used = None if days is None else NOW - days * DAY
    subject = key or f"login:{who.login}"
    since = NOW - 900 * DAY
    return Holding(
        subject=subject, power=power, person=who, since=since, last_used=used, uses=1, revoked_at=NOW if lost else None
    )


def test_powers_are_those_of_today() -> None:
    """Lost powers, authors and customs are left out; the latest user comes first; who never used it comes last."""
    told = powers(
        [
            held(Power.AUTHOR, ANN, 1),
            held(Power.COMMITTER, ANN, 400),
            held(Power.COMMITTER, BOB, 3),
            held(Power.COMMITTER, Person(login="new"), None),
            held(Power.COMMITTER, Person(login="gone"), 3, lost=True),
            held(Power.CUSTOM, Person(), 3),
            held(Power.OWNER, ANN, None),
        ],
        NOW,
    )
    assert [(h.power, h.count, h.active) for h in told] == [(Power.OWNER, 1, 0), (Power.COMMITTER, 3, 1)]
    assert [h.person.login for h in told[1].holders] == ["bob", "ann", "new"]


def test_many_holders_are_counted_and_the_latest_named() -> None:
    """A repository with a thousand committers has a short report."""
    (told,) = powers([held(Power.COMMITTER, Person(login=f"p{n}"), n) for n in range(1000)], NOW)
    assert (told.count, told.active, len(told.holders)) == (1000, 366, MOST_HOLDERS)
    assert told.holders[0].person.login == "p0"


def test_one_active_person_is_a_single_point() -> None:
    """Committer and merger are one ability; a key is named with who used it; a bot is nobody."""
    told = powers(
        [
            held(Power.COMMITTER, ANN, 3),
            held(Power.MERGER, ANN, 3),
            held(Power.MERGER, BOB, 500),
            held(Power.COMMITTER, BOT, 1),
            held(Power.SIGNER, ANN, 3, key="pgp:1"),
            held(Power.RELEASER, ANN, 3),
            held(Power.RELEASER, BOB, 3),
        ],
        NOW,
    )
    assert alone(told) == (
        "Only @ann landed changes in the last 12 months: whoever takes over their account can land anything.",
        "Only the key pgp:1 of @ann signed tags in the last 12 months: one key decides what counts as a release.",
    )


def test_nobody_active_is_said_with_the_last_time() -> None:
    """A repository that sleeps is watched by nobody."""
    told = powers([held(Power.COMMITTER, ANN, 500), held(Power.MERGER, BOB, 800)], NOW)
    assert alone(told) == ("Nobody landed changes in the last 12 months, the last time on 2024-10-17.",)


@pytest.mark.parametrize("holdings", [[], [held(Power.COMMITTER, ANN, 1), held(Power.MERGER, BOB, 2)]])
def test_two_or_nothing_known_is_no_single_point(holdings: list[Holding]) -> None:
    """Two people who both land are not one, and what is not known is not claimed."""
    assert alone(powers(holdings, NOW)) == ()
