"""What people can type after `/trust`, in Slack and in comments on GitHub. Pure: text in, a command or a sentence out.

status
who [OWNER/NAME]
acknowledge|expected|harmless|incident|reopen NUMBER reason
snooze NUMBER [DAYSd] reason
handover @login [in OWNER/NAME] until YYYY-MM-DD reason
handover confirm|end NUMBER reason
handovers [OWNER/NAME]
link CODE
help
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from github_app.review import MOST_REASON, Action

MOST_TEXT = 4_000
"""Longest command that is read, in characters."""


class Verb(StrEnum):
    """What a command asks for."""

    HELP = "help"
    STATUS = "status"
    WHO = "who"
    DECIDE = "decide"
    HANDOVER = "handover"
    CONFIRM = "confirm"
    END = "end"
    HANDOVERS = "handovers"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, read. Fields that its verb does not need are empty; `repository` is owner/name where one was typed."""

    verb: Verb
    action: Action | None = None
    number: int = 0
    login: str = ""
    repository: str = ""
    until: dt.datetime | None = None
    days: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """The text is no command; the sentence says what to type instead. Not escaped."""

    sentence: str


HELP = "\n".join(
    (
        "/trust status: which alerts wait for somebody, and whether the app is well",
        "/trust who owner/name: who holds which power there",
        "/trust acknowledge 7: I am looking into alert 7",
        "/trust expected 7 reason (or harmless, incident, reopen): decide about alert 7",
        "/trust snooze 7 3d reason: let alert 7 come back in 3 days",
        "/trust handover @login in owner/name until 2026-12-31 reason: announce who takes over from you",
        "/trust handover confirm 2 reason (or end): the second maintainer's yes, or the end of it",
        "/trust handovers owner/name: what is announced there",
        "/trust link CODE: link your Slack account to your GitHub account, with the code that the app's page shows",
        "The buttons under an alert do the same. Reasons are kept for ever, with your name.",
    )
)

_LOGIN = re.compile(r"@?([A-Za-z0-9][A-Za-z0-9-]{0,38})", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_NUMBER = re.compile(r"#?(\d{1,15})", re.ASCII)
_DAYS = re.compile(r"(\d{1,3})d", re.ASCII)
_ACTIONS = {action.value: action for action in Action if not action.by_itself} | {"ack": Action.ACKNOWLEDGE}
_EXAMPLE = "write it like /trust handover @login in owner/name until 2026-12-31 reason"


def parse(text: str) -> Command | Mistake:
    """Read what stands after `/trust`; whatever comes in, the answer is a command or a sentence."""
    words = text[:MOST_TEXT].split()
    word, rest = (words[0].lower(), words[1:]) if words else ("help", [])
    if word in _ACTIONS:
        return _decide(_ACTIONS[word], rest)
    reader = _READERS.get(word)
    if reader is not None:
        return reader(rest)
    near = get_close_matches(word, [*_READERS, *_ACTIONS], 1)
    hint = f": did you mean {near[0]}?" if near else "; /trust help lists what it knows"
    return Mistake(f"/trust knows no {word[:40]}{hint}")


def _decide(action: Action, words: list[str]) -> Command | Mistake:
    found = _NUMBER.fullmatch(words[0]) if words else None
    if found is None:
        return Mistake(f"say which alert: /trust {action} NUMBER reason; the number stands under the alert")
    words = words[1:]
    days = _DAYS.fullmatch(words[0]) if words and action is Action.SNOOZE else None
    reason = " ".join(words[1:] if days else words)[: MOST_REASON + 1]
    return Command(verb=Verb.DECIDE, action=action, number=int(found[1]), days=int(days[1]) if days else None, reason=reason)


def _handover(words: list[str]) -> Command | Mistake:
    if words and words[0].lower() in {Verb.CONFIRM, Verb.END}:
        return _numbered(Verb(words[0].lower()), words[1:])
    who = _LOGIN.fullmatch(words[0]) if words else None
    if who is None:
        return Mistake(f"say who takes over, by GitHub login: {_EXAMPLE}")
    words, repository = words[1:], ""
    if len(words) > 1 and words[0].lower() == "in":
        if not _NAME.fullmatch(words[1]):
            return Mistake(f"{words[1][:60]} is not a repository: {_EXAMPLE}")
        words, repository = words[2:], words[1]
    until = _end_of_day(words[1]) if len(words) > 1 and words[0].lower() == "until" else None
    if until is None:
        return Mistake(f"say when it ends, as a date: {_EXAMPLE}")
    reason = " ".join(words[2:])[: MOST_REASON + 1]
    return Command(verb=Verb.HANDOVER, login=who[1], repository=repository, until=until, reason=reason)


def _numbered(verb: Verb, words: list[str]) -> Command | Mistake:
    found = _NUMBER.fullmatch(words[0]) if words else None
    if found is None:
        return Mistake(f"say which hand-over: /trust handover {verb} NUMBER reason; /trust handovers lists them")
    return Command(verb=verb, number=int(found[1]), reason=" ".join(words[1:])[: MOST_REASON + 1])


def _about(verb: Verb) -> Callable[[list[str]], Command | Mistake]:
    def read(words: list[str]) -> Command | Mistake:
        if words and not _NAME.fullmatch(words[0]):
            return Mistake(f"{words[0][:60]} is not a repository: write /trust {verb} owner/name")
        return Command(verb=verb, repository=words[0] if words else "")

    return read


def _end_of_day(text: str) -> dt.datetime | None:
    """Return the last second of a day in UTC: who says "until the 31st" means all of it."""
    try:
        day = dt.date.fromisoformat(text)
        return dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC)
    except ValueError:
        return None


_READERS: dict[str, Callable[[list[str]], Command | Mistake]] = {
    "help": lambda _: Command(verb=Verb.HELP),
    "status": lambda _: Command(verb=Verb.STATUS),
    "who": _about(Verb.WHO),
    "handover": _handover,
    "handovers": _about(Verb.HANDOVERS),
    "link": lambda words: Command(verb=Verb.LINK, reason=" ".join(words)[:40]),
}
