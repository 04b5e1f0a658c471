"""Signals: kinds of sentences that press a maintainer, each with a name, a sentence for people, and a weight.

What tells is a triple: a person is addressed (not the code), a fault or a lack is put on that person, and something of
theirs is demanded (role, rights, key, release). Courtesy, length, question marks and harsh words about code tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from re import Pattern

from workers.pressure import _phrases as say
from workers.pressure.reading import Sentence, sentences

FLAGGED = 0.5
"""Score from which a comment is worth a person's look."""

_NEAR = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One kind of pressure. `weight` is how far it alone moves the score from 0 towards 1."""

    name: str
    sentence: str
    weight: float
    heard: Callable[[Sentence], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was heard in one comment: every signal, strongest first, and the score from 0 to 1 of its densest part."""

    score: float = 0.0
    signals: tuple[Signal, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the signals."""
        return tuple(signal.name for signal in self.signals)


def read(text: str) -> Reading:
    """Return the signals in a comment. Its author's role is not known here; whoever calls looks at that first.

    Only signals within a few sentences that follow each other add up: a long text does not press by its length.
    """
    said = sentences(text)
    if any(say.AUTOMATIC.search(s.text) for s in said):
        return Reading()
    heard = [frozenset(signal for signal in SIGNALS if signal.heard(s)) for s in said]
    near = (frozenset().union(*heard[start : start + _NEAR]) for start in range(len(heard)))
    score = max((1 - prod(1 - signal.weight for signal in signals) for signals in near), default=0.0)
    everything = sorted(frozenset().union(*heard), key=lambda signal: (-signal.weight, signal.name))
    return Reading(score=round(score, 3), signals=tuple(everything))


def _has(pattern: Pattern[str]) -> Callable[[Sentence], bool]:
    return lambda said: pattern.search(said.text) is not None


def _demands_handover(said: Sentence) -> bool:
    demanded = say.DEMANDS.search(said.text) or say.ORDERS.search(said.text)
    return demanded is not None and not say.OFFERS.search(said.text)


def _claims_rights(said: Sentence) -> bool:
    return " please " not in said.text and not said.asks and say.CLAIMS.search(said.text) is not None


def _counts_time(said: Sentence) -> bool:
    return say.ELAPSED.search(said.text) is not None and say.LACK.search(said.text) is not None


SIGNALS = (
    Signal(
        name="handover-demand",
        sentence="it demands that somebody else hand over, share or step down from the maintainer's role or rights",
        weight=0.7,
        heard=_demands_handover,
    ),
    Signal(name="access-claim", sentence="its author claims rights for themselves", weight=0.6, heard=_claims_rights),
    Signal(name="access-request", sentence="its author asks for rights", weight=0.4, heard=_has(say.REQUESTS)),
    Signal(
        name="reproach",
        sentence="it puts the fault on a maintainer's will, not on the code",
        weight=0.5,
        heard=_has(say.REPROACHES),
    ),
    Signal(name="moral-claim", sentence="it says what maintainers owe their users", weight=0.4, heard=_has(say.MORALS)),
    Signal(
        name="leverage", sentence="it threatens to leave, to fork or to warn others", weight=0.3, heard=_has(say.LEVERAGE)
    ),
    Signal(name="decline", sentence="it calls the project dead or dying", weight=0.3, heard=_has(say.DECLINE)),
    Signal(name="impatience", sentence="it presses for speed beyond a question", weight=0.3, heard=_has(say.IMPATIENCE)),
    Signal(name="time-counted", sentence="it counts the time in which nothing happened", weight=0.25, heard=_counts_time),
    Signal(
        name="repetition",
        sentence="it shouts or says the same again and again",
        weight=0.35,
        heard=lambda said: said.shouts or said.repeated,
    ),
)
"""All signals."""
