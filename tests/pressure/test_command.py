"""`trust-alerts pressure`: one answer for each line, roles first, and how well it does on labelled comments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workers.pressure.command import lines

DEMAND = "You should hand the project over to somebody else."
LABELLED = Path(__file__).parents[2] / "../shared/data/pressure_dev.jsonl"


def answer(**comment: Any) -> dict[str, Any]:
    """Return the answer to one comment."""
    (only,) = lines([json.dumps({"id": 1, "text": DEMAND, **comment})])
    return only


def test_the_answer_has_the_promised_fields() -> None:
    """Scripts depend on id, score, signals and flagged."""
    assert answer(id="a-1") == {"id": "a-1", "score": 0.7, "signals": ["handover-demand"], "flagged": True}


@pytest.mark.parametrize("role", ["OWNER", "MEMBER", "COLLABORATOR", "owner"])
def test_a_maintainers_own_words_are_never_pressure(role: str) -> None:
    """The role is looked at before the text."""
    assert answer(author_association=role) == {"id": 1, "score": 0.0, "signals": [], "flagged": False}


def test_neither_are_an_apps() -> None:
    """Bots ask for things all day."""
    assert not answer(author="stale[bot]")["flagged"]


@pytest.mark.parametrize("role", [None, "NONE", "CONTRIBUTOR", 7])
def test_other_roles_are_read(role: object) -> None:
    """Whatever else a line says about the author."""
    assert answer(author_association=role)["flagged"]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 3}', '{"id": 3, "text": null}', "[" * 100_000])
def test_a_line_that_cannot_be_read_gets_its_answer_too(line: str) -> None:
    """One answer a line, whatever is in it, and the next line is read."""
    bad, good = lines([line, json.dumps({"id": 2, "text": DEMAND})])
    assert not bad["flagged"]
    assert bad["error"].startswith("line 1: ")
    assert good["flagged"]


def test_empty_lines_are_skipped() -> None:
    """As editors leave them at the end of a file."""
    assert list(lines(["\n", "  "])) == []


def test_it_is_right_three_times_of_four_and_hears_more_than_half() -> None:
    """On labelled comments whose text decides alone: precision at least 0.75 at recall at least 0.60."""
    if not LABELLED.is_file():
        pytest.skip("the labelled comments are not beside this checkout")
    roles = {"maintainer": "OWNER", "regular": "CONTRIBUTOR", "newcomer": "NONE"}
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    rows = [row | {"author_association": roles.get(row["author_known_history"])} for row in rows if not row["needs_context"]]
    flagged = [told["flagged"] for told in lines(map(json.dumps, rows))]
    hits = sum(row["positive"] and flag for row, flag in zip(rows, flagged, strict=True))
    assert hits >= 0.75 * sum(flagged)
    assert hits >= 0.60 * sum(row["positive"] for row in rows)
