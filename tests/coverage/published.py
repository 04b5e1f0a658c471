"""GitHub's published description of its webhooks, made small for the tests, and the check of our payloads against it.

The description is the npm package `@octokit/openapi-webhooks` (MIT), file `generated/ghec.json`: it has the events of
github.com and those of Enterprise Cloud.

    python -m tests.coverage.published skeletons ghec.json     # the smallest payload of each action
    python -m tests.coverage.published check ghec.json         # checks every payload of the corpus; needs `jsonschema`

The second writes `checked.json`, the fingerprint of each payload that fits. A test compares: a payload that was changed
and not checked again is an error.
"""

from __future__ import annotations

import copy
import gzip
import hashlib
import importlib
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SKELETONS, CHECKED = HERE / "skeletons.json.gz", HERE / "checked.json"
VERSION = "12.1.0"
_OF_ACCOUNTS = (
    "team-",
    "membership-",
    "organization-",
    "installation",
    "custom-property-",
    "org-block-",
    "meta-",
    "personal-",
)
"""Actions about an account: a repository is named only where it matters."""
_TIME, _LINK = "2026-03-02T09:00:00Z", "https://example.org/x"


@cache
def _skeletons() -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(SKELETONS.read_bytes())))


def skeleton(name: str) -> dict[str, Any]:
    """Return the smallest payload that fits the description of an action, such as `team-created`."""
    return dict(copy.deepcopy(_skeletons()[name]))


def fingerprint(payload: object) -> str:
    """Return what tells one payload from another."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:16]


def _repaired(value: Any) -> Any:
    """Return the document with one mistake of it undone: "null" beside `allOf` means that null may be there instead."""
    if isinstance(value, list):
        return [_repaired(member) for member in value]
    if not isinstance(value, dict):
        return value
    found = {key: _repaired(member) for key, member in value.items()}
    if "allOf" in found and found.get("type") == ["null"]:
        return {"anyOf": [{"type": "null"}, {"allOf": found["allOf"]}]}
    return found


class Description:
    """The OpenAPI document: the schema of each action, and samples of it."""

    def __init__(self, path: Path) -> None:
        self.document = _repaired(json.loads(path.read_text(encoding="utf-8")))

    def body(self, name: str) -> dict[str, Any]:
        """Return the schema of an action's payload."""
        post = self.document["webhooks"][name]["post"]
        return dict(post["requestBody"]["content"]["application/json"]["schema"])

    def smallest(self, name: str) -> dict[str, Any]:
        """Return the smallest payload of an action, with whose it is where that is optional: an app is told."""
        schema = self._real(self.body(name))
        made = dict(self.sample(schema))
        wanted = ("organization",) if name.startswith(_OF_ACCOUNTS) else ("organization", "repository")
        for key in wanted:
            if key in schema.get("properties", {}):
                made[key] = self.sample(schema["properties"][key], key, 1)
        return made

    def sample(self, schema: dict[str, Any], name: str = "", depth: int = 0) -> Any:
        """Return the smallest value that fits a schema: required members only, null where it may be."""
        schema = self._real(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return next(v for v in schema["enum"] if v is not None)
        for word in ("oneOf", "anyOf"):
            if word in schema and "properties" not in schema:
                nothing = any(self._real(s).get("type") == "null" for s in schema[word])
                if nothing and depth > 2:
                    return None
                plain = [s for s in schema[word] if self._real(s).get("type") != "null"]
                return self.sample(plain[0], name, depth)
        if "allOf" in schema:
            return self._all_of(schema, name, depth)
        return self._plain(schema, name, depth)

    def _all_of(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        parts = [self.sample(part, name, depth) for part in schema["allOf"]]
        if not all(isinstance(part, dict) for part in parts):
            return parts[0]
        found: dict[str, Any] = {}
        for part in parts:
            found |= part
        return found

    def _plain(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "null" in kinds and "object" not in kinds and depth > 1:
            return None
        kind = next((k for k in kinds if k != "null"), "null")
        if kind == "object":
            properties, required = schema.get("properties", {}), schema.get("required", [])
            return {key: self.sample(properties.get(key, {}), key, depth + 1) for key in required}
        if kind == "array":
            return [self.sample(schema.get("items", {}), name, depth + 1)] * schema.get("minItems", 0)
        if kind == "string":
            return self._text(schema, name)
        return {"integer": 1, "number": 1, "boolean": False}.get(kind)

    @staticmethod
    def _text(schema: dict[str, Any], name: str) -> str:
        shape = schema.get("format")
        if shape in {"date-time", "uri", "uri-template", "email"}:
            return {"date-time": _TIME, "email": "somebody@example.org"}.get(shape, _LINK)
        return {"node_id": "x", "ghsa_id": "GHSA-2222-3333-4444"}.get(name, name or "x")

    def _real(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            schema = found
        return schema


def write_skeletons(path: Path, names: list[str]) -> None:
    """Write the smallest payload of each action."""
    description = Description(path)
    made = {name: description.smallest(name) for name in sorted(names)}
    SKELETONS.write_bytes(gzip.compress(json.dumps(made, sort_keys=True).encode(), 9, mtime=0))


def write_checked(path: Path) -> list[str]:
    """Check the whole corpus and write down what fits; return what does not, in words."""
    from tests.coverage.corpus import every_payload  # noqa: PLC0415 - it needs the skeletons, which may not be there yet

    jsonschema = importlib.import_module("jsonschema")
    description = Description(path)
    resolve = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": description.document["components"]}
    wrong: list[str] = []
    fits: dict[str, str] = {}
    for label, name, payload in every_payload():
        checker = jsonschema.Draft202012Validator(resolve | description.body(name))
        errors = [f"{label}: {'/'.join(map(str, e.absolute_path))}: {e.message[:150]}" for e in checker.iter_errors(payload)]
        wrong += errors[:3]
        if not errors:
            fits[label] = fingerprint(payload)
    CHECKED.write_text(json.dumps({"version": VERSION, "fits": fits}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return wrong


def main(arguments: list[str]) -> int:
    """Run one of the two commands."""
    command, path = arguments[0], Path(arguments[1])
    if command == "skeletons":
        from tests.coverage.corpus import names  # noqa: PLC0415 - see above

        write_skeletons(path, names())
        return 0
    wrong = write_checked(path)
    sys.stdout.write("".join(f"{line}\n" for line in wrong) or "every payload fits\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
