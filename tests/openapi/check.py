"""Say what is wrong with a request to GitHub, by GitHub's own description of its REST API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_HERE = Path(__file__).parent
_HOW = "add it to tests/openapi/operations.txt and run tests/openapi/extract.py; if GitHub has no such operation, that fails"
_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
}  # fmt: skip


@cache
def _operations() -> list[tuple[str, re.Pattern[str], str, Mapping[str, Any]]]:
    known = json.loads((_HERE / "description.json").read_text(encoding="utf-8"))["operations"]
    found = []
    for name, operation in known.items():
        verb, _, path = name.partition(" ")
        parts = re.split(r"\{(\w+)\}", path)
        several = operation.get("segments", [])
        inside = [".+" if p in several else "[^/]+" for p in parts[1::2]]
        pattern = "".join(re.escape(text) + (inside[n] if n < len(inside) else "") for n, text in enumerate(parts[::2]))
        found.append((verb, re.compile(pattern), name, operation))
    # What is spelt out goes before what a parameter could match as well.
    return sorted(found, key=lambda o: (".+" in o[1].pattern, o[2].count("{"), -len(o[2])))


def operation_of(verb: str, path: str) -> str:
    """Return the operation a request is for, like `GET /orgs/{org}/members`, or "" when none is known."""
    return next((name for method, pattern, name, _ in _operations() if method == verb and pattern.fullmatch(path)), "")


def complaints(verb: str, url: str, body: bytes | str | None) -> list[str]:
    """Return what GitHub's description does not know about a request; nothing when all is well.

    Args:
        verb: like GET.
        url: with or without host and with the query; the prefix of GitHub Enterprise Server is left out.
        body: as sent.
    """
    parts = urlsplit(url)
    path = parts.path.removeprefix("/api/v3")
    # Where GitHub redirects to from the old name of a repository.
    path = re.sub(r"^/repositories/\d+/", "/repos/by/number/", path)
    name = operation_of(verb, path)
    if not name:
        return [f"{verb} {path}: no operation that tests/openapi/description.json knows: {_HOW}"]
    operation = next(o for _, _, n, o in _operations() if n == name)
    found = list(_queried(operation["query"], parse_qsl(parts.query, keep_blank_values=True)))
    found += list(_sent(operation.get("body"), body))
    return [f"{name}: {complaint}" for complaint in found]


def _queried(known: Mapping[str, Any], asked: Sequence[tuple[str, str]]) -> list[str]:
    found = []
    for name, value in asked:
        schema = known.get(name)
        if schema is None:
            found.append(f"unknown parameter {name!r}")
        elif schema.get("type") == "integer" and not value.isdigit():
            found.append(f"parameter {name!r} is no number: {value!r}")
        elif schema.get("enum") and value not in schema["enum"]:
            found.append(f"parameter {name!r} is {value!r}, not one of {schema['enum']}")
        elif name == "per_page" and int(value) > 100:
            found.append("GitHub gives at most 100 on a page")
    return found


def _sent(schema: Mapping[str, Any] | None, body: bytes | str | None) -> list[str]:
    if not body:
        required = (schema or {}).get("required")
        return [f"no body, but {required} are required"] if required else []
    try:
        value = json.loads(body)
    except ValueError:
        return ["the body is not JSON"]
    if value is None:
        return []
    return _wrong(schema, value, "body") if schema is not None else ["a body where none is known"]


def _wrong(schema: Mapping[str, Any], value: object, where: str) -> list[str]:
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            tried = [_wrong(s, value, where) for s in schema[choice]]
            return [] if any(not t for t in tried) else min(tried, key=len)
    kind = schema.get("type")
    if value is None and schema.get("nullable"):
        return []
    if isinstance(kind, str) and (
        not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind in {"integer", "number"})
    ):
        return [f"{where} is {type(value).__name__}, not {kind}"]
    if schema.get("enum") and value not in schema["enum"]:
        return [f"{where} is {value!r}, not one of {schema['enum']}"]
    return _fields(schema, value, where) if isinstance(value, dict) else _members(schema, value, where)


def _members(schema: Mapping[str, Any], value: object, where: str) -> list[str]:
    if isinstance(value, list):
        too_many = (
            [f"{where} has more than {schema['maxItems']} items"] if len(value) > schema.get("maxItems", 10**9) else []
        )
        return too_many + [c for n, item in enumerate(value) for c in _wrong(schema.get("items", {}), item, f"{where}[{n}]")]
    if isinstance(value, str) and len(value) > schema.get("maxLength", 10**9):
        return [f"{where} is longer than {schema['maxLength']} characters"]
    return []


def _fields(schema: Mapping[str, Any], value: Mapping[str, object], where: str) -> list[str]:
    known, others = schema.get("properties"), schema.get("additionalProperties")
    if known is None:
        return []
    found = [f"{where}.{name} is required" for name in schema.get("required", []) if name not in value]
    for name, inside in value.items():
        if name in known:
            found += _wrong(known[name], inside, f"{where}.{name}")
        elif others is None:
            found.append(f"{where}.{name} is unknown")
        else:
            found += _wrong(others, inside, f"{where}.{name}")
    return found
