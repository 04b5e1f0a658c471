"""A case reads as a story with dates, a report fits into one message, and nothing from outside becomes markup."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from demo.standin.slack_limits import problems
from github_app.ledger import Holding
from github_app.links import Links
from github_app.model import Case, Evidence, Person, Power, Repository, Severity, State, Step, Subject, Verdict
from github_app.report import Report, powers
from tests.notify.material import AT, alert
from tests.render.hostile import LONG, TEXT, UNSEEN, unpaired_isolates
from tests.render.test_hostile_alerts import hostile, nodes, strings
from tests.test_cases import EVE, MAL, step
from workers.cases import story
from workers.render import case_text, report_json, report_text, slack_alert, slack_notice, slack_report
from workers.render.message import Announcement, Message

LINKS = Links(github_url="https://github.com")


def report(text: str, *, name: str = "", learned: bool = True) -> Report:
    """Return a report in which everything that comes from outside is `text`."""
    who = Person(id=2, login=text, name=text, email=text)
    used = AT - dt.timedelta(days=3)
    held = [
        Holding(subject=key, power=power, person=who, since=AT, last_used=used, uses=1)
        for power in Power
        for key in (f"name:{text}", f"pgp:{text}")
    ]
    told = tuple(
        alert(n, title=text, subject=Subject(person=who, key=text), evidence=(Evidence(kind=text, value=text, url=text),))
        for n in range(40)
    )
    case = Case(id="case-1", opened_at=AT, severity=Severity.CRITICAL, subject=told[0].finding.subject, alerts=(0, 1, 2))
    return Report(
        repository=Repository(id=7, full_name=name or text, owner_id=9), made_at=AT, learned=learned, commits=1, tags=2,
        held=powers(held, AT), raised=told, cases=(case,), gaps=(text, *(f"{n} {text}" for n in range(20))),
    )  # fmt: skip


def test_a_case_is_one_story_with_dates() -> None:
    """Date, days since the first step, how bad, what happened, and what was decided about it."""
    alerts = [
        step(0, MAL, Step.PRESSURE, beneficiaries=(EVE,), title="Somebody presses"),
        step(206, EVE, Step.GRANT, title="Eve got write", state=State.RESOLVED, verdict=Verdict.EXPECTED),
        step(284.5, EVE, severity=Severity.HIGH, title="Eve pushed for the first time"),
    ]
    assert case_text.text(story("case 3", alerts)).splitlines() == [
        "HIGH case about @eve in acme/tool: 3 steps in 284 days (case 3)",
        "  2026-03-01    +0 days  medium    Somebody presses",
        "  2026-09-23  +206 days  medium    Eve got write [expected]",
        "  2026-12-10  +284 days  high      Eve pushed for the first time",
    ]


def test_several_repositories_are_named() -> None:
    """A story that goes through an organisation says where each step was."""
    elsewhere = Repository(id=0, full_name="acme", owner_id=9)
    told = case_text.text(
        story("case 3", [step(0, EVE, Step.GRANT, repository=elsewhere, title="x"), step(1, EVE, title="y")])
    )
    assert "in acme, acme/tool" in told
    assert "acme/tool: y" in told


def test_a_case_that_was_explained_is_closed() -> None:
    """When every step was called expected or harmless, the story says so instead of how bad it was."""
    done = [step(n, EVE, state=State.RESOLVED, verdict=Verdict.HARMLESS) for n in range(2)]
    assert case_text.summary(story("case 3", done)) == "2 steps since 2026-03-01, now closed"


def test_a_long_case_shows_its_beginning_and_its_end() -> None:
    """How it began matters as much as the latest steps."""
    alerts = [step(n, EVE, title=f"step {n}") for n in range(20)]
    message = Message(
        channel="slack", target="C1", alerts=(replace(alerts[-1], id=5),), repository=alerts[-1].repository,
        case=story("case 3", alerts),
    )  # fmt: skip
    shown = str(slack_alert.render(message, LINKS).blocks)
    assert [n for n in range(20) if f"step {n} " in f"{shown} ".replace("'", " ")] == [0, 19]
    assert "\u2026 18 more" in shown


@pytest.mark.parametrize("state", [(State.OPEN, None), (State.ACKNOWLEDGED, None), (State.RESOLVED, Verdict.HARMLESS)])
@pytest.mark.parametrize("steps", [0, 1, 2, 7, 200])
def test_an_alert_in_a_case_takes_twelve_lines(state: tuple[State, Verdict | None], steps: int) -> None:
    """Whatever there is to say about it; what has no room is a number with a link."""
    told = story("case 3", [step(n, EVE, title=f"step {n}") for n in range(steps)]) if steps else None
    message = replace(hostile("x", state), case=told, support=None)
    links = replace(LINKS, public_url="https://trust.acme.example")
    blocks = slack_alert.render(message, links).blocks
    assert height(blocks) <= 12
    if steps > 2:
        assert "https://trust.acme.example/alerts/" in str(blocks)
        assert f"step {steps - 1}'" in str(blocks), "the latest step is always shown"
    assert "more" in str(blocks) or steps <= 2


def height(blocks: list[dict[str, Any]]) -> int:
    """Return how many lines a message has, those aside that a small screen breaks, and the buttons."""
    lines = 0
    for block in blocks:
        if block["type"] in {"header", "context"}:
            lines += 1
        for element in block["elements"] if block["type"] == "rich_text" else ():
            text = "".join(part.get("text", "") for part in element["elements"])
            lines += len(element["elements"]) if element["type"] == "rich_text_list" else 1 + text.count("\n")
    return lines


@settings(max_examples=60, deadline=None)
@given(TEXT)
@example(LONG)
@example("")
def test_cases_in_slack_are_text_within_the_limits(text: str) -> None:
    """Also with a case in it Slack takes an alert's message, and the line about a case is text."""
    who = Person(id=2, login=text, name=text, email=text)
    told = story(
        "case 3", [step(n, who, title=text, repository=Repository(id=7, full_name=text, owner_id=9)) for n in range(9)]
    )
    shown = slack_alert.render(replace(hostile(text, (State.OPEN, None)), case=told), LINKS)
    check(shown.blocks, shown.text)
    line = slack_notice.render(Announcement(key="case:1:high", made_at=AT, content=told), LINKS)
    check(line.blocks, line.text)
    console = case_text.text(told)
    assert not UNSEEN.search(console)
    assert console.count("\n") == 9


@settings(max_examples=25, deadline=None)
@given(TEXT, st.booleans(), st.sampled_from([1, 2, 40]))
@example(LONG, True, 1)
@example(LONG, True, 40)
@example("", False, 2)
def test_reports_are_one_message_of_text(text: str, learned: bool, number: int) -> None:
    """However long and hostile: one message that Slack takes, lines for a terminal, and JSON."""
    told = tuple(report(text, learned=learned) for _ in range(number))
    shown = slack_report.render(told, LINKS)
    check(shown.blocks, shown.text)
    assert len(json.dumps(shown.blocks, ensure_ascii=False)) <= 13_000
    console = report_text.several(told)
    assert not UNSEEN.search(console)
    assert console.count("\n") < 300
    assert json.loads(report_json.show(told[0]))["learned"] is learned


def test_an_organisation_of_three_hundred_is_readable() -> None:
    """What deserves a look comes first, the rest is counted, and the message says how to see one in full."""
    quiet = [replace(report("x", name=f"acme/quiet{n:03}"), raised=(), cases=(), held=(), gaps=()) for n in range(297)]
    loud = [replace(report("x", name=f"acme/loud{n}"), gaps=("the same gap",)) for n in range(3)]
    shown = slack_report.render((*quiet, *loud), LINKS)
    text = " ".join(n["text"] for n in nodes(shown.blocks) if isinstance(n.get("text"), str))
    assert "300 repositories are watched now; the past of 300 was learned." in text
    assert "297 of them would have been quiet in the last 12 months, 3 not." in text
    assert re.search(r"acme/loud0 : 40 alerts, at worst critical", text)
    assert "the same gap  (3 repositories)" in text
    assert "acme/quiet" not in text
    assert "`trust-alerts report OWNER/NAME`" in text
    lines = report_text.several((*quiet, *loud)).splitlines()
    assert lines[1].startswith("  acme/loud0: 40 alerts in 12 months, at worst critical.")
    assert lines[-1] == "  and 250 more"


def check(blocks: list[dict[str, object]], text: str) -> None:
    """Fail when Slack would refuse it, or when anything from outside is more than text."""
    assert problems(blocks) == []
    assert len(blocks) <= 50
    for block in blocks:
        assert sum(len(n["text"]) for n in nodes(block) if isinstance(n.get("text"), str)) <= 3_000
    for node in nodes(blocks):
        assert node.get("type") not in {"user", "usergroup", "broadcast", "channel", "emoji", "team", "image"}
        if node.get("type") == "link":
            assert node["url"].startswith("https://github.com/")
        if node.get("type") == "mrkdwn":
            assert "<" not in node["text"]
    assert "<" not in text
    assert not any(UNSEEN.search(s) or unpaired_isolates(s) for s in (*strings(blocks), text))
