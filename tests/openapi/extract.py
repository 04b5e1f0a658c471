"""Cut from GitHub's OpenAPI description what our requests need, into `description.json`.

The description is https://github.com/github/rest-api-description (MIT licence), as the npm package `@octokit/openapi`
ships it. Run anew after adding a line to `operations.txt`:

    npm install --prefix FOLDER @octokit/openapi
    python -m tests.openapi.extract FOLDER/node_modules/@octokit/openapi
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_KEPT = ("type", "enum", "maximum", "maxLength", "maxItems", "nullable")


def wanted() -> list[str]:
    """Return the operations the app uses, like `GET /app`."""
    return [line for line in (HERE / "operations.txt").read_text(encoding="utf-8").splitlines() if line]


class Description:
    """The whole description, with its references followed."""

    def __init__(self, package: Path) -> None:
        about = json.loads((package / "package.json").read_text(encoding="utf-8"))
        self.version = f"{about['name']} {about['version']}"
        self._all = json.loads((package / "generated" / "api.github.com.json").read_text(encoding="utf-8"))

    def followed(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return what a reference leads to, or the part itself."""
        while "$ref" in part:
            found = self._all
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def operation(self, name: str) -> dict[str, Any]:
        """Return query parameters and body of one operation.

        Raises:
            KeyError: GitHub has no such operation.
        """
        verb, _, path = name.partition(" ")
        found = self._all["paths"][path][verb.lower()]
        parameters = [self.followed(p) for p in found.get("parameters", [])]
        query = {p["name"]: self.schema(p.get("schema", {})) for p in parameters if p["in"] == "query"}
        segments = [p["name"] for p in parameters if p["in"] == "path" and p.get("x-multi-segment")]
        body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        made: dict[str, Any] = {"query": query, "app": found["x-github"]["enabledForGitHubApps"]}
        if segments:
            made["segments"] = segments
        if body is not None:
            made["body"] = self.schema(body)
        return made

    def schema(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return a schema without texts and examples."""
        part = self.followed(part)
        made = {k: part[k] for k in _KEPT if k in part}
        if "properties" in part:
            made["properties"] = {k: self.schema(v) for k, v in part["properties"].items()}
            made["required"] = part.get("required", [])
        if "items" in part:
            made["items"] = self.schema(part["items"])
        if isinstance(part.get("additionalProperties"), dict):
            made["additionalProperties"] = self.schema(part["additionalProperties"])
        for choice in ("oneOf", "anyOf", "allOf"):
            if choice in part and "properties" not in part:
                made[choice] = [self.schema(s) for s in part[choice]]
        return made


def main(package: str) -> None:
    """Write the extract."""
    description = Description(Path(package))
    made = {
        "source": description.version,
        "licence": "MIT, Copyright (c) GitHub",
        "operations": {name: description.operation(name) for name in wanted()},
    }
    (HERE / "description.json").write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
