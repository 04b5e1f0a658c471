"""Webhook events, one file per family, found by being there.

A family module defines `HANDLERS`, a tuple of declarations: which event and actions it reads, and the least permission
GitHub wants before it sends that event. The manifest `app.yml` is compared with these declarations by a test.
Past this package nobody sees GitHub's keys.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from github_app.fact import Fact
from workers.facts.events._envelope import Envelope


class Unreadable(ValueError):  # noqa: N818 - it says what the payload is
    """A payload whose shape says nothing that can be used; the message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Why a payload leads to no fact; a short plain phrase."""

    reason: str


Read = Callable[[Envelope], tuple[Fact, ...] | Ignored]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One webhook event and what is read of it.

    `reads` maps an action ("" where the event has none) to its reader. `later` are actions that carry trust but are not
    watched yet. `permission` is (name, level) as in an app's manifest; None for events every app gets without asking.
    `enterprise` marks events that only GitHub Enterprise Cloud knows: other servers refuse them in a manifest.
    """

    event: str
    permission: tuple[str, str] | None
    reads: Mapping[str, Read]
    later: frozenset[str] = field(default=frozenset())
    enterprise: bool = False


class HandlerError(RuntimeError):
    """A module among the families breaks the contract; start-up fails with its name."""


@cache
def load() -> Mapping[str, Handler]:
    """Return every handler by its event.

    Raises:
        HandlerError: a module defines no `HANDLERS`, or two modules want the same event.
    """
    found: dict[str, Handler] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        declared = getattr(importlib.import_module(f"{__name__}.{info.name}"), "HANDLERS", None)
        if not isinstance(declared, tuple) or not declared or not all(isinstance(h, Handler) for h in declared):
            raise HandlerError(f"workers/facts/events/{info.name}.py: define HANDLERS = (Handler(...), ...)")
        for handler in declared:
            if handler.event in found:
                raise HandlerError(f"workers/facts/events/{info.name}.py: {handler.event} is read by another module already")
            found[handler.event] = handler
    return found
