"""The picture and the example in the README say what the app really says about the history of xz."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.project.sources import ROOT, text

HISTORY = ROOT.parent / "shared" / "data" / "histories" / "tukaani-project+xz.tar"
BACKDOOR = dt.date(2024, 2, 24)


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The alerts of a backtest over the history of xz, up to the release with the backdoor."""
    if not HISTORY.is_file():
        pytest.skip("the history of xz is not beside the project")
    folder: Path = tmp_path_factory.mktemp("xz")
    subprocess.run(["tar", "-xf", str(HISTORY), "-C", str(folder)], check=True)  # noqa: S603, S607
    (repository,) = folder.iterdir()
    command = [
        sys.executable,
        "-m",
        "workers.cli",
        "backtest",
        str(repository),
        "--until",
        str(BACKDOOR),
        "--format",
        "json",
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    found: list[dict[str, Any]] = orjson.loads(done.stdout)["alerts"]
    return found


def days_before(at: str) -> int:
    """Return how many days before the backdoor's release a time is."""
    return (BACKDOOR - dt.datetime.fromisoformat(at).astimezone(dt.UTC).date()).days


def test_the_picture_shows_alerts_that_are_raised(alerts: list[dict[str, Any]]) -> None:
    """Each mark on the picture is the first alert of its kind about the newcomer, and the days are right."""
    words = [e.text or "" for e in ET.fromstring(text("docs/xz.svg")).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    shown = [re.fullmatch(r"(\d{4}-\d\d-\d\d) · ([a-z-]+)", word) for word in words]
    marks = {m.group(2): m.group(1) for m in shown if m}
    firsts: dict[str, str] = {}
    for alert in alerts:
        if alert["subject"]["name"] == "Jia Tan":
            firsts.setdefault(alert["detector"], alert["at"])
    assert marks
    assert marks == {detector: firsts.get(detector, "never")[:10] for detector in marks}
    distances = {word for word in words if word.endswith("days before")}
    assert distances == {f"{days_before(firsts[detector])} days before" for detector in marks}


def test_the_readme_counts_the_same_days(alerts: list[dict[str, Any]]) -> None:
    """The picture's description in the README names distances of alerts that are raised."""
    described = re.search(r"!\[([^\]]+)\]\(docs/xz\.svg\)", text("README.md"))
    assert described
    numbers = {int(n) for n in re.findall(r"(\d+) days", described.group(1))}
    assert numbers
    assert numbers <= {days_before(alert["at"]) for alert in alerts}


def test_the_example_in_the_readme_is_an_alert(alerts: list[dict[str, Any]]) -> None:
    """The alert that the README shows is raised with these words."""
    block = re.search(r"```text\n(\w+)\s+(.+)\n((?:\s{7}.+\n)+)```", text("README.md"))
    assert block
    severity, title, why = block.group(1), block.group(2), " ".join(block.group(3).split())
    assert [(a["severity"], a["title"], a["why"]) for a in alerts if a["title"] == title] == [(severity, title, why)]
