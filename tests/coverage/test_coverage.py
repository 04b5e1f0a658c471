"""Every way in which trust moves is told, as loud as it should be; its harmless twin is not told at all."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from github_app.model import Severity
from tests.coverage import published, table
from tests.coverage.corpus import Case, Line, cases, every_payload
from workers import detectors
from workers.facts import events
from workers.replay import replay

CASES = cases()
NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
EVENTS = Path(__file__).parents[3] / "shared" / "data" / "trust_events.json"


def last(*lines: Line) -> dict[str, Any]:
    """Replay lines and return what the last one leads to; none of them may be an error."""
    answers = list(replay([json.dumps(line.entry()) for line in lines], NOW))
    assert [a["error"] for a in answers] == [None] * len(lines)
    return answers[-1]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.label}-{c.severity.value}")
def test_it_is_told(case: Case) -> None:
    """The payload leads to an alert of the named detector, and to one of the stated severity at least."""
    if case.detector not in {d.id for d in detectors.load()}:
        pytest.skip(f"the detector {case.detector} is not part of this version")
    told = last(*case.past, case.line)
    assert case.detector in [a["detector"] for a in told["alerts"]], told
    assert max(Severity(a["severity"]).rank for a in told["alerts"]) >= case.severity.rank, told["alerts"]


@pytest.mark.parametrize("case", [c for c in CASES if c.twin], ids=lambda c: f"{c.label}-{c.severity.value}")
def test_its_twin_is_silent(case: Case) -> None:
    """The same event with nothing lost, by somebody known, or strengthening, leads to no alert of any severity."""
    assert case.twin is not None
    told = last(*case.past, case.twin)
    assert told["alerts"] == []


def test_every_payload_fits_the_published_description() -> None:
    """Each payload is one that was checked against GitHub's own description, and none was changed since."""
    fits = json.loads(published.CHECKED.read_text(encoding="utf-8"))["fits"]
    assert {label: published.fingerprint(payload) for label, _, payload in every_payload()} == fits, (
        "run: python -m tests.coverage.published check ghec.json"
    )


def test_every_event_that_is_read_has_a_case() -> None:
    """A handler or action without a case would be covered by nobody."""
    covered = {(c.line.event, c.line.action) for c in CASES}
    read = {
        (h.event, action) for h in events.load().values() for action in h.reads if (h.event, action) not in COVERED_ELSEWHERE
    }
    assert read - covered == set()


COVERED_ELSEWHERE = {
    *(("pull_request", action) for action in ("opened", "reopened", "ready_for_review")),  # nothing has moved yet
    *(("release", action) for action in ("created", "released", "prereleased")),  # `published` comes beside them
    *((event, action) for event in ("issues", "issue_comment", "discussion_comment") for action in ("edited", "deleted")),
    ("custom_property", "created"),  # nothing goes by it yet
    ("check_run", "requested_action"),  # a button of our own
}  # fmt: skip


def test_the_table_of_events_is_up_to_date() -> None:
    """The page says what the code does."""
    assert table.table() in table.PAGE.read_text(encoding="utf-8"), "run: python -m tests.coverage.table"


@pytest.mark.skipif(not EVENTS.is_file(), reason="the list of trust events lies outside the repository and is not here")
def test_every_listed_event_has_its_case() -> None:
    """Each row of the list (event, action) has a case, in the same order, with no lower severity."""
    wanted: dict[tuple[str, str], list[Severity]] = defaultdict(list)
    for row in json.loads(EVENTS.read_text(encoding="utf-8")):
        wanted[row["event"], row["action"] or ""].append(Severity(row["severity"]))
    have: dict[tuple[str, str], list[Severity]] = defaultdict(list)
    for case in CASES:
        have[case.line.event, case.line.action].append(case.severity)
    for key, severities in wanted.items():
        found, needed = sorted(s.rank for s in have[key]), sorted(s.rank for s in severities)
        assert len(found) >= len(needed), key
        assert all(f >= n for f, n in zip(found[-len(needed) :], needed, strict=True)), key
