"""Sentences and questions that several detectors share. Plain text: nothing is escaped here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from github_app.fact import Commit
from github_app.lately import clock as clock_of
from github_app.ledger import Holding, LedgerView
from github_app.model import Person, Power, Severity

ESTABLISHED = dt.timedelta(days=365)
"""Whoever used one way of landing commits for this long gains no reach by using the other."""

_EVERYBODYS = 10
_CLOCKED = 10
_FAR = 3

_USED = {Power.COMMITTER: "pushed here", Power.MERGER: "merged here", Power.SIGNER: "signed tags here"}


def used(held: Holding | None) -> bool:
    """Say whether a power has been used and was not lost since."""
    return held is not None and held.first_used is not None and held.revoked_at is None


def established(held: Holding | None, at: dt.datetime) -> bool:
    """Say whether a power was first used a year or more before `at` and was not lost since."""
    return used(held) and held is not None and held.first_used is not None and at - held.first_used >= ESTABLISHED


def accepted(held: Holding | None) -> bool:
    """Say whether a reviewer decided that this holding was expected; a loss of the power takes that back."""
    return held is not None and held.expected and held.revoked_at is None


def before(held: Holding | None) -> str:
    """Return what the ledger said, for `Finding.before`; a power lost and used again reads differently each time."""
    if held is None or held.revoked_at is None:
        return "never used"
    return f"lost on {stamp(held.revoked_at)}"


def again(held: Holding | None) -> str:
    """Return the end of a title: for the first time, or again after the power had been lost."""
    if held is None or held.revoked_at is None:
        return "for the first time"
    return f"again, after access was withdrawn on {day(held.revoked_at)}"


def absent(held: Holding | None) -> str:
    """Return what the ledger said of something that was not there, or is no more, for `Finding.before`."""
    return "absent" if held is None or held.revoked_at is None else f"removed on {stamp(held.revoked_at)}"


def newcomer_severity(ledger: LedgerView, power: Power, person: Person, at: dt.datetime) -> Severity:
    """Return how bad an unmeant newcomer to a power would be: high, less where newcomers are routine.

    Routine means that three people or more use the power and the last of them came within a year. One step less for
    a known name under a new address, and for an app where an app used the power before; but never below medium: a
    known name is what an impostor takes, and a new hand on the branch is told whoever it is. Only where ten or more
    came within a year the power is everybody's, and low: such projects let contributors' commits in as they are.
    """
    peers = _peers(ledger, power, person)
    recent = sum(h.first_used is not None and at - h.first_used < ESTABLISHED for h in peers)
    routine = len(peers) >= 3 and recent > 0
    if recent >= _EVERYBODYS:
        return Severity.LOW
    severity = Severity.MEDIUM if routine else Severity.HIGH
    known_kind = person.bot and any(h.person.bot for h in peers)
    return Severity.MEDIUM if known_kind or alias(ledger, power, person) else severity


def louder(severity: Severity, steps: int = 1) -> Severity:
    """Return the severity so many steps up (or down, when negative), within the scale."""
    scale = list(Severity)
    return scale[min(max(severity.rank + steps, 0), len(scale) - 1)]


def alias(ledger: LedgerView, power: Power, person: Person) -> bool:
    """Say whether somebody of the same name uses this power and nothing shows that they are two accounts."""
    return any(h.power is power and used(h) and (person.id is None or h.person.id is None) for h in ledger.namesakes(person))


def path(ledger: LedgerView, person: Person, at: dt.datetime) -> str:
    """Return one sentence: when and how the person first appeared in this repository."""
    held = [h for h in ledger.powers_of(person) if h.since <= at]
    if not held:
        return "Nothing they did here before is known."
    first = held[0]
    return f"They first appeared here as {role(first.power)} on {day(first.since)}, {gap(at - first.since)} earlier."


def company(ledger: LedgerView, power: Power, person: Person, at: dt.datetime) -> str:
    """Return one sentence: how many used the power before, and when the last of them was new."""
    peers = _peers(ledger, power, person)
    did = _USED.get(power, "used this power here")
    newest = max((h.first_used for h in peers if h.first_used), default=None)
    if newest is None:
        return f"Nobody else has {did} before."
    who = "One other has" if len(peers) == 1 else f"{len(peers)} others have"
    return f"{who} {did} before; the last newcomer among them came on {day(newest)}, {gap(at - newest)} earlier."


def clock(ledger: LedgerView, commits: Sequence[Commit], who: Person) -> str:
    """Return a sentence where a commit in somebody's name was written far from every time zone they are known to write in.

    It supports a finding and never makes one: people travel, and a clock says what it is told to.
    """
    name = who.name.strip().lower()
    mine = [c for c in commits if ledger.same(c.author, who) or (name and c.author.name.strip().lower() == name)]
    zone = next((c.zone for c in reversed(mine) if c.zone is not None), None)
    for person in (who, *(h.person for h in ledger.namesakes(who))) if zone is not None else ():
        known = clock_of(ledger, person)
        if zone is None or known is None or known.landings < _CLOCKED:
            continue
        if all(abs(zone / 60 - hour) > _FAR for hour in known.hours):
            usual = ", ".join(f"UTC{hour:+d}" for hour in known.hours)
            return f"It was written at UTC{zone / 60:+g}; what {person.label} landed before was written at {usual}."
    return ""


def named(person: Person) -> str:
    """Return a person for the beginning of a sentence; an app is called an app."""
    return f"The app {person.label}" if person.bot else person.label


def branch(ref: str) -> str:
    """Return a branch's short name."""
    return ref.removeprefix("refs/heads/")


def day(at: dt.datetime) -> str:
    """Return the date in UTC."""
    return at.astimezone(dt.UTC).date().isoformat()


def stamp(at: dt.datetime) -> str:
    """Return date and time in UTC, exact enough to tell two losses on one day apart."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def gap(span: dt.timedelta) -> str:
    """Return a span in whole days: `1 day`, `326 days`; events can come in another order than things happened."""
    if span.days < 1:
        return "less than a day"
    return "1 day" if span.days == 1 else f"{span.days} days"


def role(power: Power) -> str:
    """Return a power as a word with its article: `an author`, `a workflow editor`."""
    word = power.value.replace("_", " ")
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _peers(ledger: LedgerView, power: Power, person: Person) -> list[Holding]:
    return [h for h in ledger.holders(power) if h.first_used is not None and not ledger.same(h.person, person)]
