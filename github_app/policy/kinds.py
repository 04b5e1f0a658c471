"""Kinds of values in a policy file. Each reads a YAML node and says the same in JSON Schema, so that both agree.

A kind that cannot read a node says so in the notebook and returns `WRONG`; nothing here raises. Scalars are taken as they
are written: what YAML 1.1 makes of `20:00` (1200) or `off` (false) would surprise people.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import yaml

from github_app.model import Severity
from github_app.policy.model import Setting
from github_app.policy.nodes import Notebook

WRONG: Final = object()
_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUE, _FALSE = {"true", "on", "yes"}, {"false", "off", "no"}


class Kind(Protocol):
    """A kind of value."""

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """Return the value, or `WRONG` after saying why."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of it."""


def nearest(word: str, known: Sequence[str]) -> str:
    """Return `did you mean ...?` for a word that is close to a known one, else ""."""
    close = difflib.get_close_matches(word.lower()[:60], known, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def shown(text: str) -> str:
    """Return a piece of the file for a sentence."""
    short = text if len(text) <= 40 else text[:39] + "\u2026"
    return f"`{short}`"


def scalar(node: yaml.Node, path: str, book: Notebook, wanted: str) -> str | None:
    """Return a scalar as it is written; None after saying that something else stands there."""
    if not isinstance(node, yaml.ScalarNode):
        book.say(
            node, path, f"here should be {wanted}, not a {'list' if isinstance(node, yaml.SequenceNode) else 'mapping'}"
        )
        return None
    if node.style is None and node.value in _NULLS:
        hint = "what follows a # is a comment: put it in quotes" if "#" in wanted else ""
        book.say(node, path, f"here should be {wanted}, but there is nothing", hint)
        return None
    return str(node.value)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        text = scalar(node, path, book, "true or false")
        if text is None:
            return WRONG
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        book.say(node, path, f"here should be true or false, not {shown(text)}")
        return WRONG

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words; `make` turns the word into the value. `not_taken` are words that have a reason not to be one."""

    words: tuple[str, ...]
    make: Callable[[str], Any] = str
    not_taken: tuple[tuple[str, str], ...] = ()

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        text = scalar(node, path, book, f"one of {', '.join(self.words)}")
        if text is None:
            return WRONG
        if text in self.words:
            return self.make(text)
        if reason := dict(self.not_taken).get(text):
            book.say(node, path, f"{shown(text)} is not possible: {reason}", f"use one of {', '.join(self.words)}")
            return WRONG
        hint = nearest(text, self.words) or f"use one of {', '.join(self.words)}"
        book.say(node, path, f"{shown(text)} is not known here", hint)
        return WRONG

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Switch:
    """What is wanted of a detector: on, off, or a severity. A floor cannot be off."""

    floor: bool = False

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        words = self._words()
        text = scalar(node, path, book, f"one of {', '.join(words)}")
        if text is None:
            return WRONG
        word = text.lower()
        if word in _TRUE:
            return Setting()
        if word in _FALSE and not self.floor:
            return Setting(enabled=False)
        if word in list(Severity):
            return Setting(severity=Severity(word))
        hint = (
            "a floor is `on` or a severity" if word in _FALSE else nearest(word, words) or f"use one of {', '.join(words)}"
        )
        book.say(node, path, f"{shown(text)} is not known here", hint)
        return WRONG

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`; editors that read YAML 1.1 see on and off as booleans."""
        return {"enum": [*self._words(), True] if self.floor else [*self._words(), True, False]}

    def _words(self) -> list[str]:
        return ["on", *([] if self.floor else ["off"]), *(s.value for s in Severity)]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that fits a pattern, described by an example."""

    pattern: str
    like: str
    most: int = 200

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        text = scalar(node, path, book, f"text like {self.like}")
        if text is None:
            return WRONG
        if len(text) <= self.most and re.fullmatch(self.pattern, text, re.ASCII):
            return text
        hint = (
            "put it in quotes, or YAML takes it for something else" if text[:1] in "#@*&!%" else f"write it like {self.like}"
        )
        book.say(node, path, f"{shown(text)} cannot stand here", hint)
        return WRONG

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$", "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        wanted = f"a whole number from {self.least} to {self.most}"
        text = scalar(node, path, book, wanted)
        if text is None:
            return WRONG
        if re.fullmatch(r"\d{1,18}", text, re.ASCII) and self.least <= int(text) <= self.most:
            return int(text)
        book.say(node, path, f"here should be {wanted}, not {shown(text)}")
        return WRONG

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Day:
    """A date, YYYY-MM-DD."""

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        text = scalar(node, path, book, "a date like 2026-12-31")
        if text is None:
            return WRONG
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            try:
                return dt.date.fromisoformat(text)
            except ValueError:
                book.say(node, path, f"there is no day {shown(text)}")
                return WRONG
        book.say(node, path, f"here should be a date like 2026-12-31, not {shown(text)}")
        return WRONG

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, HH:MM."""

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        text = scalar(node, path, book, "a time like 20:00")
        if text is None:
            return WRONG
        if re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text, re.ASCII):
            hour, _, minute = text.partition(":")
            return dt.time(int(hour), int(minute))
        book.say(node, path, f"here should be a time like 20:00, not {shown(text)}")
        return WRONG

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        return {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"}


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone of the IANA database."""

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        text = scalar(node, path, book, "a time zone like Europe/Berlin")
        if text is None:
            return WRONG
        try:
            if text != "UTC":
                zoneinfo.ZoneInfo(text[:100])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            hint = nearest_zone(text) or "use a name like Europe/Berlin or UTC"
            book.say(node, path, f"there is no time zone {shown(text)}", hint)
            return WRONG
        return text

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        return {"type": "string", "examples": ["UTC", "Europe/Berlin", "America/New_York"]}


def nearest_zone(text: str) -> str:
    """Return a suggestion for a time zone that does not exist."""
    zones = sorted(zoneinfo.available_timezones())
    close = difflib.get_close_matches(text[:60], zones, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
