"""A policy and its problems as text for a terminal."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from github_app.policy import Policy, Problem
from workers.render.escape import terminal

_NAMES = {"start": "from", "end": "to", "pass_from": "except"}
_APART = (
    "watch",
    "floors",
    "quiet_hours",
    "digest",
    "budget",
    "retention",
    "push_feedback",
    "incident_report",
    "acknowledgement",
)
_LISTS = ("teams", "routes", "reviewers", "expected")


def problem_line(name: str, problem: Problem) -> str:
    """Return one problem as compilers print them: `file:line:column: what: suggestion (path)`."""
    return f"{terminal(name, 300)}:{terminal(str(problem), 600)}{' [note]' if problem.note else ''}"


def effective(policy: Policy, others: Iterator[tuple[str, str]]) -> str:
    """Return what applies, a line for each key with where its value comes from; `others` are detectors no file names."""
    rows = [*_detectors(policy, dict(others)), *_sections(policy), *_lists(policy)]
    width = max(len(key) for key, _, _ in rows)
    return "\n".join(f"{key:<{width}}  {terminal(value, 200)}  [{source}]" for key, value, source in rows)


def _detectors(policy: Policy, others: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    named = {name: str(setting) for name, setting in policy.detectors.items()}
    for name, value in sorted({**others, **named}.items()):
        floor = policy.floors.detectors.get(name)
        shown = value if floor is None or floor.severity is None else f"{value}, at least {floor.severity}"
        yield f"detectors.{name}", shown, policy.source(f"detectors.{name}")


def _sections(policy: Policy) -> Iterator[tuple[str, str, str]]:
    for section in _APART:
        values = getattr(policy, section)
        for field in dataclasses.fields(values):
            name = _NAMES.get(field.name, field.name) if section == "quiet_hours" else field.name
            yield f"{section}.{name}", _shown(getattr(values, field.name)), policy.source(f"{section}.{name}")


def _lists(policy: Policy) -> Iterator[tuple[str, str, str]]:
    for name in _LISTS:
        value = getattr(policy, name)
        items = [f"{k}: {_shown(v)}" for k, v in value.items()] if isinstance(value, Mapping) else list(map(_shown, value))
        for i, item in enumerate(items):
            yield (f"{name}[{i}]", item, policy.source(name))
        if not items:
            yield (name, "none", policy.source(name))


def _shown(value: Any) -> str:
    if value is None or value in ("", ()) or value == {}:
        return "none"
    if isinstance(value, Enum | dt.time):
        return str(value.value) if isinstance(value, Enum) else f"{value:%H:%M}"
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return "; ".join(f"{name}: {_shown(item)}" for name, item in told if item not in (None, "", (), False))
    return str(value)
