"""Declared hand-overs: who may announce, who must confirm, what gets quiet and what gets louder."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from github_app.handover import Handover, confirm, declare, described, end, in_the_light_of
from github_app.ledger import Ledger
from github_app.model import Person, Power, Severity, Subject
from github_app.review import Refused
from tests.notify.material import AT, LASSE, MARY, OTHER, SUBJECT, alert

DAY = dt.timedelta(days=1)
UNTIL = AT + 30 * DAY


def ledger(*active: Person, dormant: tuple[Person, ...] = ()) -> Ledger:
    """Return a ledger in which people merge now, or merged two years ago."""
    made = Ledger()
    for person in (*active, *dormant):
        made.link(person, AT - 1000 * DAY)
        made.use(Power.MERGER, person, AT - 900 * DAY)
    for person in active:
        made.use(Power.MERGER, person, AT - 3 * DAY)
    return made


def declared(**changes: Any) -> Handover | Refused:
    """Declare a hand-over from Lasse to the newcomer, with changes."""
    given: dict[str, Any] = {
        "repository_id": 7, "subject": SUBJECT, "until": UNTIL, "reason": "I retire", "by": LASSE, "now": AT,
        "ledgers": [ledger(LASSE)],
    }  # fmt: skip
    return declare(**(given | changes))


def made(**changes: Any) -> Handover:
    """Return a declared one."""
    found = declared(**changes)
    assert isinstance(found, Handover)
    return found


def test_the_only_holder_needs_nobody_else() -> None:
    """Where no second holder is active it counts at once, for what the holder has."""
    alone = made(ledgers=[ledger(LASSE, dormant=(MARY,))])
    assert (alone.since, alone.powers, alone.waits_for) == (AT, (Power.MERGER,), ())
    assert alone.counts(AT)
    assert not alone.counts(UNTIL + DAY)


def test_a_second_holder_has_to_confirm() -> None:
    """Until then nothing is quiet; announcer and beneficiary cannot confirm, nor can somebody without a power."""
    two = ledger(LASSE, MARY)
    waiting = made(ledgers=[two])
    assert (waiting.since, [p.login for p in waiting.waits_for]) == (None, ["mary"])
    assert not waiting.counts(AT + DAY)
    for who, why in ((LASSE, "you announced"), (SUBJECT, "is to you"), (OTHER, "you hold none")):
        refused = confirm(waiting, who, AT, [two])
        assert isinstance(refused, Refused)
        assert why in refused.sentence
    agreed = confirm(waiting, MARY, AT + DAY, [two])
    assert isinstance(agreed, Handover)
    assert agreed.counts(AT + 2 * DAY)
    assert not agreed.counts(AT)
    assert described(agreed).endswith("confirmed by @mary: I retire")
    assert isinstance(confirm(agreed, MARY, AT + DAY, [two]), Refused)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"by": OTHER}, "you hold none"),
        ({"by": SUBJECT, "ledgers": [ledger(SUBJECT)]}, "their own new powers"),
        ({"reason": "  "}, "needs a reason"),
        ({"reason": "x" * 2_001}, "longer than the 2,000"),
        ({"until": AT}, "within 366 days"),
        ({"until": AT + 400 * DAY}, "within 366 days"),
    ],
)
def test_what_cannot_be_announced(changes: dict[str, Any], why: str) -> None:
    """Each refusal says what is missing."""
    refused = declared(**changes)
    assert isinstance(refused, Refused)
    assert why in refused.sentence


def test_a_lost_power_is_nobodys_to_hand_over() -> None:
    """Whoever was removed announces nothing."""
    gone = ledger(LASSE)
    gone.revoke(Power.MERGER, LASSE, AT - DAY, MARY)
    assert isinstance(declared(ledgers=[gone]), Refused)


def test_what_was_announced_is_quiet_and_recorded() -> None:
    """The first merge of the announced person is information, and says who announced it and why."""
    quiet = in_the_light_of(alert(), [made()])
    assert quiet.finding.severity is Severity.INFO
    assert (
        "It was announced: @lasse hands over to @newcomer (merger) until 2026-03-31 10:30 UTC: I retire" in quiet.finding.why
    )


@pytest.mark.parametrize(
    "outside",
    [
        {"gains": (Power.SIGNER,)},
        {"gains": (Power.MERGER, Power.ADMIN)},
        {"gains": ()},
        {"subject": Subject(person=OTHER), "subject_keys": ("id:12", "login:other")},
    ],
)
def test_what_was_not_announced_is_louder(outside: dict[str, Any]) -> None:
    """Another power or another person while a hand-over runs is one step worse, and says so."""
    loud = in_the_light_of(alert(**outside), [made()])
    assert loud.finding.severity is Severity.CRITICAL
    assert loud.finding.why.endswith("A hand-over to @newcomer is under way, and this is not part of what was announced.")


@pytest.mark.parametrize(
    ("held", "gained"), [(Power.COMMITTER, Power.MERGER), (Power.OWNER, Power.ADMIN), (Power.ADMIN, Power.COMMITTER)]
)
def test_who_lands_work_hands_over_both_ways_of_it(held: Power, gained: Power) -> None:
    """Pushing and merging are one trust, and an owner's announcement holds what an owner can do."""
    assert in_the_light_of(alert(gains=(gained,)), [replace(made(), powers=(held,))]).finding.severity is Severity.INFO


def test_other_peoples_usual_alerts_stay_what_they_are() -> None:
    """What is neither about the person who takes over nor a gain of power is no louder for it."""
    other = alert(gains=(), subject=Subject(person=OTHER), subject_keys=("id:12", "login:other"))
    assert in_the_light_of(other, [made()]) == other


def test_without_a_running_hand_over_nothing_changes() -> None:
    """Before, after, unconfirmed or ended: an alert is what it was; a private finding always is."""
    running = made()
    ended = end(running, LASSE, AT, [ledger(LASSE)])
    assert isinstance(ended, Handover)
    for other in (
        made(ledgers=[ledger(LASSE, MARY)]),
        replace(running, declared_at=AT + DAY),
        replace(running, until=AT - DAY),
        ended,
    ):
        assert in_the_light_of(alert(), [other]) == alert()
    assert in_the_light_of(alert(private=True), [running]) == alert(private=True)


def test_a_login_given_away_carries_no_announcement() -> None:
    """With the account's number known, somebody else under the same login is not the announced person."""
    thief = alert(subject=Subject(person=Person(id=999, login="newcomer")), subject_keys=("id:999", "login:newcomer"))
    assert in_the_light_of(thief, [made()]).finding.severity is Severity.CRITICAL


def test_ending_needs_a_holder() -> None:
    """The person who takes over cannot keep it going, but also a stranger cannot end it."""
    refused = end(made(), OTHER, AT, [ledger(LASSE)])
    assert isinstance(refused, Refused)
    again = end(replace(made(), ended_at=AT), LASSE, AT, [ledger(LASSE)])
    assert isinstance(again, Refused)
