"""Which alerts are one story, how bad the story is, and what stays apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_app import identity
from github_app.model import Alert, Evidence, Person, Repository, Severity, Stage, State, Step, Subject, Verdict
from tests.notify.material import AT, REPOSITORY
from tests.notify.material import alert as sample
from workers.cases import AFTER_A_GRANT, AWAKE, WINDOW, join, severity

DAY = dt.timedelta(days=1)
EVE, MAL, OLD, NEW = (Person(id=number, login=name) for number, name in enumerate(("eve", "mal", "old", "new"), 20))
ELSEWHERE = Repository(id=8, full_name="acme/other", owner_id=9)
ONE_COMMIT = (Evidence(kind="commit", value="ab"),)
WHOLE = Repository(id=0, full_name="acme", owner_id=9)


def step(day: float, who: Person, kind: Step = Step.USE, **changes: Any) -> Alert:
    """Return an alert of one kind about somebody, some days after the beginning."""
    level = changes.pop("severity", Severity.MEDIUM)
    grantor = changes.pop("grantor", None)
    changes.setdefault("evidence", (Evidence(kind="commit", value=f"{day}{who.login}"),))
    return sample(
        severity=level, subject=changes.pop("subject", Subject(person=who)), at=AT + day * DAY, step=kind, grantor=grantor,
        subject_keys=identity.keys(who), grantor_keys=(), fingerprint=f"{day:08.2f}{who.login}{kind}".ljust(64), **changes,
    )  # fmt: skip


def joined(*alerts: Alert) -> list[tuple[int, ...]]:
    """Return which positions were joined."""
    return [case.alerts for case in join(sorted(alerts, key=lambda a: a.at))]


def test_one_subject_is_one_case_while_it_goes_on() -> None:
    """Each step keeps the case open for another year; after a year of quiet a new one begins."""
    year = WINDOW / DAY
    assert joined(*(step(day, EVE) for day in (0, year, 2 * year, 3 * year + 1, 3 * year + 2))) == [(0, 1, 2), (3, 4)]


def test_a_person_is_known_by_any_name_and_by_their_key() -> None:
    """An alert about a key and one about an address are one subject when any name is shared."""
    key = Subject(key="pgp:1", person=Person(name="Eve", email="eve@example.org"))
    by_mail = step(1, Person(name="Eve E.", email="EVE@example.org"))
    assert joined(step(0, EVE, subject=key), by_mail, step(2, NEW, subject=Subject(key="pgp:1"))) == [(0, 1, 2)]


def test_strangers_in_a_busy_repository_are_not_one_case() -> None:
    """Ten newcomers let in by the same maintainer in a month stay ten stories."""
    people = [Person(id=100 + n, login=f"n{n}") for n in range(10)]
    assert joined(*(step(n, who, Step.GRANT, grantor=OLD) for n, who in enumerate(people))) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (step(0, MAL, Step.PRESSURE, beneficiaries=(EVE,)), step(200, EVE)),
        (step(0, MAL, Step.PRESSURE, beneficiaries=(EVE,)), step(9, OLD, Step.PRESSURE, beneficiaries=(EVE,))),
        (step(0, EVE), step(9, MAL, Step.PRESSURE, beneficiaries=(EVE,))),
        (step(0, EVE), step(200, MAL, Step.GRANT, grantor=EVE)),
        (step(0, MAL, Step.GRANT, grantor=OLD), step(20, OLD, Step.CHANGE)),
        (step(0, MAL, evidence=ONE_COMMIT), step(0.5, EVE, evidence=ONE_COMMIT)),
        (step(0, MAL, Step.CHANGE, pull=7), step(0.5, EVE, pull=7)),
        (step(0, MAL, Step.WAKING), step(60, EVE)),
        (step(0, MAL, Step.PRESSURE), step(300, EVE, Step.GRANT)),
    ],
    ids=[
        "who gains by pressure", "pressure for the same", "pressure for somebody already there", "given on",
        "whoever gave it", "one commit", "one pull request", "woken", "a demand and what it asked for",
    ],
)  # fmt: skip
def test_a_real_link_joins_different_people(first: Alert, second: Alert) -> None:
    """Each reason the docstring lists is enough."""
    assert joined(first, second) == [(0, 1)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (step(0, MAL, Step.GRANT, grantor=OLD), step(AFTER_A_GRANT / DAY + 1, OLD, Step.CHANGE)),
        (step(0, MAL, evidence=ONE_COMMIT), step(9, EVE, evidence=ONE_COMMIT)),
        (step(0, MAL, Step.WAKING), step(AWAKE / DAY + 1, EVE)),
        (step(0, MAL, Step.WAKING), step(1, EVE, Step.CHANGE)),
        (step(0, MAL, Step.PRESSURE), step(9, EVE, severity=Severity.LOW)),
        (step(0, MAL, Step.PRESSURE, beneficiaries=(OLD,)), step(9, EVE)),
        (step(0, EVE), step(9, EVE, repository=ELSEWHERE)),
        (step(0, EVE), step(9, EVE, stage=Stage.TRIAL)),
        (step(0, Person()), step(1, Person())),
    ],
    ids=[
        "long after the grant", "the same commit again later", "long awake", "woken, and no power gained",
        "too mild an answer", "pressure for somebody else",
        "two repositories", "on trial", "nobody",
    ],
)  # fmt: skip
def test_what_is_not_linked_stays_apart(first: Alert, second: Alert) -> None:
    """Near in time and place is not enough."""
    assert joined(first, second) == []


def test_pressure_that_names_nobody_is_answered_once() -> None:
    """The first who gains power after it is joined to it; the next newcomer is another story."""
    demands = (step(0, MAL, Step.PRESSURE), step(9, OLD, Step.PRESSURE))
    assert joined(*demands, step(100, EVE), step(120, NEW, Step.GRANT)) == [(0, 1, 2)]


def test_an_organisation_wide_power_joins_what_is_done_with_it() -> None:
    """Who becomes an owner and then acts in two repositories is one story, and only that person."""
    alerts = (
        step(0, EVE, Step.GRANT, repository=WHOLE), step(1, EVE), step(2, NEW), step(3, EVE, repository=ELSEWHERE),
    )  # fmt: skip
    assert joined(*alerts) == [(0, 1, 3)]


def test_what_was_joined_before_stays_together() -> None:
    """A stored case is not taken apart when its reason is no longer to be seen."""
    alerts = [step(0, EVE), step(500, NEW), step(501, MAL)]
    assert [c.alerts for c in join(alerts, known=[{0, 1}])] == [(0, 1)]


def test_each_further_kind_of_step_makes_it_worse() -> None:
    """Pressure, a grant and a first use, each of medium severity, are critical together; three first uses are not."""
    climb = [step(0, MAL, Step.PRESSURE, beneficiaries=(EVE,)), step(1, EVE, Step.GRANT), step(2, EVE)]
    assert [severity(climb[:n]) for n in (1, 2, 3)] == [Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
    assert severity([step(n, EVE) for n in range(3)]) is Severity.MEDIUM


def test_mild_steps_are_told_and_make_nothing_worse() -> None:
    """An alert nobody is told of does not raise what people are told."""
    assert severity([step(0, EVE), step(1, EVE, Step.CHANGE, severity=Severity.LOW)]) is Severity.MEDIUM
    assert severity([step(0, EVE, Step.CHANGE, severity=Severity.LOW), step(1, EVE)]) is Severity.MEDIUM


def test_what_a_reviewer_called_fine_does_not_count() -> None:
    """An expected grant no longer makes the case worse; an incident does."""
    grant = {"kind": Step.GRANT, "severity": Severity.MEDIUM, "state": State.RESOLVED}
    expected, bad = (step(0, EVE, verdict=v, **grant) for v in (Verdict.EXPECTED, Verdict.INCIDENT))
    assert severity([expected, step(1, EVE)]) is Severity.MEDIUM
    assert severity([bad, step(1, EVE)]) is Severity.HIGH
    assert severity([expected]) is Severity.INFO


def test_a_case_is_about_whoever_gains_not_about_who_pressed() -> None:
    """Two strangers pressed; the case carries the name and the key of the person who got the power."""
    key = Subject(key="pgp:1", person=EVE)
    told = [
        step(0, MAL, Step.PRESSURE, beneficiaries=(EVE,)), step(1, OLD, Step.PRESSURE, beneficiaries=(EVE,)), step(2, EVE),
        step(3, EVE, Step.RELEASE, subject=key),
    ]  # fmt: skip
    (case,) = join(told)
    assert case.subject == key
    assert case.opened_at == told[0].at


PEOPLE = st.sampled_from([EVE, MAL, OLD, NEW, Person()])
STEPS = st.builds(
    lambda day, who, kind, level, grantor, gains, where: step(
        day, who, kind, severity=level, grantor=grantor, beneficiaries=gains, repository=where
    ),
    st.integers(0, 900), PEOPLE, st.sampled_from(Step), st.sampled_from(Severity), st.none() | PEOPLE,
    st.lists(PEOPLE, max_size=2).map(tuple), st.sampled_from([REPOSITORY, ELSEWHERE, WHOLE]),
)  # fmt: skip


@given(st.lists(STEPS, max_size=14), st.integers(0, 14))
def test_cases_only_grow(alerts: list[Alert], cut: int) -> None:
    """Whatever comes: nobody is in two cases, and what was joined of a part is joined of the whole."""
    alerts.sort(key=lambda a: a.at)
    early = join(alerts[:cut])
    whole = join(alerts, known=[case.alerts for case in early])
    members = [i for case in whole for i in case.alerts]
    assert len(members) == len(set(members))
    assert all(any(set(old.alerts) <= set(case.alerts) for case in whole) for old in early)
    assert [set(c.alerts) for c in whole] == [set(c.alerts) for c in join(alerts)]
    assert all(c.severity.at_least(severity([alerts[c.alerts[0]]])) for c in whole)


def test_the_wording_of_a_repository_does_not_matter_where_it_has_an_id() -> None:
    """A renamed repository is the same place."""
    renamed = Repository(id=REPOSITORY.id, full_name="acme/renamed", owner_id=9)
    assert joined(step(0, MAL, Step.PRESSURE, beneficiaries=(EVE,)), step(1, EVE, repository=renamed)) == [(0, 1)]
