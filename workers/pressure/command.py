"""`trust-alerts pressure`: comments in, one line of JSON per comment out, and at the end the patterns of threads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from github_app.comments import Mark
from github_app.model import Person
from workers.pressure.hearing import STANDING, STRANGERS, named
from workers.pressure.pattern import Pattern, find
from workers.pressure.signals import DISCLOSURE, FLAGGED, Reading, discloses, read

_UNDATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)
_MOST_PEOPLE = 500


def lines(comments: Iterable[str], *, threads: bool = False) -> Iterator[dict[str, Any]]:
    """Yield for each line `{"id", "score", "signals", "flagged"}`; `error` as well where a line cannot be read.

    Args:
        comments: JSON Lines `{"id", "text", "thread"?, "author"?, "author_association"?, "author_created_at"?, "at"?}`;
            times in RFC 3339.
        threads: yield at the end one `{"thread", "pattern": true, "signals", "comments"}` for each thread with a pattern. It
            counts what the thread's own authors wrote in other threads too. Without times the order of the lines counts.
    """
    heard = _Heard()
    for number, line in enumerate(comments, 1):
        if line.strip():
            yield _answer(line, number, heard if threads else None)
    if threads:
        yield from heard.patterns()


def _answer(line: str, number: int, heard: _Heard | None) -> dict[str, Any]:
    try:
        comment = json.loads(line)
    except (ValueError, RecursionError):
        return _told(None, Reading()) | {"error": f"line {number}: not JSON"}
    if not isinstance(comment, dict) or not isinstance(comment.get("text"), str):
        found = comment.get("id") if isinstance(comment, dict) else None
        return _told(found, Reading()) | {"error": f'line {number}: no "text"'}
    standing, bot = _role(comment) in STANDING, _is_bot(comment.get("author"))
    reading = Reading() if standing or bot else read(comment["text"])
    if heard is not None and not bot:
        heard.add(comment, reading, number)
    return _told(comment.get("id"), reading)


def _role(comment: dict[str, Any]) -> str:
    role = comment.get("author_association")
    return role.upper() if isinstance(role, str) else ""


def _is_bot(author: object) -> bool:
    return isinstance(author, str) and author.endswith("[bot]")


def _told(named_as: object, reading: Reading) -> dict[str, Any]:
    weighed = [signal.name for signal in reading.signals if signal.weight]
    return {"id": named_as, "score": reading.score, "signals": weighed, "flagged": reading.score >= FLAGGED}


@dataclass(slots=True)
class _Heard:
    """What is kept of the comments until all are read: marks, and the few texts that could name somebody."""

    marks: list[Mark] = field(default_factory=list)
    ids: list[object] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def add(self, comment: dict[str, Any], reading: Reading, number: int) -> None:
        """Keep a comment with a signal, and who contributes."""
        author = comment["author"] if isinstance(comment.get("author"), str) else f"line {number}"
        role, text = _role(comment), comment["text"]
        if role == "CONTRIBUTOR" and len(self.people) < _MOST_PEOPLE:
            self.people.setdefault(author, Person(login=author, name=author))
        standing = role in STANDING
        signals = ((DISCLOSURE.name,) if discloses(text) else ()) if standing else reading.names
        if not signals:
            return
        mark = Mark(
            thread=self.threads.setdefault(str(comment.get("thread")), len(self.threads)),
            comment=len(self.ids) + 1,
            at=_time(comment.get("at")) or _UNDATED + number * _SECOND,
            author=Person(login=author),
            signals=signals,
            score=reading.score,
            standing=standing,
            stranger=role in STRANGERS,
            joined_at=_time(comment.get("author_created_at")),
        )
        self.ids.append(comment.get("id"))
        self.marks.append(mark)
        if not standing and reading.score > 0:
            self.texts[mark.comment] = text

    def patterns(self) -> Iterator[dict[str, Any]]:
        """Yield one line for each thread with a pattern, in the order in which the threads came."""
        people = list(self.people.values())
        marks = sorted((self._with_names(mark, people) for mark in self.marks), key=lambda mark: mark.at)
        for thread, number in self.threads.items():
            pattern = _last(marks, number)
            if pattern is not None:
                ids = [self.ids[mark.comment - 1] for mark in pattern.marks]
                yield {"thread": thread, "pattern": True, "signals": list(pattern.signs), "comments": ids}

    def _with_names(self, mark: Mark, people: list[Person]) -> Mark:
        text = self.texts.get(mark.comment)
        if text is None:
            return mark
        helped = tuple(p for p in named(text, people) if p.login != mark.author.login and not self._has_rights(p))
        return replace(mark, beneficiaries=helped)

    def _has_rights(self, person: Person) -> bool:
        return any(m.standing and m.author.login == person.login for m in self.marks)


def _last(marks: list[Mark], thread: int) -> Pattern | None:
    """Return the pattern as the thread's latest pressing comment leaves it."""
    here = [mark for mark in marks if mark.thread == thread]
    if not any(mark.stranger and mark.score >= FLAGGED for mark in here):
        return None
    authors = {mark.author for mark in here}
    about = [mark for mark in marks if mark.thread == thread or mark.author in authors]
    found = None
    for mark in here:
        earlier = [m for m in about if m.at <= mark.at and m.key != mark.key]
        found = find(earlier, mark) or found
    return found


def _time(value: object) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
