"""The small language in which phrases are written, and the search for many of them at once.

    {you} .. (care|cares) [about] us

Words as they stand; `(a|b c)` one of these; `[a|b]` one of these or nothing; `{you}` a list by name; `..` up to 4 words,
`....` up to 8; a leading `^` only where a sentence or a part of it begins. There is no nesting and no repetition besides the
bounded gaps, so a form takes time linear in the text. A phrase is only tried where two of its rarer words occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from workers.pressure._lists import COMMON, FREQUENT

_ITEM = re.compile(r"\^|\.{4}|\.\.|\[[^\]]+\]|\([^)]+\)|\{[a-z]+\}|[^ ]+")
_GAPS = {"..": "(?:[^ ]+ ){0,4}", "....": "(?:[^ ]+ ){0,8}"}


@dataclass(slots=True)
class Form:
    """One phrase: its pattern over ` word word `, and sets of words of which each must meet the sentence."""

    pattern: str
    needs: tuple[frozenset[str], ...]
    _compiled: re.Pattern[str] | None = None

    def matches(self, text: str, words: Set[str]) -> bool:
        """Say whether the phrase is in a sentence: its text with spaces around the words, and their set."""
        return not any(needed.isdisjoint(words) for needed in self.needs) and self.found(text)

    def found(self, text: str) -> bool:
        """Say whether the pattern is in a sentence that has the words it needs."""
        if self._compiled is None:
            # Not at the start: to compile all of the hundreds takes longer than the start of most commands.
            self._compiled = re.compile(self.pattern)
        return self._compiled.search(text) is not None


class Forms:
    """Several phrases that mean the same."""

    def __init__(self, lists: Mapping[str, str], *written: str) -> None:
        self.forms = tuple(_form(text, lists) for text in written)
        self._triggers = frozenset().union(*(form.needs[0] for form in self.forms))

    def search(self, text: str, words: Set[str]) -> bool:
        """Say whether one of the phrases is in a sentence; see `Form.matches`."""
        return not self._triggers.isdisjoint(words) and any(form.matches(text, words) for form in self.forms)


def _form(written: str, lists: Mapping[str, str]) -> Form:
    pattern, needs = "(?<= )", []
    for item in _ITEM.findall(written):
        if item == "^":
            pattern = "(?:^ |(?<= , ))"
        elif item in _GAPS:
            pattern += _GAPS[item]
        elif item.startswith("["):
            pattern += f"(?:(?:{_words(item[1:-1])}) )?"
        else:
            choice = lists[item[1:-1]] if item.startswith("{") else item.strip("()")
            pattern += f"(?:{_words(choice)}) "
            needs.append(_first_words(choice.split("|")))
    return Form(pattern, tuple(sorted(filter(None, needs), key=_commonness)[:2]))


def _words(choice: str) -> str:
    return "|".join(re.escape(words).replace("\\ ", " ").replace("\\*", "[^ ]*") for words in choice.split("|"))


def _first_words(choices: Iterable[str]) -> frozenset[str]:
    """Return the rarest whole word of each choice, one of which must be in the sentence; nothing when one cannot be told."""
    found = set()
    for choice in choices:
        whole = [word for word in choice.split() if not word.endswith("*")]
        if not whole:
            return frozenset()
        found.add(min(whole, key=lambda word: (word in COMMON, -len(word))))
    return frozenset(found)


def _commonness(words: frozenset[str]) -> int:
    return 200 * len(words & COMMON) + 15 * len(words & FREQUENT) + len(words)
