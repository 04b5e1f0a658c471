"""Stories: what happened in a repository, written in a few lines of YAML, played through the real judge.

    past:                                            # remembered, nobody is alerted
      - 2008-01-01: {push: {by: lasse}}
    then:                                            # judged; the last one is what the story is about
      - 2022-02-07: {push: {by: lasse, author: jia}}
      - 2022-12-30: {push: {by: jia}}

`tests/story_words.py` has the words and their fields. A date may carry a time: `2022-12-30 15:34`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from github_app.fact import Fact
from github_app.ledger import Ledger
from github_app.model import Alert, Person, Power
from github_app.remember import remember
from tests.story_words import WORDS as FIRST
from tests.story_words import StoryError, Teller
from tests.story_words_estate import WORDS as ESTATE
from tests.story_words_releases import WORDS as RELEASES
from workers.detectors import Detector
from workers.judge import judge

WORDS = {**FIRST, **ESTATE, **RELEASES}
_BLOCK = re.compile(r"^```yaml (fires|silent)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BEFORE_ALL = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Expected:
    """A reviewer's decision in a story: this person's holding of a power is expected."""

    at: dt.datetime
    who: Person
    power: Power


Step = Fact | Expected


@dataclass(frozen=True, slots=True)
class Story:
    """A story that was read: `past` is remembered, `then` is judged; the past was learned on the day `learned`."""

    past: tuple[Step, ...]
    then: tuple[Step, ...]
    learned: dt.datetime = _BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a story: the alerts of each step of `then`, and the ledger at its end."""

    alerts: tuple[tuple[Alert, ...], ...]
    ledger: Ledger

    @property
    def last(self) -> tuple[Alert, ...]:
        """The alerts of the last step."""
        return self.alerts[-1]


def read(text: str) -> Story:
    """Read a story.

    Raises:
        StoryError: the text is no story; the message says where and what to write.
    """
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise StoryError(f"this is not YAML: {error}") from None
    if not isinstance(told, dict) or not told.get("then"):
        raise StoryError("a story needs `then:` with a list of dated facts, and can have `past:` and `people:`")
    if unknown := set(told) - {"people", "past", "then", "learned"}:
        raise StoryError(f"{_quoted(unknown)} is no part of a story: write people, past, learned or then")
    teller = Teller(people=_people(told.get("people") or {}))
    past = tuple(_steps(told.get("past") or [], "past", teller, _BEFORE_ALL))
    then = tuple(_steps(told["then"], "then", teller, past[-1].at if past else _BEFORE_ALL))
    if isinstance(then[-1], Expected):
        raise StoryError("then: the last step must be a fact, a decision raises nothing")
    return Story(past, then, _learned(told.get("learned")))


def play(story: Story, detectors: Sequence[Detector]) -> Told:
    """Let a ledger remember the past, settle it, and judge the rest step by step.

    Raises:
        AssertionError: a detector crashed.
    """
    ledger = Ledger()
    for step in story.past:
        _decide(ledger, step) if isinstance(step, Expected) else remember(ledger, step)
    ledger.settle(story.learned, "story")
    alerts = []
    for step in story.then:
        if isinstance(step, Expected):
            _decide(ledger, step)
            alerts.append(())
            continue
        judgement = judge([step], ledger, detectors)
        assert not judgement.failures, judgement.failures
        alerts.append(tuple(judgement.alerts))
    return Told(tuple(alerts), ledger)


def _learned(day: object) -> dt.datetime:
    """Return since when the repository is watched, for detectors that go by it."""
    if day is None:
        return _BEFORE_ALL
    if not isinstance(day, dt.date):
        raise StoryError("learned: write a day, as 2024-04-01")
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def on_page(page: Path) -> Iterator[tuple[str, str]]:
    """Yield each story of a page: `fires` or `silent`, and its text."""
    for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield found[1], found[2]


def _decide(ledger: Ledger, step: Expected) -> None:
    if ledger.holding(step.power, step.who) is None:
        raise StoryError(f"expected: {step.who.label} holds no {step.power} yet, so nobody can have decided about it")
    ledger.expect(step.power, step.who)


def _people(told: Any) -> dict[str, dict[str, Any]]:
    fields = {"id", "login", "name", "email", "bot"}
    for name, about in told.items() if isinstance(told, dict) else [("people", None)]:
        if not isinstance(about, dict) or set(about) - fields:
            raise StoryError(f"people: write `{name}: {{email: a@example.org}}`; fields are {_quoted(fields)}")
    return dict(told)


def _steps(told: Any, where: str, teller: Teller, after: dt.datetime) -> Iterator[Step]:
    if not isinstance(told, list):
        raise StoryError(f"{where}: write a list, each line like `- 2023-01-07: {{push: {{by: alice}}}}`")
    for number, line in enumerate(told, 1):
        place = f"{where}, step {number}"
        if not isinstance(line, dict) or len(line) != 1:
            raise StoryError(f"{place}: write one date and one fact, like `- 2023-01-07: {{push: {{by: alice}}}}`")
        ((date, happened),) = line.items()
        at = _moment(date, place)
        if at < after:
            raise StoryError(f"{place}: {date} is earlier than the step before; put steps in the order of their dates")
        after = at
        yield _step(happened, place, teller, at)


def _step(happened: Any, place: str, teller: Teller, at: dt.datetime) -> Step:
    if not isinstance(happened, dict) or len(happened) != 1:
        raise StoryError(f"{place}: one fact a step, like `{{push: {{by: alice}}}}`")
    ((word, fields),) = happened.items()
    if not isinstance(fields, dict):
        raise StoryError(f"{place}: `{word}` needs fields in braces, like `{{by: alice}}`")
    if word == "expected":
        return _expected(fields, place, teller, at)
    if word not in WORDS:
        near = get_close_matches(str(word), [*WORDS, "expected"], 1)
        raise StoryError(f"{place}: there is no word `{word}`{f', did you mean `{near[0]}`?' if near else ''}")
    return WORDS[word].tell(teller, at, fields, f"{place}, {word}")


def _expected(fields: dict[str, Any], place: str, teller: Teller, at: dt.datetime) -> Expected:
    if set(fields) != {"of", "power"} or fields["power"] not in set(Power):
        raise StoryError(f"{place}: write `expected: {{of: alice, power: P}}`, where P is one of {_quoted(set(Power))}")
    return Expected(at, teller.person(fields["of"], place), Power(fields["power"]))


def _moment(date: Any, place: str) -> dt.datetime:
    """Read `2023-01-07` (midnight) or `2023-01-07 15:34`, in UTC."""
    if isinstance(date, dt.datetime):
        return date if date.tzinfo else date.replace(tzinfo=dt.UTC)
    try:
        return dt.datetime.fromisoformat(str(date)).replace(tzinfo=dt.UTC)
    except ValueError:
        raise StoryError(f"{place}: `{date}` is no date; write 2023-01-07 or 2023-01-07 15:34") from None


def _quoted(names: set[Any]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(map(str, names)))
