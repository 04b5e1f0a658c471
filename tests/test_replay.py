"""Replay: every line gets an answer, whatever stands in it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from workers.replay import replay

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "webhooks_dev.jsonl.gz"


def answer(entry: object) -> dict[str, Any]:
    """Replay one entry."""
    (only,) = replay([json.dumps(entry)], NOW)
    return only


def member_added(role: str) -> dict[str, Any]:
    """Build a delivery that gives somebody a role."""
    return {
        "event": "member",
        "delivery": "d-1",
        "payload": {
            "action": "added",
            "member": {"id": 7, "login": "newcomer", "type": "User"},
            "sender": {"id": 1, "login": "owner", "type": "User"},
            "changes": {"permission": {"to": role}, "role_name": {"to": role}},
            "repository": {
                "id": 5,
                "full_name": "acme/tool",
                "default_branch": "main",
                "owner": {"id": 9, "login": "acme", "type": "Organization"},
            },
        },
    }


def test_a_grant_of_write_access_is_an_alert() -> None:
    """A new collaborator with write access is told with detector, severity and subject."""
    told = answer(member_added("write"))
    assert told["error"] is None
    assert told["ignored"] is None
    assert told["delivery"] == "d-1"
    assert [f["kind"] for f in told["facts"]] == ["access_changed"]
    (alert,) = told["alerts"]
    assert (alert["detector"], alert["severity"]) == ("access-granted", "medium")
    assert alert["subject"]["login"] == "newcomer"


def test_what_belongs_together_is_told_as_a_case() -> None:
    """A newcomer who gets access and then more of it is one story; the line that adds a step shows it whole."""
    first, second = member_added("write"), member_added("admin") | {"delivery": "d-2"}
    lines = [json.dumps(first | {"at": "2026-01-01T00:00:00Z"}), json.dumps(second | {"at": "2026-01-11T00:00:00Z"})]
    alone, together = replay(lines, NOW)
    assert alone["cases"] == []
    (case,) = together["cases"]
    assert (case["severity"], case["about"]) == ("high", "@newcomer")
    assert [(step["days"], step["severity"]) for step in case["steps"]] == [(0, "medium"), (10, "high")]


def test_a_grant_of_read_access_is_only_noted() -> None:
    """Reading gives no power over what is shipped: it is recorded, and nobody is told."""
    told = answer(member_added("read"))
    assert told["facts"]
    assert [(a["detector"], a["severity"]) for a in told["alerts"]] == [("noted", "low")]


def test_the_same_delivery_twice_alerts_once() -> None:
    """GitHub may send a delivery again; its GUID tells."""
    line = json.dumps(member_added("admin"))
    first, second = replay([line, "", line], NOW)
    assert len(first["alerts"]) == 1
    assert second["alerts"] == []
    assert "GUID" in second["ignored"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "each line needs"),
        ('{"event": "push"}', "the payload is not a JSON object"),
        ('{"event": "push", "payload": {}, "at": "yesterday"}', "not an RFC 3339 time"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_is_an_answer_with_an_error(line: str, says: str) -> None:
    """A bad line costs nothing but itself."""
    bad, good = replay([line, json.dumps(member_added("write"))], NOW)
    assert says in bad["error"]
    assert bad["alerts"] == []
    assert good["alerts"]


def test_an_event_that_says_nothing_about_trust_has_a_stated_reason() -> None:
    """Ignoring is an answer too."""
    told = answer({"event": "star", "payload": {"action": "created"}})
    assert told["facts"] == []
    assert told["ignored"]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded payloads lie outside the repository and are not here")
def test_every_recorded_payload_has_facts_or_a_reason() -> None:
    """No recorded payload is a crash or a silence."""
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for told in replay(lines, NOW):
            assert told["error"] is None
            assert bool(told["facts"]) != bool(told["ignored"])
