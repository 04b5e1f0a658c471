"""Detectors: pure functions from a change to findings, one per file, found by being there.

A detector module is named after its id (`new_committer.py` is `new-committer`), its docstring's first line is the
sentence people see in `trust-alerts detectors`, and it defines exactly

    DETECTOR = Detector(watches=(SomeFact,), stage=Stage.STABLE, detect=detect)

It must not import anything that knows the time, the network or a database; a test holds that.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from github_app.fact import Fact
from github_app.ledger import LedgerView
from github_app.model import Finding, Severity, Stage, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact together with what the ledger said before it."""

    fact: Any
    ledger: LedgerView


@dataclass(frozen=True, slots=True)
class Wish:
    """A path of one commit whose contents a detector needs, before and after."""

    commit: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """What a detector module declares. `watches` are the kinds of fact it wants to see; `id` comes from the file.

    `severities` are all that its findings can have, mildest first: its page and the tests hold it to them. A detector
    that calls somebody new `needs_history`; while a repository's past is not known it is not asked. `step` is what its
    alerts are in a case: a case is worse for each further kind of step in it.

    `reads` says which contents it needs to judge a change. They are fetched before it is asked to `detect`, and are then
    in `Commit.contents`; what could not be had carries a gap. Ask for as little as possible: each wish costs a request.
    """

    watches: tuple[type[Fact], ...]
    stage: Stage
    detect: Callable[[Change], Iterable[Finding]]
    severities: tuple[Severity, ...] = ()
    needs_history: bool = True
    step: Step = Step.CHANGE
    reads: Callable[[Change], Iterable[Wish]] | None = None
    id: str = field(default="")
    sentence: str = field(default="")


class DetectorError(RuntimeError):
    """A module among the detectors breaks the contract; start-up fails with its name."""


@cache
def load() -> tuple[Detector, ...]:
    """Return every detector in this package, by id.

    Raises:
        DetectorError: a module defines no `DETECTOR`, or has no docstring.
    """
    found = []
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        declared = getattr(module, "DETECTOR", None)
        if not isinstance(declared, Detector):
            raise DetectorError(f"workers/detectors/{info.name}.py: define DETECTOR = Detector(...)")
        if not (module.__doc__ or "").strip():
            raise DetectorError(
                f"workers/detectors/{info.name}.py: the first line of the docstring is shown to people; write one"
            )
        sentence = (module.__doc__ or "").strip().splitlines()[0]
        found.append(replace(declared, id=info.name.replace("_", "-"), sentence=sentence))
    return tuple(sorted(found, key=lambda d: d.id))
