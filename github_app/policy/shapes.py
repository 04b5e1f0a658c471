"""Lists and mappings of a policy file: kinds of values that hold other kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from github_app.policy.kinds import _NULLS, WRONG, Choice, Kind, Line, nearest, shown
from github_app.policy.nodes import Notebook, place


@dataclass(frozen=True, slots=True)
class Listed:
    """A list; a single value counts as a list of one where `item` is not a mapping."""

    item: Kind
    most: int = 100
    least: int = 0

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        if not isinstance(node, yaml.SequenceNode):
            if isinstance(node, yaml.ScalarNode) and node.value not in _NULLS and isinstance(self.item, Line | Choice):
                one = self.item.read(node, path, book)
                return WRONG if one is WRONG else (one,)
            book.say(node, path, "here should be a list", "write one `- item` a line, or [a, b]")
            return WRONG
        if not self.least <= len(node.value) <= self.most:
            book.say(node, path, f"here should be {self.least} to {self.most} items, not {len(node.value)}")
            return WRONG
        values = [self.item.read(item, f"{path}[{i}]", book) for i, item in enumerate(node.value)]
        return WRONG if any(v is WRONG for v in values) else tuple(values)

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        listed = {"type": "array", "items": self.item.schema(), "maxItems": self.most}
        listed |= {"minItems": self.least} if self.least else {}
        return {"anyOf": [listed, self.item.schema()]} if isinstance(self.item, Line | Choice) else listed


def pairs(node: yaml.Node, path: str, book: Notebook) -> list[tuple[str, yaml.Node, yaml.Node]] | None:
    """Return (name, key, value) of a mapping; says it when it is none, or when a key is double or no plain word."""
    if not isinstance(node, yaml.MappingNode):
        book.say(node, path, "here should be a mapping", "write `name: value` lines")
        return None
    found: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            book.say(key, path, "a key should be a plain word")
            continue
        name = str(key.value)
        if name in found:
            line = place(found[name][1])[0]
            book.say(key, _join(path, name), f"the key {shown(name)} is here twice", f"the first is in line {line}")
            continue
        found[name] = (name, key, value)
    return list(found.values())


def _join(path: str, name: str) -> str:
    return f"{path}.{name[:60]}" if path else name[:60]


def join(path: str, name: str) -> str:
    """Return the path of a key within a path."""
    return _join(path, name)


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping from names, which fit a pattern or are among `known`, to values of one kind."""

    value: Kind
    what: str
    pattern: str
    known: tuple[str, ...] = ()
    most: int = 200

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        found = pairs(node, path, book)
        if found is None:
            return WRONG
        if len(found) > self.most:
            book.say(node, path, f"here should be at most {self.most} entries, not {len(found)}")
            return WRONG
        values: dict[str, Any] = {}
        for name, key, value in found:
            book.marks[join(path, name)] = place(key)
            if (self.known and name not in self.known) or not re.fullmatch(self.pattern, name, re.ASCII):
                book.say(key, join(path, name), f"unknown {self.what} {shown(name)}", nearest(name, self.known))
                continue
            values[name] = self.value.read(value, join(path, name), book)
        return WRONG if any(v is WRONG for v in values.values()) else values

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        if self.known:
            return {
                "type": "object",
                "properties": dict.fromkeys(self.known, self.value.schema()),
                "additionalProperties": False,
            }
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^(?:{self.pattern})$"},
            "additionalProperties": self.value.schema(),
        }


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a section: what it holds and what it means, in one sentence. Some only the organisation sets."""

    kind: Kind
    says: str
    required: bool = False
    organisation: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping with known keys. `make` gets the values by key, under the names in `names` where they differ."""

    keys: Mapping[str, Key]
    make: Callable[..., Any] = dict
    names: Mapping[str, str] = field(default_factory=dict)

    def read(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """See `Kind.read`."""
        values = self.values(node, path, book)
        return WRONG if values is WRONG else self.make(**{self.names.get(k, k): v for k, v in values.items()})

    def values(self, node: yaml.Node, path: str, book: Notebook) -> Any:
        """Return the values by key as they are called in the file, or `WRONG`."""
        found = pairs(node, path, book)
        if found is None:
            return WRONG
        values: dict[str, Any] = {}
        for name, key, value in found:
            where = join(path, name)
            book.marks[where] = place(key)
            known = self.keys.get(name)
            if known is None:
                known_words = tuple(self.keys)
                book.say(
                    key,
                    where,
                    f"unknown key {shown(name)}",
                    nearest(name, known_words) or f"known: {', '.join(known_words)}",
                )
                values[name] = WRONG
            elif book.repository and known.organisation:
                book.say(key, where, f"{shown(name)} is set by the organisation's file only", "take it out here")
                values[name] = WRONG
            else:
                values[name] = known.kind.read(value, where, book)
        for name, key_ in self.keys.items():
            if key_.required and name not in values:
                book.say(node, path, f"{shown(name)} is missing", key_.says)
                values[name] = WRONG
        return WRONG if any(v is WRONG for v in values.values()) else values

    def schema(self) -> dict[str, Any]:
        """See `Kind.schema`."""
        properties = {name: {"description": key.says, **key.kind.schema()} for name, key in self.keys.items()}
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [name for name, key in self.keys.items() if key.required]
        return {**schema, "required": required} if required else schema
