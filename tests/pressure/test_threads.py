"""`trust-alerts pressure --threads`: one line more for each thread whose comments make a pattern."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from click.testing import CliRunner

from tests.detectors import pages
from workers.cli import cli
from workers.pressure.command import lines
from workers.pressure.signals import DISCLOSURE, FOREIGN, SIGNALS

BLAME, DEMAND = "You do not care about your users.", "You should step down as maintainer."


def comment(number: int, text: str, *, at: str | None = None, **fields: Any) -> str:
    """Return a line."""
    return json.dumps({"id": number, "text": text, "thread": "a#1", "author": "eve", "at": at, **fields})


def patterns(*comments: str) -> list[dict[str, Any]]:
    """Return the lines about threads."""
    return [told for told in lines(comments, threads=True) if "pattern" in told]


GROWING = (
    comment(1, BLAME, at="2024-05-01T10:00:00Z"),
    comment(2, DEMAND, at="2024-05-20T10:00:00Z"),
    comment("three", BLAME, at="2024-06-03T10:00:00+02:00"),  # type: ignore[arg-type]  # ids may be anything
)


def test_a_pattern_is_one_line_after_all_others() -> None:
    """With the thread, the signs and the ids as they came in."""
    told = list(lines(GROWING, threads=True))
    assert [t["flagged"] for t in told[:3]] == [True, True, True]
    assert told[3:] == [
        {"thread": "a#1", "pattern": True, "signals": ["escalation", "returns", "first-act"], "comments": [1, 2, "three"]}
    ]


def test_without_the_option_there_is_none() -> None:
    """One line out for each line in."""
    assert len(list(lines(GROWING))) == len(GROWING)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_less_is_no_pattern(gone: int) -> None:
    """Each of the three is needed."""
    assert patterns(*(line for number, line in enumerate(GROWING) if number != gone)) == []


def test_other_peoples_threads_do_not_count_and_ones_own_do() -> None:
    """Strangers who demand the same in another thread may be about another project; the same account is the same."""
    elsewhere = [line.replace("a#1", "b#1") for line in GROWING[:2]]
    assert patterns(*(line.replace("eve", "mallory") for line in elsewhere), GROWING[2]) == []
    assert [p["thread"] for p in patterns(*elsewhere, GROWING[2])] == ["a#1"]


def test_without_times_the_order_counts() -> None:
    """A demand by one and blame by another after a maintainer's word."""
    told = patterns(
        comment(1, "I have been ill for weeks.", author="alice", author_association="OWNER"),
        comment(2, DEMAND),
        comment(3, BLAME, author="mallory"),
    )
    assert [(p["signals"], p["comments"]) for p in told] == [(["several-accounts", "after-disclosure", "first-act"], [2, 3])]


@pytest.mark.parametrize("field", ["thread", "author", "author_association", "author_created_at", "at"])
@pytest.mark.parametrize("value", [7, None, [], {}, "", "yesterday", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z"])
def test_odd_fields_do_no_harm(field: str, value: object) -> None:
    """Whatever another program writes into them."""
    told = list(lines([json.dumps(json.loads(line) | {field: value}) for line in GROWING], threads=True))
    assert [(t["flagged"], t.get("error")) for t in told[:3]] == [(True, None)] * 3


def test_the_command_takes_the_option() -> None:
    """From a pipe, each answer a line; a bad line is answered and the next is read."""
    ran = CliRunner().invoke(cli, ["pressure", "-", "--threads"], input="\n".join(["{", *GROWING]))
    told = [json.loads(line) for line in ran.output.splitlines()]
    assert ran.exit_code == 0
    assert told[0]["error"] == "line 1: not JSON"
    assert told[-1]["pattern"] is True


def test_the_campaign_against_xz_is_told_by_the_14th_of_june() -> None:
    """In our own words, with its dates and roles, as a file of comments."""
    story = tomllib.loads((pages.ROOT / "demo" / "xz" / "pressure.toml").read_text(encoding="utf-8"))["comment"]
    until = [c for c in story if c["at"].date().isoformat() <= "2022-06-14"]
    told = patterns(
        *(
            json.dumps({
                "id": number, "text": c["text"], "thread": c["issue"], "author": c["by"],
                "author_association": c["association"], "at": c["at"].isoformat(),
            })
            for number, c in enumerate(until, 1)
        )
    )  # fmt: skip
    assert "after-disclosure" in {sign for pattern in told for sign in pattern["signals"]}


def test_every_signal_has_its_entry() -> None:
    """Name, weight and sentence on the page are those of the code."""
    page = (pages.ROOT / "docs" / "pressure.md").read_text(encoding="utf-8")
    for signal in (*SIGNALS, DISCLOSURE, FOREIGN):
        assert f"| `{signal.name}` | {signal.weight:g} | {signal.sentence} |" in page
