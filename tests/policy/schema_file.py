"""Writes docs/trust-alerts.schema.json from the declaration: `python -m tests.policy.schema_file`."""

from __future__ import annotations

import json
from pathlib import Path

from github_app.policy import keys
from workers import detectors

PATH = Path(__file__).parents[2] / "docs" / "trust-alerts.schema.json"


def text() -> str:
    """Return what the file should hold."""
    return json.dumps(keys.schema([d.id for d in detectors.load()]), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
