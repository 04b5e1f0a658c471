"""The detection benchmark: what counts as found, what is said of what was missed, and the page, on a history made here."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from bench import detection
from tests.history.repos import ANN, BOB, DAY, EVE, START, Builder

LANDED = "2021-01-20T12:00:00+00:00"


@pytest.fixture
def histories(tmp_path: Path) -> Path:
    """Return a folder with one packed history: Ann pushes for months, then Eve does."""
    builder = Builder.new(tmp_path / "acme+widget.git")
    for week in range(1, 30):
        builder.commit(ANN, "Work", at=START + week * 4 * DAY)
    builder.commit(EVE, "Help", at=START + 129 * DAY)
    builder.build()
    with tarfile.open(tmp_path / "acme+widget.tar", "w") as packed:
        packed.add(builder.path, "acme+widget.git")
    (tmp_path / "acme+widget.git").rename(tmp_path / "elsewhere")
    return tmp_path


def measured(folder: Path, capsys: pytest.CaptureFixture[str], *events: dict[str, Any]) -> str:
    """Return the page about one incident with these labelled events."""
    told = [{"repo": repo, "pattern": "long_con", "events": list(events)} for repo in ("acme/widget", "acme/nowhere")]
    (folder / "labels.json").write_text(json.dumps(told))
    arguments = ["--incidents", str(folder / "labels.json"), "--histories", str(folder), "--controls", "acme/widget"]
    assert detection.main([*arguments, "--write", str(folder / "page.md")]) == 0
    page = capsys.readouterr().out
    assert (folder / "page.md").read_text() == page
    return page


def event(**fields: object) -> dict[str, Any]:
    """Return a labelled event about Eve's first push."""
    common = {"date": LANDED, "kind": "new_committer", "who": EVE, "severity": "critical", "visible": "HEAD"}
    return {**common, **fields}


def test_an_alert_about_the_labelled_person_finds_the_incident(histories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page says when, how bad, and by which detector; a history that is not there is no miss."""
    page = measured(histories, capsys, event(), event(who=BOB))
    assert "**1 of 1** incidents" in page
    assert "| acme/widget | long con | 2021-01-20 | high | - | 1 of 2 | `new-committer` |" in page
    assert "not judged: acme/nowhere" in page
    assert "| acme/widget | 1 | 1 |" in page


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ({"who": BOB}, "nothing changed hands that the ledger knows of (new_committer)"),
        ({"date": "2021-04-20T12:00:00+00:00"}, "nothing changed hands"),
        ({"who": BOB, "kind": "guard_removed", "path": "tar/read.c"}, "changed inside of it (tar/read.c)"),
    ],
    ids=["somebody else", "months later", "contents"],
)
def test_what_is_missed_is_published_with_the_reason(
    histories: Path, capsys: pytest.CaptureFixture[str], label: dict[str, str], reason: str
) -> None:
    """An alert about somebody else, or at another time, finds nothing."""
    page = measured(histories, capsys, event(**label))
    assert "**0 of 1** incidents" in page
    assert reason in page.partition("## Missed")[2].partition("##")[0]


@pytest.mark.parametrize("label", [{"who": "somebody", "commit": "f" * 40, "tag": "v9", "path": "src/30.c"}, {"who": ""}])
def test_nothing_matches_by_being_empty(histories: Path, capsys: pytest.CaptureFixture[str], label: dict[str, str]) -> None:
    """A label that names nobody and nothing is not found by an alert without address or key."""
    assert "**0 of 1** incidents" in measured(histories, capsys, event(**label))
