"""The first report: what a repository's past says on the day it is learned, told once for all of an installation."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest

from demo import facts as story
from demo.standin.github import GitHub
from github_app.model import Power, Repository, Severity
from github_app.report import Report
from github_app.settings import Settings
from github_app.store import Notice
from tests.history.conftest import INSTALLATION
from tests.history.repos import ANN, BOB, DAY, EVE, WEB_FLOW, Builder
from workers import deliver, first_report, jobs
from workers import learn as baseline
from workers.doctor import examine
from workers.notifiers import Links
from workers.notifiers.console import Console
from workers.runtime import Runtime

NOW = dt.datetime.now(dt.UTC)
TODAY = int(NOW.timestamp())
REPOSITORY = Repository(id=7, full_name=story.REPOSITORY, owner_id=70, default_branch="main")


@pytest.fixture
def filled(past: Builder) -> Builder:
    """Return three years of Ann's weekly work, and Eve, who pushed, merged and tagged in the last weeks."""
    weeks = [past.commit(ANN, f"week {week}", at=TODAY - (200 - week) * 7 * DAY) for week in range(160)]
    first = past.commit(EVE, "innocent", at=TODAY - 30 * DAY)
    side = past.commit(BOB, "side", parents=[first], branch="side", at=TODAY - 29 * DAY)
    past.commit(EVE, "Merge pull request #9 from bob/side", committer=WEB_FLOW, parents=[first, side], at=TODAY - 28 * DAY)
    past.tag("v1", weeks[100], tagger=ANN, message="v1", at=TODAY - 100 * 7 * DAY)
    past.tag("v2", first, tagger=EVE, message="v2", at=TODAY - 27 * DAY)
    past.build()
    return past


def see(runtime: Runtime, *repositories: Repository) -> None:
    """Let the app know repositories of one installation."""
    with runtime.store.begin() as connection:
        runtime.store.repositories.see_all(connection, [(r, INSTALLATION) for r in repositories], NOW)


def waiting(runtime: Runtime) -> list[Notice]:
    """Return the notices that wait."""
    return runtime.store.notices.due(NOW + dt.timedelta(days=1), 10)


def stored(runtime: Runtime) -> Report:
    """Return the report about the repository."""
    found = runtime.store.reports.get(REPOSITORY.id)
    assert found is not None
    return found


def test_it_says_who_holds_what_and_what_would_have_been_raised(runtime: Runtime, filled: Builder) -> None:
    """Powers as of today, the last year judged by the live judge as one case, and nobody was alerted."""
    see(runtime, REPOSITORY)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    report = stored(runtime)
    assert report.learned
    assert (report.commits, report.tags) == (163, 2)
    held = {h.power: [(x.person.email, x.active) for x in h.holders] for h in report.held}
    assert held[Power.COMMITTER] == [("eve@example.org", True), ("ann@example.org", True)]
    assert held[Power.RELEASER] == [("eve@example.org", True), ("ann@example.org", False)]
    assert [a.finding.detector for a in report.raised] == ["new-committer", "new-merger", "new-releaser"]
    (case,) = report.cases
    assert case.severity is Severity.CRITICAL
    assert runtime.store.alerts.recent(10) == []
    assert runtime.store.ledgers.verify() == []


def test_what_is_learned_does_not_depend_on_looking_back(runtime: Runtime, filled: Builder) -> None:
    """The ledger's entries are those of a learning that asks no detector."""
    twin = replace(REPOSITORY, id=8)
    see(runtime, REPOSITORY, twin)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    baseline.learn(replace(runtime, detectors=()), twin.id, NOW)
    ours, plain = (
        [(e.kind, e.subject, e.power, e.at if e.power else None) for e in runtime.store.ledgers.entries(scope, 100)]
        for scope in (f"repo:{REPOSITORY.id}", f"repo:{twin.id}")
    )
    assert ours == plain
    assert [kind for kind, *_ in ours].count("settled") == 1
    assert len(ours) > 5


def test_a_second_learning_tells_nothing_twice(runtime: Runtime, filled: Builder) -> None:
    """Job, sweep and job again: one message for each channel."""
    runtime = replace(runtime, settings=replace(runtime.settings, slack_bot_token="xoxb-x", slack_channel="C0TRUST"))
    see(runtime, REPOSITORY)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    for _ in range(2):
        jobs.sweep_with(runtime)
        baseline.learn(runtime, REPOSITORY.id, NOW)
    assert [n.channel for n in waiting(runtime)] == ["console", "slack"]
    assert len({n.key for n in waiting(runtime)}) == 1


def test_killed_after_learning_the_sweep_tells_it(
    runtime: Runtime, filled: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is stored with what was learned, so a worker that dies at once loses nothing."""
    see(runtime, REPOSITORY)
    with monkeypatch.context() as patch:
        patch.setattr(first_report, "gather", _killed)
        with pytest.raises(KeyboardInterrupt):
            baseline.learn(runtime, REPOSITORY.id, NOW)
    assert waiting(runtime) == []
    jobs.sweep_with(runtime)
    assert len(waiting(runtime)) == 1


def test_killed_while_learning_there_is_no_report(
    runtime: Runtime, filled: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Report and ledger are one transaction; the next attempt makes both."""
    see(runtime, REPOSITORY)
    with monkeypatch.context() as patch:
        patch.setattr(first_report, "put", _killed)
        with pytest.raises(KeyboardInterrupt):
            baseline.learn(runtime, REPOSITORY.id, NOW)
    assert runtime.store.reports.get(REPOSITORY.id) is None
    baseline.learn(runtime, REPOSITORY.id, NOW)
    assert stored(runtime).learned
    assert len(waiting(runtime)) == 1


def test_an_organisation_gets_one_message(runtime: Runtime) -> None:
    """Three hundred repositories are told together when the last one is known, not in three hundred messages."""
    many = [replace(REPOSITORY, id=n, full_name=f"acme/r{n:03}") for n in range(1, 301)]
    see(runtime, *many)
    no_app = replace(runtime, app=None)
    for repository in many[:-1]:
        with runtime.store.begin() as connection:
            watch = runtime.store.repositories.get_many([repository.id])[repository.id]
            first_report.put(connection, runtime.store, first_report.without_past(repository, "empty", NOW), watch)
            runtime.store.repositories.set_state(connection, repository.id, "watched", at=NOW)
    jobs.sweep_with(no_app)
    assert waiting(runtime) == []
    baseline.learn(no_app, many[-1].id, NOW)
    (notice,) = waiting(runtime)
    assert len(runtime.store.reports.told_in(notice.key)) == 300


def test_it_does_not_wait_for_ever(runtime: Runtime) -> None:
    """One repository that cannot be learned holds the others up for two hours at most."""
    done, stuck = (replace(REPOSITORY, id=n, full_name=f"acme/r{n}") for n in (1, 2))
    see(runtime, done, stuck)
    baseline.learn(replace(runtime, app=None), done.id, NOW)
    now = dt.datetime.now(dt.UTC)
    assert first_report.gather(runtime.store, runtime.settings, now) == 0
    assert first_report.gather(runtime.store, runtime.settings, now + first_report.PATIENCE) == 1
    assert first_report.gather(runtime.store, runtime.settings, now + first_report.PATIENCE) == 0


def test_a_repository_without_a_past_is_said_with_the_reason(runtime: Runtime, hub: GitHub) -> None:
    """The blind spot is in the report."""
    see(runtime, REPOSITORY)
    baseline.learn(replace(runtime, app=None), REPOSITORY.id, NOW)
    report = stored(runtime)
    assert not report.learned
    assert "no GitHub App is configured" in report.gaps[0]


def test_the_console_prints_it_once(runtime: Runtime, filled: Builder) -> None:
    """The notify job sends it like any message."""
    see(runtime, REPOSITORY)
    baseline.learn(runtime, REPOSITORY.id, NOW)
    stream = io.StringIO()
    console = Console(Links(), stream)
    for _ in range(2):
        deliver.deliver_due(runtime.store, [console], lambda: dt.datetime.now(dt.UTC))
    text = stream.getvalue()
    assert text.count("what is known of it") == 1
    assert "Eve Early" in text
    assert "CRITICAL case about Eve Early" in text


def test_doctor_and_log_say_how_far_the_learning_is(
    runtime: Runtime, filled: Builder, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator sees the progress of a long history while it runs, and how many repositories are left."""
    others = [replace(REPOSITORY, id=n, full_name=f"acme/r{n:02}") for n in range(20, 40)]
    see(runtime, REPOSITORY, *others)
    monkeypatch.setattr(baseline, "_RENEW_SECONDS", 0)
    seen: list[str] = []
    real = first_report.make

    def look(*given: object, **named: object) -> Report:
        settings = Settings(database_url=runtime.store.engine.url.render_as_string(hide_password=False))
        seen.extend(sentence for _, sentence in examine(settings))
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(first_report, "make", look)
    with caplog.at_level("INFO"):
        baseline.learn(runtime, REPOSITORY.id, NOW)
    assert "The past of 0 of 21 repositories was looked at; the deliveries of the others wait." in seen
    (first,) = [x for x in seen if x.startswith(f"The past of {REPOSITORY.full_name}")]
    assert first.endswith("learning its past: 163 of 163 commits")
    assert "The same is true of 11 more." in seen
    assert "learning its past begins" in caplog.text


def _killed(*_: object, **__: object) -> int:
    raise KeyboardInterrupt
