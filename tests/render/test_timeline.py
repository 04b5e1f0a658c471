"""The drawing of a history: what it shows, that it is one well-formed picture, and that names stay letters."""

from __future__ import annotations

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from github_app.ledger import Ledger
from github_app.model import Alert, Case, Evidence, Finding, Person, Power, Repository, Severity, Stage, Subject
from tests.render.hostile import TEXT, UNSEEN
from workers.history import powers
from workers.history.report import Report
from workers.render import backtest_html, backtest_text

ANN, EVE = Person(name="Ann Able", email="ann@example.org"), Person(name="Eve Early", email="eve@example.org")


def day(text: str) -> dt.datetime:
    """Return a day at midnight."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def alert(at: str, who: Person, severity: Severity = Severity.HIGH, title: str = "Somebody did something") -> Alert:
    """Return an alert about somebody."""
    finding = Finding(
        severity=severity,
        subject=Subject(person=who),
        title=title,
        why="Because.",
        before="a",
        after="b",
        evidence=(Evidence(kind="commit", value="1" * 40),),
        detector="new-committer",
    )
    repository = Repository(id=1, full_name="acme/widget")
    return Alert(finding=finding, stage=Stage.STABLE, repository=repository, fingerprint=at, at=day(at), raised_at=day(at))


def report(eve: Person = EVE, title: str = "Eve pushed", others: int = 0) -> Report:
    """Return a report on a history in which Ann did everything for years and Eve came."""
    ledger = Ledger()
    for power in (Power.AUTHOR, Power.COMMITTER, Power.RELEASER):
        for at in ("2010-01-01", "2024-01-01"):
            ledger.use(power, ANN, day(at))
    for at in ("2021-01-01", "2023-12-31"):
        ledger.use(Power.COMMITTER, eve, day(at))
    ledger.use(Power.SIGNER, "pgp:0123456789ABCDEF", day("2022-01-01"), person=eve)
    for number in range(others):
        ledger.use(Power.COMMITTER, Person(name=f"Other {number}", email=f"o{number}@example.org"), day("2015-01-01"))
    ledger.use(Power.AUTHOR, Person(name="Only Author", email="x@example.org"), day("2015-01-01"))
    alerts = (alert("2021-01-01", eve, title=title), alert("2021-01-02", eve, Severity.CRITICAL))
    case = Case(
        id="case-1", opened_at=day("2021-01-01"), severity=Severity.CRITICAL, subject=Subject(person=eve), alerts=(0, 1)
    )
    lanes, more = powers.lanes(ledger, alerts)
    return Report(
        repository="acme/widget",
        ref="refs/heads/main",
        commits=10,
        tags=1,
        first_at=day("2010-01-01"),
        last_at=day("2024-01-01"),
        settled_at=day("2010-04-01"),
        alerts=alerts,
        cases=(case,),
        lanes=lanes,
        more_people=more,
    )


def drawings(page: str) -> list[ET.Element]:
    """Return the pictures of a page, parsed."""
    return [ET.fromstring(text) for text in re.findall(r'<svg class="timeline".*?</svg>(?=<figcaption>)', page, re.DOTALL)]  # noqa: S314


def test_the_drawing_shows_powers_alerts_and_the_case() -> None:
    """Each power is a bar with its dates, each alert a mark that leads to it, the case a band with a picture of its own."""
    case, whole = drawings(backtest_html.show(report()))
    told = [title.text for title in whole.iter("title")]
    assert "committer: 2 times, 2021-01-01 to 2023-12-31" in told
    assert "signer \u202689ABCDEF: once, 2022-01-01 to 2022-01-01" in told
    assert "2021-01-02, critical: Somebody did something" in told
    assert [a.get("href") for a in whole.iter("a")] == ["#alert-0", "#alert-1"]
    assert [r.get("class") for r in whole.iter("rect")].count("band") == 1
    assert [a.get("href") for a in case.iter("a")] == ["#alert-0", "#alert-1"]
    marks = [s.get("y") for s in whole.iter("svg") if s.get("overflow")]
    assert len(set(marks)) == 2, "two alerts of two days are drawn under each other"


def test_a_bar_lies_where_its_dates_are() -> None:
    """From the first to the last of fourteen years is the whole width; three of them are a fifth of it."""
    (_, whole) = drawings(backtest_html.show(report()))
    bars = {}
    for group in whole.iter("g"):
        rect, text = group.find("rect"), group.find("text")
        assert rect is not None
        assert text is not None
        bars[rect.get("class"), text.text] = (float((rect.get("x") or "")[:-1]), float((rect.get("width") or "")[:-1]))
    assert bars["bar releaser", "releaser"] == pytest.approx((1.0, 97.0), abs=0.1)
    assert bars["bar signer", "signer \u202689ABCDEF"] == pytest.approx((84.1, 0.5), abs=0.2)


def test_the_drawing_can_be_heard() -> None:
    """A title, a description, and the same as a table; no script, nothing from elsewhere."""
    page = backtest_html.show(report())
    for picture in drawings(page):
        names = (picture.get("aria-labelledby") or "").split()
        assert {e.get("id") for e in picture if e.tag in {"title", "desc"}} == set(names)
        assert picture.get("role") == "img"
    assert "<th scope=row>Eve Early</th><td>committer</td><td>2021-01-01</td><td>2023-12-31</td><td>2</td>" in page
    assert not re.search(r"<script|<link|src=|url\(|@import|https?:", page)
    assert "prefers-color-scheme:dark" in page


def test_few_people_are_drawn_and_the_others_counted() -> None:
    """Whoever an alert is about is always among them; mere authors never are."""
    many = report(others=30)
    assert len(many.lanes) == powers.MOST_PEOPLE
    assert {"Ann Able", "Eve Early"} <= {lane.label for lane in many.lanes}
    assert "20 more people hold a power beyond the author&#x27;s" in backtest_html.show(many)
    assert "20 more people" in backtest_text.show(many)
    assert "Only Author" not in backtest_html.show(many)


def test_the_terminal_draws_the_same() -> None:
    """Years above, bars from first to last use, the worst alert where two meet."""
    text = backtest_text.show(report()).splitlines()
    axis = next(line for line in text if line.startswith("Who held which power"))
    eve = text.index("Eve Early")
    assert axis.index("|2010") == 26
    assert text[eve + 1].index("=") == 26 + 72 * 11 // 14
    assert text[eve + 2].startswith("  signer 89ABCDEF")
    assert text[eve + 3].split() == ["alerts", "C"]


def test_a_history_of_nobody_is_not_drawn() -> None:
    """An empty window has neither lanes nor pictures."""
    nothing = Report(
        repository="a/b", ref="main", commits=0, tags=0, first_at=None, last_at=None, settled_at=None
    )  # fmt: skip
    assert drawings(backtest_html.show(nothing)) == []
    assert "Who held" not in backtest_text.show(nothing)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(name=TEXT, title=TEXT)
def test_names_stay_letters(name: str, title: str) -> None:
    """Whatever somebody is called, the picture is well-formed and holds only our own elements."""
    told = report(Person(name=name, email="eve@example.org"), title)
    page = backtest_html.show(told)
    for picture in drawings(page):
        assert {e.tag for e in picture.iter()} <= {"svg", "title", "desc", "text", "line", "g", "rect", "a", "path"}
        assert all(not key.startswith("on") for e in picture.iter() for key in e.attrib)
    assert len(drawings(page)) == 2
    assert not UNSEEN.search(page.replace("\u2026", ""))
    assert not UNSEEN.search(backtest_text.show(told))
