"""The report of an incident: wanted with the decision, made once, told in the thread of the alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from github_app import decisions
from github_app.model import Severity
from github_app.review import Action
from tests.notify.conftest import World
from tests.notify.incident_material import incident, raised, report, runtime, told, work
from tests.notify.material import LASSE, MARY, OTHER, alert
from workers import announcements, incidents, jobs
from workers.notifiers import Announcer
from workers.runtime import Runtime

__all__ = ["runtime"]


def test_an_incident_is_written_down_and_told_in_the_thread(world: World, runtime: Runtime) -> None:
    """What was done here, and how much elsewhere; a file for operators; nothing on GitHub unless the policy says so."""
    raised(world)
    incident(world)
    work(world, runtime)
    (said,) = told(world)
    assert said["text"] == "The report is there: what New Comer (@newcomer) touched since 2026-03-01."
    shown = str(said["blocks"])
    assert "Merged: 3" in shown
    assert "more in 1 other place" in shown
    assert "acme/secret" not in shown
    assert "<https://trust.example.org/reports/1|" in shown
    assert not said["broadcast"]
    page = (world.settings.data_dir / "reports" / "1.html").read_text(encoding="utf-8")
    assert "acme/secret" in page
    assert world.repo.advisories == {}
    assert world.repo.issues == {}
    assert world.store.incidents.due(world.clock(), 9) == []


@pytest.mark.parametrize("action", [Action.EXPECTED, Action.HARMLESS, Action.ACKNOWLEDGE])
def test_other_decisions_write_no_report(world: World, runtime: Runtime, action: Action) -> None:
    """Only an incident is written down."""
    raised(world)
    decisions.apply(world.store, 1, action, MARY, "fine", world.clock(), via="web")
    work(world, runtime, times=1)
    assert world.store.incidents.get(1) is None


def test_a_critical_incident_is_written_down_after_the_second_person(world: World, runtime: Runtime) -> None:
    """One person's word is not yet a verdict."""
    raised(world, severity=Severity.CRITICAL)
    incident(world, by=MARY)
    assert world.store.incidents.get(1) is None
    incident(world, by=LASSE)
    work(world, runtime)
    assert report(world).published == 1


def test_a_decision_that_is_rolled_back_wants_no_report(world: World, runtime: Runtime) -> None:
    """Decision and wish are one transaction."""
    raised(world)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decisions.apply(world.store, 1, Action.INCIDENT, MARY, "x", world.clock(), via="web", also=die)
    assert world.store.incidents.get(1) is None


def test_killed_between_making_and_telling(world: World, runtime: Runtime) -> None:
    """A worker that dies anywhere leaves a claim that ends; the next one goes on and says it once."""
    raised(world)
    incident(world)
    (due,) = world.store.incidents.due(world.clock(), 9)
    assert world.store.incidents.claim(due, world.clock(), incidents.CLAIM) is not None
    incidents.work(runtime, world.clock)
    assert report(world).made == 0
    world.clock.sleep(incidents.CLAIM.total_seconds() + 1)
    incidents.work(runtime, world.clock)
    (notice,) = world.store.notices.due(world.clock(), 9)
    claimed = world.store.notices.claim(notice, world.clock(), incidents.CLAIM)
    channel, what = world.channels["slack"], claimed and announcements.of(world.store, claimed, world.clock())
    assert isinstance(channel, Announcer)
    assert what is not None
    channel.announce(what, uncertain=False)
    world.clock.sleep(incidents.CLAIM.total_seconds() + 1)
    work(world, runtime)
    assert len(told(world)) == 1


def test_who_worked_too_long_writes_nothing(world: World, runtime: Runtime) -> None:
    """A claim that was taken over is worth nothing: neither the text nor the place is stored."""
    raised(world)
    incident(world)
    (due,) = world.store.incidents.due(world.clock(), 9)
    slow = world.store.incidents.claim(due, world.clock(), incidents.CLAIM)
    assert slow is not None
    assert world.store.incidents.claim(due, world.clock(), incidents.CLAIM) is None
    world.clock.sleep(incidents.CLAIM.total_seconds() + 1)
    work(world, runtime)
    assert world.store.incidents.published(slow, place="advisory acme/tool", external_id="x", url="") is False
    assert world.store.incidents.begun(slow) is False
    assert report(world).place == ""


def test_an_account_nothing_is_known_of_gets_a_report_that_says_so(world: World, runtime: Runtime) -> None:
    """The absence of acts is an answer too."""
    raised(world, subject=replace(alert().finding.subject, person=OTHER), subject_keys=("id:12",))
    incident(world)
    work(world, runtime)
    (said,) = told(world)
    assert "Nothing is known of what they did here" in str(said["blocks"])


def test_the_sweep_wakes_the_job_and_the_job_does_it(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision wakes nobody for its report, so the sweep does; one run makes it and has itself called again."""
    woken: list[str] = []
    monkeypatch.setattr(jobs, "current", lambda: runtime)
    monkeypatch.setattr(runtime.waker, "reports", lambda: woken.append("reports"))
    raised(world)
    jobs.sweep_with(runtime)
    assert woken == []
    incident(world)
    jobs.sweep_with(runtime)
    assert woken == ["reports"]
    jobs.reports()
    assert report(world).made == 1
    jobs.reports()
    assert report(world).published == 1
    assert woken == ["reports", "reports"]


def test_a_report_stays_in_the_room_of_its_message(world: World, runtime: Runtime) -> None:
    """The message it answers may be in a room for few, and deleted there: the report is not told to everybody instead."""
    raised(world)
    incident(world)
    incidents.work(runtime, world.clock)
    (notice,) = world.store.notices.due(world.clock(), 9)
    what = announcements.of(world.store, notice, world.clock())
    channel = world.channels["slack"]
    assert isinstance(channel, Announcer)
    assert what is not None
    room, _, _ = what.thread.partition(":")
    before = len(world.slack.channel.messages)
    api = channel._api  # type: ignore[attr-defined]  # the app's own room is another one than the message's
    api.room = "C0EVERYBODY"
    assert channel.announce(replace(what, thread=f"{room}:1.000000:0"), uncertain=False).startswith(f"{room}:")
    assert len(world.slack.channel.messages) == before + 1
