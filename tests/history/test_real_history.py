"""The history this product is built on, where it is at hand: the take-over of xz."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bench.detection import unpack
from github_app.fact import CommitsLanded, Landing, TagCreated
from tests.history.repos import facts
from workers.backtest import run

ARCHIVE = Path(__file__).parents[2] / "../shared/data/histories/tukaani-project+xz.tar"
NEWCOMER = "jiat0218@gmail.com"


@pytest.fixture(scope="module")
def xz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bare repository, without the contents of files."""
    if not ARCHIVE.is_file():
        pytest.skip("the archive of the xz history is not beside this checkout")
    folder = tmp_path_factory.mktemp("xz")
    unpack(ARCHIVE, folder)
    return folder / "tukaani-project+xz.git"


def test_the_steps_to_power_are_dated_right(xz: Path) -> None:
    """First own push, first merge and first signature land on the days the investigation found."""
    told = facts(xz)
    landed = [x for x in told if isinstance(x, CommitsLanded) and x.actor and x.actor.email == NEWCOMER]
    pushes, merges = ([x for x in landed if x.via is via] for via in (Landing.PUSH, Landing.MERGE))
    signed = [
        x for x in told if isinstance(x, TagCreated) and x.signature and x.signature.key.id.endswith("59FCF207FEA7F445")
    ]
    assert pushes[0].at.isoformat() == "2022-12-30T15:34:31+00:00"
    assert merges[0].at.isoformat() == "2023-01-06T16:10:50+00:00"  # 2023-01-07 where he was
    assert merges[0].claimed_pull == 7
    assert (signed[0].name, signed[0].at.date().isoformat()) == ("v5.2.11", "2023-03-18")


def test_the_backtest_finds_the_takeover_as_one_critical_case(xz: Path) -> None:
    """The steps to power and the unreadable files are alerts of one case, which was critical long before the release."""
    out, err = io.StringIO(), io.StringIO()
    assert run(str(xz), format="json", stdout=out, stderr=err) == 0
    report: dict[str, Any] = json.loads(out.getvalue())
    (case,) = [c for c in report["cases"] if c["subject"]["email"] == NEWCOMER]
    assert case["severity"] == "critical"
    assert case["opened_at"].startswith("2022-12-30")
    told = [(report["alerts"][i]["at"][:10], report["alerts"][i]["detector"]) for i in case["alerts"]]
    assert told[:5] == [
        ("2022-12-30", "new-committer"),
        ("2022-12-30", "new-workflow-editor"),
        ("2023-01-02", "build-touched"),
        ("2023-01-06", "new-merger"),
        ("2023-03-18", "new-signer"),
    ]
    assert case["subject"]["key"] == "pgp:59FCF207FEA7F445"


def test_it_is_critical_on_the_day_of_the_new_key(xz: Path) -> None:
    """What was known on 2023-03-18 makes one critical case of five alerts; nobody had to wait for the release."""
    out, err = io.StringIO(), io.StringIO()
    assert run(str(xz), until="2023-03-19", format="json", stdout=out, stderr=err) == 0
    (case,) = json.loads(out.getvalue())["cases"]
    assert (case["severity"], len(case["alerts"])) == ("critical", 5)
