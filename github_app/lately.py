"""What a repository remembers for a while only, in a bounded number of notes, so that no history makes a ledger grow.

Notes are holdings of `Power.CUSTOM`, which is nobody's power: the open approvals of pull requests, and how long the last
few people took from their first contribution to each power.
"""

from __future__ import annotations

import datetime as dt
import zlib
from statistics import median
from typing import NamedTuple

from github_app.ledger import Holding, Ledger, LedgerView
from github_app.model import Person, Power

OPEN_APPROVALS = 32
"""So many approved pull requests are remembered until they are merged or closed."""

CLIMBERS = 5
"""So many people's way to a power are remembered, the latest ones."""

FEWEST_CLIMBERS = 3
"""Below this nothing is called usual."""

CLIMBED = (Power.COMMITTER, Power.MERGER, Power.RELEASER, Power.WORKFLOW_EDITOR)
_FOUNDING = dt.timedelta(days=90)


ZONES = 64
"""Places for the time zones in which people who land work here write; two people may take each other's place."""

_COUNTED = 15
_BITS = 4


class Clock(NamedTuple):
    """The time zones somebody wrote in, as whole hours east of UTC, and how many landings were counted (at most 15)."""

    hours: tuple[int, ...]
    landings: int


class Usual(NamedTuple):
    """How many days people took to a power: the median over the last `people`."""

    days: int
    people: int


def approve(ledger: Ledger, number: int, who: Person, at: dt.datetime) -> None:
    """Note that somebody approved a pull request, in place of what was known about it; the oldest note gives way."""
    notes = [(slot, ledger.holding(Power.CUSTOM, slot)) for slot in _approval_slots()]
    taken = next((slot for slot, note in notes if note is not None and note.uses == number), None)
    free = next((slot for slot, note in notes if note is None or not note.uses), None)
    oldest = min((note.last_used or at, slot) for slot, note in notes if note is not None)[1] if not free else ""
    ledger.keep(taken or free or oldest, at, who, number)


def forget_approval(ledger: Ledger, number: int, at: dt.datetime) -> None:
    """Forget that a pull request was approved: it was merged or closed, or the approval was taken back."""
    found = approval(ledger, number)
    if found is not None:
        ledger.keep(found.subject, at, Person(), 0)


def approval(ledger: LedgerView, number: int) -> Holding | None:
    """Return the note of who approved an open pull request last, None if nobody is known to."""
    held = (ledger.holding(Power.CUSTOM, slot) for slot in _approval_slots())
    return next((note for note in held if note is not None and note.uses == number), None) if number else None


def approvals_may_be_forgotten(ledger: LedgerView) -> bool:
    """Say whether there are so many open approvals that some may have given way."""
    held = [ledger.holding(Power.CUSTOM, slot) for slot in _approval_slots()]
    return all(note is not None and note.uses for note in held)


def climb(ledger: Ledger, power: Power, who: Person, at: dt.datetime) -> None:
    """Note how long somebody took to a power that they are about to use for the first time; call it before `use`.

    The founders' ways tell nothing: who was there in the first 90 days is left out.
    """
    held = ledger.holding(power, who)
    if power not in CLIMBED or who.bot or (held is not None and held.first_used is not None):
        return
    known = ledger.powers_of(who)
    first = known[0].since if known else at
    begun = ledger.holding(Power.CUSTOM, "custom:landings")
    if begun is None or first - begun.since < _FOUNDING:
        return
    notes = [(slot, ledger.holding(Power.CUSTOM, slot)) for slot in _climb_slots(power)]
    slot = next((slot for slot, note in notes if note is None), None)
    if slot is None:
        slot = min((note.last_used or at, slot) for slot, note in notes if note is not None)[1]
    ledger.keep(slot, at, who, (at - first).days)


def usual(ledger: LedgerView, power: Power, without: Person) -> Usual | None:
    """Return how long the last few others took from their first contribution to a power, None where too few are known."""
    held = (ledger.holding(Power.CUSTOM, slot) for slot in _climb_slots(power))
    days = [note.uses for note in held if note is not None and not ledger.same(note.person, without)]
    return Usual(int(median(days)), len(days)) if len(days) >= FEWEST_CLIMBERS else None


def see_clock(ledger: Ledger, who: Person, zone: int, at: dt.datetime) -> None:
    """Note in which time zone (minutes east of UTC) somebody wrote what they land."""
    slot = _clock_slot(ledger, who)
    note = ledger.holding(Power.CUSTOM, slot)
    uses = note.uses if note is not None and ledger.same(note.person, who) else 0
    hours, count = uses >> _BITS | 1 << _hour(zone) + 11, uses & _COUNTED
    now = hours << _BITS | min(count + 1, _COUNTED)
    if now != uses:
        ledger.keep(slot, at, who, now)


def clock(ledger: LedgerView, who: Person) -> Clock | None:
    """Return in which time zones somebody wrote what they landed, None where that is not known (any more)."""
    note = ledger.holding(Power.CUSTOM, _clock_slot(ledger, who))
    if note is None or not ledger.same(note.person, who):
        return None
    return Clock(tuple(h for h in range(-11, 14) if note.uses >> _BITS >> h + 11 & 1), note.uses & _COUNTED)


def _hour(zone: int) -> int:
    return min(max(zone // 60, -11), 13)


def _clock_slot(ledger: LedgerView, who: Person) -> str:
    held = ledger.powers_of(who)
    subject = held[0].subject if held else ""
    return f"clock:{zlib.crc32(subject.encode('utf-8', 'surrogatepass')) % ZONES}" if subject else "clock:none"


def _approval_slots() -> list[str]:
    return [f"approval:{i}" for i in range(OPEN_APPROVALS)]


def _climb_slots(power: Power) -> list[str]:
    return [f"climb:{power.value}:{i}" for i in range(CLIMBERS)]
