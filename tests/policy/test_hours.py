"""Quiet hours and digests in the policy's time zone, also on the days when clocks change."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_app.model import Severity
from github_app.policy.hours import digest_at, quiet_until
from github_app.policy.model import Digest, QuietHours

BERLIN = QuietHours(time_zone="Europe/Berlin", start=dt.time(22), end=dt.time(7))
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "UTC")
WHEN = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))  # strategy adds it
CLOCK = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def utc(text: str) -> dt.datetime:
    """Return a time written in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-01-14 20:59", None),
        ("2026-01-14 21:00", "2026-01-15 06:00"),
        ("2026-01-15 05:59", "2026-01-15 06:00"),
        ("2026-01-15 06:00", None),
        ("2026-07-14 20:00", "2026-07-15 05:00"),
        ("2026-03-28 21:30", "2026-03-29 05:00"),  # clocks go forward in this night: it is an hour shorter
        ("2026-10-24 20:00", "2026-10-25 06:00"),  # and back in this one
    ],
)
def test_quiet_follows_the_clock_on_the_wall(at: str, until: str | None) -> None:
    """From 22:00 to 07:00 in Berlin, whatever that is in UTC on that day."""
    assert quiet_until(BERLIN, utc(at), Severity.HIGH) == (utc(until) if until else None)


def test_an_hour_that_exists_twice_is_quiet_twice() -> None:
    """Where quiet ends at 02:30 and clocks go back at 03:00, it ends when they show 02:30 for the second time."""
    short = replace(BERLIN, end=dt.time(2, 30))
    assert quiet_until(short, utc("2026-10-24 23:59"), Severity.HIGH) == utc("2026-10-25 01:30")
    assert quiet_until(short, utc("2026-10-25 00:45"), Severity.HIGH) == utc("2026-10-25 01:30")
    begins = replace(BERLIN, start=dt.time(2, 30), end=dt.time(4))
    assert quiet_until(begins, utc("2026-10-25 00:30"), Severity.HIGH) == utc("2026-10-25 03:00")


def test_an_hour_that_does_not_exist_ends_quiet_all_the_same() -> None:
    """Where quiet ends at 02:30 and clocks jump from 02:00 to 03:00, it ends half an hour after the jump."""
    short = replace(BERLIN, end=dt.time(2, 30))
    assert quiet_until(short, utc("2026-03-29 00:59"), Severity.HIGH) == utc("2026-03-29 01:30")
    assert quiet_until(short, utc("2026-03-29 01:30"), Severity.HIGH) is None


def test_critical_never_waits_and_others_as_the_policy_says() -> None:
    """`except: high` lets high through; critical goes out whatever the file says."""
    night = utc("2026-01-14 23:00")
    assert quiet_until(BERLIN, night, Severity.CRITICAL) is None
    loud = replace(BERLIN, pass_from=Severity.HIGH)
    assert quiet_until(loud, night, Severity.HIGH) is None
    assert quiet_until(loud, night, Severity.MEDIUM) is not None


def test_only_nights_that_begin_on_a_named_day_are_quiet() -> None:
    """Friday's night reaches into Saturday; Saturday's own is not quiet."""
    friday = replace(BERLIN, days=("fri",))
    assert quiet_until(friday, utc("2026-01-17 03:00"), Severity.HIGH) == utc("2026-01-17 06:00")
    assert quiet_until(friday, utc("2026-01-17 23:00"), Severity.HIGH) is None


def test_whole_days_in_a_row_are_one_and_end() -> None:
    """A weekend from 20:00 to 20:00 is one piece; quiet on all days at all hours still lets messages out within a week."""
    weekend = QuietHours(start=dt.time(20), end=dt.time(20), days=("fri", "sat"))
    assert quiet_until(weekend, utc("2026-01-16 21:00"), Severity.HIGH) == utc("2026-01-18 20:00")
    always = QuietHours(start=dt.time(20), end=dt.time(20))
    until = quiet_until(always, utc("2026-01-16 21:00"), Severity.HIGH)
    assert until is not None
    assert until <= utc("2026-01-24 00:00")


@given(at=WHEN, start=CLOCK, end=CLOCK, zone=st.sampled_from(ZONES))
def test_quiet_always_ends_later_and_outside(at: dt.datetime, start: dt.time, end: dt.time, zone: str) -> None:
    """Whatever the hours: nothing is held into the past, and what was held is not held again."""
    hours = QuietHours(time_zone=zone, start=start, end=end)
    until = quiet_until(hours, at, Severity.MEDIUM)
    if until is not None:
        assert at < until <= at + dt.timedelta(days=8)
        if start != end:
            assert quiet_until(hours, until, Severity.MEDIUM) is None


def test_a_digest_is_due_at_its_hour_over_changes_of_the_clock() -> None:
    """09:00 in Berlin is 08:00 UTC in winter and 07:00 in summer, and there is one on each day."""
    daily = Digest(every="day", at=dt.time(9), time_zone="Europe/Berlin")
    assert digest_at(daily, utc("2026-03-28 08:00")) == utc("2026-03-29 07:00")
    assert digest_at(daily, utc("2026-10-24 07:00")) == utc("2026-10-25 08:00")
    weekly = replace(daily, every="week", day="mon")
    assert digest_at(weekly, utc("2026-03-23 08:00")) == utc("2026-03-30 07:00")
    assert digest_at(Digest(), utc("2026-03-23 08:00")) is None


@given(at=WHEN, time=CLOCK, zone=st.sampled_from(ZONES))
def test_every_day_has_one_digest(at: dt.datetime, time: dt.time, zone: str) -> None:
    """The next is never later than a day and an hour, and belongs to the day after the one before."""
    digest = Digest(every="day", at=time, time_zone=zone)
    first = digest_at(digest, at)
    assert first is not None
    second = digest_at(digest, first)
    assert second is not None
    assert at < first <= at + dt.timedelta(hours=25)
    days = [due.astimezone(ZoneInfo(zone)).date() for due in (first, second)]
    assert (days[1] - days[0]).days == 1
