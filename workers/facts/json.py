"""Facts as JSON, for `replay` and for people who read its output."""

from __future__ import annotations

import dataclasses
import datetime as dt
from enum import Enum
from typing import Any

from github_app.fact import Fact


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """Return a fact as plain JSON values: its `kind` first, times in RFC 3339; fields that say nothing are left out."""
    said = _fields(fact)
    if not fact.organization_id:
        del said["organization_id"]
    return {"kind": fact.kind, **said}


def _fields(value: Any) -> dict[str, Any]:
    named = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
    return {name: _plain(v) for name, v in named if v is not None and v not in ("", ())}


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value
