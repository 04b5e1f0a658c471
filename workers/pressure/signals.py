"""Signals: kinds of sentences that press a maintainer, each with a name, a sentence for people, and a weight.

What tells is a triple: a person is addressed (not the code), a fault or a lack is put on that person, and something of
theirs is demanded (role, rights, key, release). Courtesy, length, question marks and harsh words about code tell nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from workers.pressure import _blame as blame
from workers.pressure import _haste as haste
from workers.pressure import _phrases as say
from workers.pressure._forms import Form, Forms
from workers.pressure._lists import CODE, PAPERS, PEOPLE
from workers.pressure.language import foreign
from workers.pressure.reading import Sentence, all_words, loud, own_words, sentences

FLAGGED = 0.5
"""Score from which a comment is worth a person's look."""

_NEAR = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signal:
    """One kind of sentence. `weight` is how far it alone moves the score from 0 towards 1; 0 only counts in patterns.

    It is heard where one of its `forms` is found and `also` agrees.
    """

    name: str
    sentence: str
    weight: float
    forms: tuple[Form, ...] = ()
    also: Callable[[Sentence], bool] = bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was heard in one comment: every signal, strongest first, and the score from 0 to 1 of its densest part."""

    score: float = 0.0
    signals: tuple[Signal, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the signals."""
        return tuple(signal.name for signal in self.signals)


def _signal(
    name: str, weight: float, sentence: str, *forms: Forms, also: Callable[[Sentence], bool] = lambda _: True
) -> Signal:
    every = tuple(form for many in forms for form in many.forms)
    return Signal(name=name, weight=weight, sentence=sentence, forms=every, also=also)


def _offered(said: Sentence) -> bool:
    return say.OFFERS.search(said.text, said.words)


def _defended(said: Sentence) -> bool:
    return say.DEFENDS.search(said.text, said.words)


def _lacks(said: Sentence) -> bool:
    return haste.LACK.search(said.text, said.words)


def _of_people(said: Sentence) -> bool:
    about_code = not CODE.isdisjoint(said.words) and PEOPLE.isdisjoint(said.words)
    return not about_code and PAPERS.isdisjoint(said.words) and not _offered(said) and not _defended(said)


def _states(said: Sentence) -> bool:
    return not said.asks and _of_people(said)


def _to_people(said: Sentence) -> bool:
    return len(CODE & said.words) < 2 and not _defended(said)


def _insists(said: Sentence) -> bool:
    return not said.asks and "please" not in said.words and not _defended(said)


REPETITION = Signal(name="repetition", weight=0.35, sentence="it shouts or says the same again and again")

SIGNALS = (
    _signal(
        "handover-demand",
        0.7,
        "it demands that somebody else hand over, share or step down from the maintainer's role or rights",
        say.TRANSFER,
        say.STEP_DOWN,
        say.NEWCOMER,
        say.LET_OTHERS,
        say.LETTING_BY_NAME,
        say.SHARE_RIGHTS,
        say.TAKE_AWAY,
        also=_of_people,
    ),
    _signal("access-claim", 0.6, "its author claims rights for themselves", say.CLAIMS, also=_insists),
    _signal("access-request", 0.4, "its author asks for rights", say.REQUESTS),
    _signal("guard-request", 0.5, "it asks for a guard of the repository to be dropped", say.GUARDS, also=_of_people),
    _signal(
        "weakness-turned",
        0.4,
        "it turns a maintainer's illness, overload or lack of time against them",
        blame.WEAKNESS,
        also=_of_people,
    ),
    _signal("reproach", 0.5, "it puts the fault on a maintainer's will, not on the code", blame.WILL, also=_to_people),
    _signal("left-alone", 0.25, "it says that the maintainer is gone or nobody answers", blame.ABANDONS, also=_to_people),
    _signal("character", 0.5, "it judges what a maintainer is like", blame.CHARACTER, also=_to_people),
    _signal("moral-claim", 0.4, "it says what maintainers owe their users", blame.MORALS, also=_to_people),
    _signal("threat", 0.5, "it threatens to harm the project if nothing happens", haste.THREATS, also=_to_people),
    _signal("leverage", 0.3, "it speaks of leaving or forking", haste.LEVERAGE, also=_to_people),
    _signal("decline", 0.3, "it calls the project dead or dying", blame.DECLINE, also=_states),
    _signal("deadline", 0.35, "it sets a time by which something has to happen", haste.DEADLINE, also=_to_people),
    _signal("impatience", 0.3, "it presses for speed beyond a question", haste.IMPATIENCE, also=_to_people),
    _signal("time-counted", 0.3, "it counts the time in which nothing happened", haste.ELAPSED, also=_lacks),
    REPETITION,
    _signal("asks-maintained", 0.0, "it asks whether anybody maintains the project", haste.MAINTAINED),
    _signal("asks-progress", 0.0, "it asks how things stand", haste.PROGRESS),
    _signal("endorses", 0.0, "it speaks for somebody's work", haste.ENDORSES),
)
"""All signals; those without weight never flag a comment and only count in a pattern."""

DISCLOSURE = Signal(
    name="disclosure", weight=0.0, sentence="in it a maintainer speaks of illness, overload, little time or being alone"
)
"""Looked for in the words of people with rights only, which are never pressure."""
FOREIGN = Signal(name="other-language", weight=0.0, sentence="it is written in a language that is not read")
"""The one thing that is told of a comment in another language; the pattern may still count that it was written."""

BY_NAME = {signal.name: signal for signal in (*SIGNALS, DISCLOSURE, FOREIGN)}
"""Every signal that can be heard, by its name."""

# Under each word that opens a phrase: its signal, the other words of which one must be there too, and the search itself.
_INDEX: dict[str, list[tuple[Signal, frozenset[str], Callable[[str], bool]]]] = {}
for _each in SIGNALS:
    for _form in _each.forms:
        for _word in _form.needs[0]:
            _INDEX.setdefault(_word, []).append((_each, _form.needs[-1], _form.found))
_INDEXED = frozenset(_INDEX)


def read(text: str) -> Reading:
    """Return the signals in a comment. Its author's role is not known here; whoever calls looks at that first.

    Only signals within a few sentences that follow each other add up: a long text does not press by its length.
    """
    own = own_words(text)
    words = all_words(own)
    different = frozenset(words)
    if foreign(different):
        return Reading(signals=(FOREIGN,))
    if different.isdisjoint(_INDEXED) and not loud(own, words, different):
        return Reading()
    said = sentences(own)
    heard = [_heard(s) for s in said]
    if not any(heard) or any(haste.AUTOMATIC.search(s.text, s.words) for s in said):
        return Reading()
    near = (frozenset().union(*heard[start : start + _NEAR]) for start in range(len(heard)))
    score = max((1 - prod(1 - signal.weight for signal in signals) for signals in near), default=0.0)
    everything = sorted(frozenset().union(*heard), key=lambda signal: (-signal.weight, signal.name))
    return Reading(score=round(score, 3), signals=tuple(everything))


def discloses(text: str) -> bool:
    """Say whether a maintainer speaks of illness, overload or being alone in these words of theirs."""
    return any(haste.DISCLOSURE.search(said.text, said.words) for said in sentences(own_words(text)))


def _heard(said: Sentence) -> frozenset[Signal]:
    found: set[Signal] = {REPETITION} if said.shouts or said.repeated else set()
    asked: dict[Signal, bool] = {}
    words, text = said.words, said.text
    for word in words & _INDEXED:
        for signal, needed, search in _INDEX[word]:
            if needed.isdisjoint(words) or signal in found or not search(text):
                continue
            if signal not in asked:
                asked[signal] = signal.also(said)
            if asked[signal]:
                found.add(signal)
    return frozenset(found)
