"""The verdict finds what is missing, what is too much and what was said twice."""

from __future__ import annotations

import datetime as dt

from demo import facts, verdict, world
from demo.standin.github import GitHub
from demo.standin.shapes import stamp
from demo.standin.slack import Slack
from github_app.model import Alert, Finding, Person, Repository, Severity, Stage, Subject
from github_app.store import Store

XZ = Repository(id=world.REPOSITORY_ID, full_name=facts.REPOSITORY, owner_id=900_000)


def _raise(store: Store, detector: str, login: str, at: dt.datetime, *, private: bool = False) -> None:
    finding = Finding(
        severity=Severity.HIGH,
        subject=Subject(person=Person(id=1, login=login)),
        title="t",
        why="w",
        before="b",
        after="a",
        detector=detector,
        private=private,
    )
    alert = Alert(
        finding=finding, stage=Stage.STABLE, repository=XZ, fingerprint=f"{detector}{login}{at}", at=at, raised_at=at
    )
    with store.begin() as connection:
        store.alerts.raise_(connection, alert, "d")


def test_nothing_done_is_nothing_good(sqlite_store: Store, hub: GitHub, slack: Slack) -> None:
    """Without alerts every expected one is named, and so are comment, check and review request."""
    said = "\n".join(verdict.problems(sqlite_store, hub, slack))
    for expected in verdict.EXPECTED:
        assert f"no alert {expected.detector} about {expected.about} on {expected.day}" in said
    for missing in ("no alert about the pressure", "no comment on", "no check on", "was not asked to review"):
        assert missing in said


def test_an_alert_too_many_is_named(sqlite_store: Store, hub: GitHub, slack: Slack) -> None:
    """An alert about the maintainer's own work, a second one about the same and one without a message are problems."""
    day = dt.datetime(2022, 12, 30, 12, tzinfo=dt.UTC)
    _raise(sqlite_store, "new-committer", world.MAINTAINER, day)
    _raise(sqlite_store, "new-committer", world.NEWCOMER, day)
    _raise(sqlite_store, "new-committer", world.NEWCOMER, day + dt.timedelta(hours=1))
    said = "\n".join(verdict.problems(sqlite_store, hub, slack))
    assert "an unexpected alert new-committer about Larhzu on 2022-12-30" in said
    assert "the alert new-committer about JiaT75 was raised 2 times" in said
    assert "3 alerts, but 0 messages in Slack" in said


def test_pressure_is_private_and_in_its_time(sqlite_store: Store, hub: GitHub, slack: Slack) -> None:
    """An alert about pressure that is not private, or outside of the campaign, is a problem."""
    _raise(sqlite_store, "pressure-pattern", "x", dt.datetime(2023, 5, 1, tzinfo=dt.UTC))
    said = "\n".join(verdict.problems(sqlite_store, hub, slack))
    assert "pressure is not private" in said
    assert "pressure was seen on 2023-05-01" in said


def test_a_second_comment_is_noticed(sqlite_store: Store, hub: GitHub, slack: Slack) -> None:
    """Two comments of the app on one pull request are one too many."""
    repo = hub.repo(facts.REPOSITORY)
    for number in (1, 2):
        repo.comments[number] = {
            "id": number, "issue_number": 7, "body": "x", "user": {"id": hub.state.bot.id}, "created_at": stamp(world.START),
        }  # fmt: skip
    assert "2 comments on pull request #7" in verdict.problems(sqlite_store, hub, slack)


def test_without_the_one_case_and_the_one_report_something_is_missing(
    sqlite_store: Store, hub: GitHub, slack: Slack
) -> None:
    """Alerts that were not joined, and a repository that was learned without a word, are problems."""
    said = "\n".join(verdict.problems(sqlite_store, hub, slack))
    assert "0 cases instead of one" in said
    assert "0 first reports in Slack instead of one" in said
