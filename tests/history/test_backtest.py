"""The backtest: the live judge over a whole history, reported as text, JSON and HTML."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.history.repos import ANN, BOB, DAY, EVE, START, WEB_FLOW, Builder
from tests.history.server import serving
from workers.backtest import run

KEYS_OF_AN_ALERT = {"at", "detector", "severity", "stage", "subject", "evidence", "title", "why", "case"}


def _run(repo: str | Path, **options: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = run(str(repo), stdout=out, stderr=err, **options)
    return status, out.getvalue(), err.getvalue()


def _report(repo: str | Path, **options: Any) -> dict[str, Any]:
    status, out, err = _run(repo, format="json", **options)
    assert status == 0, err
    return dict(json.loads(out))


@pytest.fixture
def takeover(tmp_path: Path) -> Path:
    """Return a history: two years of Ann and Bob, then Eve pushes, merges, and Bob comes under another address."""
    repo = Builder.new(tmp_path / "acme+widget.git")
    for week in range(104):
        repo.commit(ANN if week % 3 else BOB, f"week {week}", at=START + week * 7 * DAY)
    late = START + 105 * 7 * DAY
    first = repo.commit(EVE, "innocent", at=late)
    side = repo.commit("Zoe <zoe@example.org>", "side", parents=[first], branch="side", at=late + DAY)
    repo.commit(EVE, "Merge pull request #9 from zoe/side", committer=WEB_FLOW, parents=[first, side], at=late + 9 * DAY)
    repo.tag("v1", first, tagger=EVE, message="v1", at=late + 10 * DAY)
    return repo.build()


def test_a_takeover_is_one_case(takeover: Path) -> None:
    """First push and first merge of a newcomer are alerts at their landing times, joined to one case."""
    report = _report(takeover)
    told = [(a["detector"], a["at"], a["subject"]["email"]) for a in report["alerts"]]
    assert told == [
        ("new-committer", "2022-09-18T12:26:40Z", "eve@example.org"),
        ("new-merger", "2022-09-27T12:26:40Z", "eve@example.org"),
    ]
    (case,) = report["cases"]
    assert case["alerts"] == [0, 1]
    assert {a["case"] for a in report["alerts"]} == {case["id"]}
    assert case["opened_at"] == report["alerts"][0]["at"]
    assert case["subject"]["name"] == "Eve Early"


def test_the_report_has_the_promised_shape(takeover: Path) -> None:
    """Every promised key is there, of the promised kind, and counts are those of git."""
    report = _report(takeover)
    assert {"repository", "commits", "tags", "first_at", "last_at", "months", "alerts", "cases", "per_month"} <= set(report)
    assert (report["repository"], report["commits"], report["tags"]) == ("acme/widget", 107, 1)
    assert report["first_at"] == "2020-09-13T12:26:40Z"
    assert report["last_at"] == "2022-09-28T12:26:40Z"
    assert report["months"] == pytest.approx(24.5, abs=0.1)
    for alert in report["alerts"]:
        assert set(alert) == KEYS_OF_AN_ALERT
        assert set(alert["subject"]) == {"name", "email", "key"}
        assert {e["kind"] for e in alert["evidence"]} <= {"commit", "tag", "path", "ref", "pull", "key"}
    high = sum(a["severity"] in {"high", "critical"} for a in report["alerts"])
    assert report["per_month"]["high"] == pytest.approx(high / report["months"], abs=0.01)


def test_the_window_hides_alerts_and_learns_all(takeover: Path) -> None:
    """Alerts outside of the window are left out, and what happened before it still teaches who is known."""
    assert _report(takeover, until="2022-09-18")["alerts"] == []
    after = _report(takeover, since="2022-09-20")
    assert [a["detector"] for a in after["alerts"]] == ["new-merger"]
    assert _report(takeover, since="2022-10-10")["alerts"] == []
    assert _report(takeover, since="2022-10-10")["per_month"] == {"high": 0.0, "medium": 0.0}


def test_nobody_is_new_in_the_beginning(tmp_path: Path) -> None:
    """While a project is young its people come and go without alerts."""
    repo = Builder.new(tmp_path / "r.git")
    for day, who in enumerate((ANN, BOB, EVE) * 8):
        repo.commit(who, f"day {day}", at=START + day * 3 * DAY)
    assert _report(repo.build())["alerts"] == []


def test_a_ref_is_followed(takeover: Path) -> None:
    """Another branch is another history."""
    assert _report(takeover, ref="refs/heads/main~3")["alerts"] == []


def test_a_url_is_cloned_for_the_time_being(takeover: Path) -> None:
    """A URL works like a path, without the contents of files, and is named after owner and repository."""
    with serving(takeover) as server:
        report = _report(server.url)
    assert report["repository"] == "acme/widget"
    assert len(report["alerts"]) == 2


@pytest.mark.parametrize(("repo", "options", "words"), [
    ("{}/nothing", {}, "there is nothing at"),
    ("{}", {}, "is not a git repository"),
    ("ext::sh -c id", {}, "there is nothing at"),
    ("http://127.0.0.1:9/a/b.git", {}, "could not be fetched"),
    ("{}/acme+widget.git", {"ref": "none"}, "no ref 'none'"),
    ("{}/acme+widget.git", {"ref": "--all"}, "not the name of a branch"),
    ("{}/acme+widget.git", {"since": "soon"}, "not a date"),
])  # fmt: skip
def test_bad_input_is_one_clear_line(takeover: Path, repo: str, options: dict[str, str], words: str) -> None:
    """What cannot be read ends with status 2, one line, and nothing on stdout."""
    status, out, err = _run(repo.format(takeover.parent), **options)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_text_and_page_show_names_as_text(tmp_path: Path) -> None:
    """Neither terminal nor browser takes a name for anything but letters."""
    repo = Builder.new(tmp_path / "r.git")
    for week in range(60):
        repo.commit(ANN, f"week {week}", at=START + week * 7 * DAY)
    repo.commit("\x1b[31mEve\u202e &amp;\"'script alert(1)//script <eve@example.org>", "x", at=START + 61 * 7 * DAY)
    path = repo.build()
    text, page = (_run(path, format=form)[1] for form in ("text", "html"))
    assert "pushed to main for the first time" in text
    assert "pushed to main for the first time" in page
    assert "\x1b" not in text + page
    assert "\u202e" not in text + page
    assert "&amp;amp;&quot;&#x27;script" in page
