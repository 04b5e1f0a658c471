"""An odd time zone: a sentence beside a finding, never a finding."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from github_app.fact import Commit, CommitsLanded
from github_app.ledger import Ledger
from github_app.model import Person, Repository, Source
from github_app.remember import remember
from workers.detectors import load
from workers.judge import judge

START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ANN = Person(name="Ann Archer", email="ann@example.org")
OTHER = Person(name="Ann Archer", email="ann@example.net")
BOB = Person(name="Bob Best", email="bob@example.org")


def push(who: Person, day: int, zone: int | None) -> CommitsLanded:
    """Return a push of one's own work on a day, written in a time zone."""
    commit = Commit(sha="c" * 40, author=who, committer=who, zone=zone)
    return CommitsLanded(
        at=START + dt.timedelta(days=day),
        source=Source.GIT,
        repository=Repository(id=1, full_name="acme/widget"),
        actor=who,
        ref="refs/heads/main",
        before="",
        after="c" * 40,
        guarded=True,
        commits=(commit,),
    )


def known() -> Ledger:
    """Return a ledger in which Ann has pushed for months from Central Europe, and Bob since."""
    ledger = Ledger()
    for day in range(0, 240, 12):
        remember(ledger, push(ANN, day, 60 if day % 24 else 120))
    remember(ledger, push(BOB, 300, 60))
    ledger.settle(START, "test")
    return ledger


@pytest.mark.parametrize(("who", "day", "detector"), [(OTHER, 400, "new-committer"), (ANN, 800, "dormant-power-used")])
def test_far_from_every_known_zone_is_said(who: Person, day: int, detector: str) -> None:
    """A known name at another address, or after a long time, and written on the other side of the world."""
    (alert,) = judge([push(who, day, 480)], known(), load()).alerts
    assert alert.finding.detector == detector
    assert "It was written at UTC+8; what Ann Archer landed before was written at UTC+1, UTC+2." in alert.finding.why


@pytest.mark.parametrize("zone", [60, 0, 300, None])
def test_near_or_unknown_is_not(zone: int | None) -> None:
    """Summer time and short journeys are nothing to tell."""
    (alert,) = judge([push(OTHER, 400, zone)], known(), load()).alerts
    assert "written at" not in alert.finding.why


def test_it_never_speaks_alone_nor_changes_what_is_said() -> None:
    """The same push raises the same alert, as severe; and routine from anywhere raises none."""
    (near,), (far,) = (judge([push(OTHER, 400, zone)], known(), load()).alerts for zone in (60, 480))
    assert replace(near.finding, why="") == replace(far.finding, why="")
    assert judge([push(ANN, 250, 480)], known(), load()).alerts == []
