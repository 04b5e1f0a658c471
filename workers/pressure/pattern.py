"""The pattern of pressure over threads, accounts and time: what single comments do not show. Pure; it sees marks, not words.

In the campaign against xz (2022) strangers asked, reproached and demanded a new maintainer within nine weeks; the sharpest
sign was a demand days after the maintainer had told of an illness. Each of these signs alone is ordinary. Together with
a demand for the role or the rights, two of the first five make a pattern.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from github_app.comments import WINDOW, Mark
from github_app.identity import keys
from github_app.model import Person
from workers.pressure.signals import FLAGGED

DAY = dt.timedelta(days=1)
TOGETHER = 60 * DAY
"""How far apart two accounts may speak for one thing."""
SOON = 30 * DAY
"""How long after a disclosure a demand counts as an answer to it."""
YOUNG = 60 * DAY
"""An account made so shortly before its first comment here is new."""
STEP = 5 * DAY
"""How long a campaign takes at least from its first pressing comment to its demand."""
ONE_SITTING = 2 * DAY
"""Comments closer to each other than this are one visit."""

DEMANDS = frozenset({"handover-demand", "access-claim", "guard-request"})
_BLAMES = frozenset(
    {"reproach", "character", "weakness-turned", "moral-claim", "threat", "leverage", "left-alone", "impatience"}
)
_ASKS = frozenset({"asks-maintained", "asks-progress", "impatience", "time-counted", "endorses"})
_DISCLOSED = "disclosure"
_RETURNS = 3
_ENOUGH = 2
_WITHOUT_DEMAND = 4

SIGNS = {
    "several-accounts": "several accounts without standing here press within weeks",
    "one-beneficiary": "different accounts speak for the same person",
    "escalation": "it grew from questions or reproaches to a demand",
    "returns": "the same account comes back at intervals",
    "after-disclosure": "it followed soon on a maintainer's word of illness, overload or being alone",
    "first-act": "for an account, pressing is the first thing known of it here",
    "new-account": "an account was made shortly before its first comment here",
    "one-maintainer": "one person alone lands work here",
    "near-power": "whom it would help has had work landed here lately and has no rights yet",
}
"""Every sign of a pattern with its sentence; the first five make one, the others only add to it."""
_MAKING = ("several-accounts", "one-beneficiary", "escalation", "returns", "after-disclosure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What was found: its signs, the comments that make it, oldest first, and whom it would help."""

    signs: tuple[str, ...]
    marks: tuple[Mark, ...]
    beneficiaries: tuple[Person, ...] = ()

    @property
    def strong(self) -> bool:
        """Say whether more than the least that makes a pattern is there."""
        return sum(sign in _MAKING for sign in self.signs) > _ENOUGH


def find(earlier: Sequence[Mark], new: Mark, *, alone: bool = False, near: Iterable[Person] = ()) -> Pattern | None:
    """Return the pattern that a new comment completes or carries on, None for an ordinary one.

    Args:
        earlier: what is remembered of the repository's comments, oldest first.
        new: the comment at hand; only one that presses by itself can be part of a pattern.
        alone: whether one person alone lands work here.
        near: contributors whose work landed lately and who hold no rights yet.
    """
    if not _presses(new):
        return None
    seen = [m for m in earlier if m.key != new.key and dt.timedelta(0) <= new.at - m.at <= WINDOW]
    pressing = [*(m for m in seen if _presses(m)), new]
    hinting = [*(m for m in seen if m.stranger and not m.standing), new]
    helped = _helped(pressing)
    signs = {
        "several-accounts": _several(pressing),
        "one-beneficiary": _one_beneficiary(hinting),
        "escalation": _escalates(hinting, pressing),
        "returns": any(_visits(mine) >= _RETURNS for mine in _by_author(hinting) if any(map(_presses, mine))),
        "after-disclosure": _after_disclosure(seen, pressing),
        "first-act": any(_presses(mine[0]) for mine in _by_author(hinting)),
        "new-account": any(m.joined_at is not None and m.at - m.joined_at <= YOUNG for m in pressing),
        "one-maintainer": alone,
        "near-power": any(_shares([one], helped) for one in near),
    }
    found = tuple(name for name in SIGNS if signs[name])
    made = sum(name in _MAKING for name in found)
    if made < (_ENOUGH if any(map(_demands, pressing)) else _WITHOUT_DEMAND):
        return None
    return Pattern(signs=found, marks=tuple(_part(hinting, pressing)), beneficiaries=helped)


def _presses(mark: Mark) -> bool:
    return mark.stranger and mark.score >= FLAGGED


def _demands(mark: Mark) -> bool:
    return not DEMANDS.isdisjoint(mark.signals)


def _author(mark: Mark) -> str:
    names = keys(mark.author)
    return names[0] if names else ""


def _by_author(marks: Iterable[Mark]) -> list[list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(_author(mark), []).append(mark)
    return list(found.values())


def _names(people: Iterable[Person]) -> set[str]:
    return {key for person in people for key in (*keys(person), *_called(person))}


def _called(person: Person) -> tuple[str, ...]:
    """One comment names an account, another only a first name."""
    return (f"called:{person.name.split()[0].lower()}",) if person.name.strip() else ()


def _shares(one: Iterable[Person], other: Iterable[Person]) -> bool:
    return not _names(one).isdisjoint(_names(other))


def _helped(marks: Sequence[Mark]) -> tuple[Person, ...]:
    kept: list[Person] = []
    for person in (p for mark in marks for p in mark.beneficiaries):
        if not _shares([person], kept):
            kept.append(person)
    return tuple(kept)


def _near(one: Mark, other: Mark) -> bool:
    return abs(one.at - other.at) <= TOGETHER


def _several(pressing: Sequence[Mark]) -> bool:
    demands = [m for m in pressing if _demands(m)]
    return any(_author(a) != _author(b) and _near(a, b) for a in demands for b in pressing)


def _one_beneficiary(marks: Sequence[Mark]) -> bool:
    pairs = ((a, b) for a in marks if _presses(a) for b in marks if _author(a) != _author(b) and _near(a, b))
    return any(_shares(a.beneficiaries, b.beneficiaries) for a, b in pairs)


def _escalates(hinting: Sequence[Mark], pressing: Sequence[Mark]) -> bool:
    """A demand at least days after the same account blamed, or after others asked and blamed in turn."""
    for demand in (m for m in pressing if _demands(m)):
        before = [m for m in hinting if demand.at - m.at >= STEP and not _demands(m)]
        own = any(_author(m) == _author(demand) and not _BLAMES.isdisjoint(m.signals) and m.score > 0 for m in before)
        if own or (any(_presses(m) for m in before) and any(not _ASKS.isdisjoint(m.signals) for m in before)):
            return True
    return False


def _visits(mine: Sequence[Mark]) -> int:
    visits, last = 0, None
    for mark in mine:
        if mark.score > 0 and (last is None or mark.at - last >= ONE_SITTING):
            visits, last = visits + 1, mark.at
    return visits


def _after_disclosure(seen: Sequence[Mark], pressing: Sequence[Mark]) -> bool:
    told = [m.at for m in seen if m.standing and _DISCLOSED in m.signals]
    hard = [m for m in pressing if _demands(m) or "weakness-turned" in m.signals]
    return any(dt.timedelta(0) <= m.at - at <= SOON for m in hard for at in told)


def _part(hinting: Sequence[Mark], pressing: Sequence[Mark]) -> list[Mark]:
    """Return the comments to show: those that press, and what the same accounts said before."""
    authors = {_author(m) for m in pressing}
    return [m for m in hinting if _author(m) in authors]
