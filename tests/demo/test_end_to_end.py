"""The whole demo: the story through the real server, with exactly the expected alerts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.graphql import check as graphql
from tests.openapi.check import complaints

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(170)
def test_the_story_raises_the_expected_alerts_and_nothing_else(tmp_path: Path) -> None:
    """`trust-alerts demo --exit` ends with status 0 and says in plain lines what was raised, when, and what became of it."""
    command = [sys.executable, "-P", "-m", "workers.cli", "demo", "--exit", "--speed", "0"]
    asked = tmp_path / "asked.jsonl"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "TRUST_STANDIN_LOG": str(asked)}
    done = subprocess.run(  # noqa: S603
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=160, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for expected in (
        r"2022-12-30 .*421 days before: high, .*JiaT75.* pushed to master for the first time \[open\]",
        r"2023-01-06 .*414 days before: high, .*JiaT75.* merged into master for the first time .*2023-01-07 .*\[incident\]",
        r"2023-03-18 .*343 days before: critical, .*never-seen key, pgp:59FCF207FEA7F445 \[open\]",
        r"GitHub: review of pull request #7 requested from @Larhzu",
        r"GitHub: same check updated “Trust changes”: failure",
        r"Slack, only to Jia Tan: Nothing was changed",
        r"none of them about the maintainer's own work",
    ):
        assert re.search(expected, done.stdout), expected
    assert "\x1b[" not in done.stdout
    assert list(tmp_path.glob("trust-demo-*")) == []
    requests = [json.loads(line) for line in asked.read_text(encoding="utf-8").splitlines()]
    assert any(r["method"] == "POST" and r["url"].split("?")[0].endswith("/check-runs") for r in requests)
    questions = [r for r in requests if r["url"].startswith("/graphql")]
    assert questions
    assert [c for r in questions for c in graphql.complaints(r["body"])] == []
    told = [r for r in requests if r not in questions]
    assert [c for r in told for c in complaints(r["method"], r["url"].rstrip("?"), r["body"])] == []
