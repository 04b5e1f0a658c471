"""What waits in Slack: for the end of quiet hours, and for the digest; and what does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from github_app import decisions
from github_app.model import Severity
from github_app.policy.model import Digest, Policy, QuietHours
from github_app.review import Action
from tests.notify.conftest import World
from tests.notify.crowds import about, answers, at, roots
from tests.notify.material import MARY, alert
from tests.notify.trouble import Fault
from workers import time_passes

POST = r"/api/chat\.postMessage"
NIGHT = Policy(quiet_hours=QuietHours(time_zone="Europe/Berlin", start=dt.time(22), end=dt.time(7)))
WEEKLY = Policy(digest=Digest(every="week", day="mon", at=dt.time(9), time_zone="Europe/Berlin"))


def test_at_night_alerts_wait_for_the_morning(world: World) -> None:
    """What is raised at night comes when quiet ends, once, also after the programs were started anew; critical comes now."""
    at(world, "2026-01-14 23:00")
    world.raise_alert(about(world, 1), NIGHT)
    world.raise_alert(about(world, 2, severity=Severity.CRITICAL), NIGHT)
    world.deliver("slack")
    assert len(roots(world)) == 1
    assert "Critical" in roots(world)[0]["text"]
    at(world, "2026-01-15 05:59")
    assert world.deliver("slack").sent["slack"] == 0
    at(world, "2026-01-15 06:00")
    world.deliver("slack")
    world.deliver("slack")
    assert len(roots(world)) == 2


def test_what_is_decided_at_night_is_said_at_night(world: World) -> None:
    """A thread about a decision somebody just made does not wait; a message that waits does, and shows the decision."""
    at(world, "2026-01-14 20:00")
    early = world.raise_alert(about(world, 1), NIGHT)
    world.deliver("slack")
    at(world, "2026-01-14 23:00")
    late = world.raise_alert(about(world, 2), NIGHT)
    for found in (early, late):
        decisions.apply(world.store, found.id, Action.EXPECTED, MARY, "we talked", world.clock(), via="web")
    world.deliver("slack")
    assert len(roots(world)) == 1
    assert "says it was expected" in answers(world)[0]["text"]
    at(world, "2026-01-15 06:00")
    world.deliver("slack")
    assert "Expected" in roots(world)[1]["text"]


def test_a_reminder_waits_for_the_morning(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the app says by itself about an acknowledgement is nobody's answer, so quiet hours hold it back."""
    at(world, "2026-01-12 23:30")
    found = world.raise_alert(alert(raised_at=world.clock()))
    world.deliver("slack")
    decisions.apply(world.store, found.id, Action.ACKNOWLEDGE, MARY, "I look", world.clock(), via="slack")
    world.deliver("slack")
    monkeypatch.setattr("workers.policies.InForce.of", lambda *_: NIGHT)
    at(world, "2026-01-14 23:31")
    assert time_passes.sweep(world.store, world.clock()) == 1
    world.deliver("slack")
    assert len(answers(world)) == 1
    at(world, "2026-01-15 06:00")
    world.deliver("slack")
    assert "Reminder" in answers(world)[1]["text"]


def test_small_things_come_together_when_they_are_due(world: World) -> None:
    """Low and info wait for Monday at nine in Berlin; one message by repository, none without news, the rest counted."""
    at(world, "2026-03-24 12:00")
    for number in range(30):
        world.raise_alert(about(world, number, severity=Severity.LOW), WEEKLY)
    world.deliver("slack")
    assert roots(world) == []
    at(world, "2026-03-30 06:59")
    world.deliver("slack")
    assert roots(world) == []
    at(world, "2026-03-30 07:00")
    world.deliver("slack")
    world.deliver("slack")
    (digest,) = roots(world)
    assert digest["blocks"][0]["text"]["text"].endswith("30 small trust changes in 5 repositories")
    text = str(digest["blocks"])
    assert text.count("Change ") == 8
    assert "and 22 more" in text
    assert "https://trust.example.org/" in text
    at(world, "2026-04-06 07:00")
    assert world.deliver("slack").sent["slack"] == 0
    assert len(roots(world)) == 1


@pytest.mark.parametrize("after", [True, False], ids=["after it was written", "before it was written"])
def test_one_digest_a_period_whatever_happens(world: World, after: bool) -> None:
    """A 502 at the wrong moment, and a finding that comes when it was just sent, make no second one."""
    at(world, "2026-03-24 12:00")
    made = alert(fingerprint="a", severity=Severity.INFO, raised_at=world.clock())
    world.raise_alert(made, WEEKLY)
    at(world, "2026-03-30 07:00")
    world.slack_trouble.faults.append(Fault(method="POST", path=POST, status=502, after=after))
    world.deliver("slack")
    world.clock.sleep(3600)
    world.deliver("slack")
    world.raise_alert(replace(made, fingerprint="b"), WEEKLY)
    world.deliver("slack")
    (digest,) = roots(world)
    assert "2 small trust changes" in digest["text"]


def test_a_private_finding_is_not_put_into_the_digests_channel(world: World) -> None:
    """The digest has a channel of its own; what is private stays where private alerts go."""
    policy = Policy(digest=replace(WEEKLY.digest, channel="#everybody"))
    found = world.raise_alert(alert(fingerprint="a", severity=Severity.LOW), policy)
    private = world.raise_alert(alert(fingerprint="b", severity=Severity.LOW, private=True), policy)
    shown = world.store.outbox.shown([found.id, private.id], "slack")
    assert shown[found.id].target.endswith("@#everybody")
    assert "@" not in shown[private.id].target


def test_a_case_that_becomes_critical_at_night_is_told_at_night(world: World) -> None:
    """What it answers to is let out too, although that alert alone would have waited."""
    at(world, "2026-01-14 23:00")
    world.raise_alert(alert(fingerprint="a", raised_at=world.clock()), NIGHT)
    world.deliver("slack")
    assert roots(world) == []
    world.raise_alert(alert(fingerprint="b", severity=Severity.CRITICAL, raised_at=world.clock()), NIGHT)
    world.deliver("slack")
    assert len(roots(world)) == 2
