"""What is remembered of comments: which signals one had, never its words; bounded, and forgotten after a time. Pure.

`github_app.store.comments` keeps it in SQL. It is no list of people: a mark belongs to a comment, goes with it, and only
comments with a signal leave one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from github_app.model import Person

MOST_MARKS = 500
"""What is remembered for one repository at most; the oldest go first."""
WINDOW = dt.timedelta(days=120)
"""How far back a pattern looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one comment was like.

    `thread` and `comment` are its numbers (comment 0: the issue itself), `signals` the names of what was heard and
    `score` what they come to. `standing` says that its author held rights here, `stranger` that nothing is known of them
    but work that others landed. `beneficiaries` are whom it would help, `joined_at` is when the account was made.
    """

    thread: int
    comment: int
    at: dt.datetime
    author: Person
    signals: tuple[str, ...] = ()
    score: float = 0.0
    standing: bool = False
    stranger: bool = False
    beneficiaries: tuple[Person, ...] = ()
    joined_at: dt.datetime | None = None
    url: str = ""

    @property
    def key(self) -> tuple[int, int]:
        """What names the comment in its repository."""
        return self.thread, self.comment


class Comments:
    """The marks of one repository; `changed` and `gone` say what is to be stored and forgotten."""

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self._marks = {mark.key: mark for mark in sorted(marks, key=lambda m: m.at)}
        self.changed: dict[tuple[int, int], Mark] = {}
        self.gone: set[tuple[int, int]] = set()
        self.gone_threads: set[int] = set()

    def all(self) -> tuple[Mark, ...]:
        """Return every mark, oldest first."""
        return tuple(sorted(self._marks.values(), key=lambda m: m.at))

    def note(self, mark: Mark) -> None:
        """Remember a comment as it is now; an edited one keeps its time, and one without a signal is forgotten."""
        if not mark.signals:
            self.forget(*mark.key)
            return
        old = self._marks.get(mark.key)
        new = mark if old is None else replace(mark, at=old.at)
        self._marks[mark.key] = self.changed[mark.key] = new
        self.gone.discard(mark.key)
        if len(self._marks) > MOST_MARKS:
            self.forget(*min(self._marks.values(), key=lambda m: m.at).key)

    def forget(self, thread: int, comment: int) -> None:
        """Forget a comment."""
        key = (thread, comment)
        if self._marks.pop(key, None) is not None:
            self.changed.pop(key, None)
            self.gone.add(key)

    def forget_thread(self, thread: int) -> None:
        """Forget an issue that was deleted, with every comment in it."""
        for key in [key for key in self._marks if key[0] == thread]:
            self.forget(*key)
        self.gone = {key for key in self.gone if key[0] != thread}
        self.gone_threads.add(thread)
