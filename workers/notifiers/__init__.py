"""Notifiers: one file per channel, found by being there. All keep one contract.

A notifier module defines

    def build(setup: Setup) -> Notifier | None

and returns None while its channel is not configured. `send` shows a message in its channel and returns the channel's
own name of it (`external_id`), which the next `send` gets back: it edits instead of posting again. With `uncertain` a
send was begun before and its end is not known, so the notifier looks for its own earlier post before it makes one.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from github_app.links import Links
from github_app.settings import Settings
from workers.github import GitHubApp, Refused, Unavailable
from workers.render.message import Announcement, Message

__all__ = [
    "Announcer",
    "GaveUp",
    "Later",
    "Links",
    "Message",
    "NotYet",
    "Notifier",
    "Partly",
    "Replier",
    "Setup",
    "configured",
    "from_github",
]


class Later(Exception):  # noqa: N818  # it says when, not what went wrong
    """The channel cannot take it now; try again, not before `retry_at` (UTC) where the channel said so.

    `nothing_sent` is True only when it is certain that nothing arrived.
    """

    def __init__(self, sentence: str, retry_at: dt.datetime | None = None, *, nothing_sent: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_at = retry_at
        self.nothing_sent = nothing_sent


class NotYet(Later):
    """It has to wait for something of ours, until `retry_at` where that is known; nothing is wrong with the channel."""


class Partly(Exception):  # noqa: N818  # nothing went wrong
    """A part is out under `external_id`, and the rest comes with the next `send`, after the channel's pause.

    `told` says for alerts how many decisions about them the thread tells of; None where it does not name the alert.
    """

    def __init__(self, external_id: str, told: Mapping[int, int | None]) -> None:
        super().__init__(external_id)
        self.external_id = external_id
        self.told = told


class GaveUp(Exception):  # noqa: N818  # it is a decision
    """The channel will never take it as things are; `sentence` tells the operator what to change."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Notifier(Protocol):
    """A channel. `pace` is how many seconds must lie between two messages to it."""

    channel: str
    pace: float

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """Show a message and return the channel's name of it.

        Raises:
            Later: try again.
            Partly: a part is out; ask again for the rest.
            GaveUp: do not.
        """


@runtime_checkable
class Replier(Protocol):
    """A channel that can answer one person only."""

    channel: str
    pace: float

    def reply(self, where: str, user: str, thread: str, text: str) -> None:
        """Show a text to one person; raises as `Notifier.send` does."""


@runtime_checkable
class Announcer(Protocol):
    """A private channel that also says what belongs to no single alert."""

    channel: str
    pace: float

    def announce(self, what: Announcement, uncertain: bool) -> str:
        """Say it once and return the channel's name of it; with `uncertain` look for it first. Raises as `Notifier.send`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What notifiers are built from."""

    settings: Settings
    app: GitHubApp | None
    links: Links


class NotifierError(RuntimeError):
    """A module among the notifiers breaks the contract; start-up fails with its name."""


def configured(settings: Settings, app: GitHubApp | None) -> tuple[Notifier, ...]:
    """Return a notifier for every channel that is configured, by the name of its file.

    Raises:
        NotifierError: a module defines no `build`.
    """
    links = Links(github_url=settings.github_url, public_url=settings.public_url)
    setup = Setup(settings=settings, app=app, links=links)
    found: list[Notifier] = []
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        build = getattr(importlib.import_module(f"{__name__}.{info.name}"), "build", None)
        if not callable(build):
            raise NotifierError(f"workers/notifiers/{info.name}.py: define build(setup)")
        notifier = build(setup)
        if notifier is not None:
            found.append(notifier)
    return tuple(found)


@contextmanager
def from_github() -> Iterator[None]:
    """Turn the two kinds of error of our GitHub client into the two kinds of a notifier."""
    try:
        yield
    except Unavailable as error:
        raise Later(error.sentence, error.retry_at) from error
    except Refused as error:
        raise GaveUp(error.sentence) from error
