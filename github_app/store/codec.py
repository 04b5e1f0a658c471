"""Our frozen dataclasses as JSON and back, by their annotations. Fields that are not known here are passed over."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import orjson

from github_app.store.columns import PAGE, canonical, clean

T = TypeVar("T")


def dump(value: object) -> str:
    """Return a dataclass as JSON text, with every text in it cleaned."""
    return canonical(_plain(value)).decode()


def load(kind: type[T], text: str) -> T:
    """Return the dataclass of `dump`.

    Raises:
        ValueError: the text is not JSON, or a value does not fit its annotation.
    """
    return cast("T", _build(kind, orjson.loads(text)))


def _plain(value: object) -> object:
    if isinstance(value, str):
        return clean(str(value), PAGE)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _build(kind: Any, value: Any) -> Any:
    if get_origin(kind) is types.UnionType:
        (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
        return None if value is None else _build(inner, value)
    if get_origin(kind) is tuple:
        return tuple(_build(get_args(kind)[0], item) for item in value)
    if kind is dt.datetime:
        return dt.datetime.fromisoformat(value)
    if issubclass(kind, StrEnum):
        return kind(value)
    if is_dataclass(kind):
        made = cast("type[Any]", kind)
        hints = _hints(made)  # type: ignore[arg-type]  # every class can be hashed
        return made(**{name: _build(hints[name], item) for name, item in value.items() if name in hints})
    return value


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)
