"""The judge: facts in order, detectors asked about what was before, alerts out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest

from github_app.fact import Commit, CommitsLanded, Fact, PullClosed, PullMerged
from github_app.ledger import Ledger
from github_app.model import Finding, Person, Power, Repository, Severity, Source, Stage, State, Subject
from github_app.remember import remember
from workers.detectors import Change, Detector
from workers.judge import fingerprint, judge, reviewers

AT = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
REPOSITORY = Repository(id=1, full_name="acme/widget", owner_id=2)
ALICE, BOB, EVE = Person(id=1, login="alice"), Person(id=2, login="bob"), Person(id=3, login="eve")
FINDING = Finding(
    severity=Severity.HIGH, subject=Subject(person=EVE), title="t", why="w", before="b", after="a", powers=(Power.COMMITTER,)
)


def push(who: Person | None, at: dt.datetime = AT) -> CommitsLanded:
    """Return a push to the guarded branch."""
    return CommitsLanded(
        at=at,
        source=Source.WEBHOOK,
        repository=REPOSITORY,
        ref="refs/heads/main",
        before="",
        after="",
        guarded=True,
        actor=who,
    )


def told(detect: object, *, watches: tuple[type[Fact], ...] = (CommitsLanded,), **fields: object) -> Detector:
    """Return a detector made for a test."""
    return Detector(**{"watches": watches, "stage": Stage.STABLE, "detect": detect, "id": "test-detector", **fields})


def settled() -> Ledger:
    """Return a ledger that knows its past: Alice and Bob pushed."""
    ledger = Ledger()
    ledger.use(Power.COMMITTER, BOB, AT - dt.timedelta(days=900))
    ledger.use(Power.COMMITTER, ALICE, AT - dt.timedelta(days=1000))
    ledger.settle(AT - dt.timedelta(days=1), "test")
    return ledger


def holds(change: Change) -> Iterable[Finding]:
    """Report whether the actor was a committer before the fact."""
    known = change.ledger.holding(Power.COMMITTER, change.fact.actor) is not None
    return [replace(FINDING, before=str(known))]


def test_a_detector_sees_the_ledger_as_it_was_before() -> None:
    """The first push is new, the second is not, because the ledger learned the first in between."""
    judgement = judge([push(EVE), push(EVE)], settled(), [told(holds)])
    assert [alert.finding.before for alert in judgement.alerts] == ["False", "True"]


def test_people_are_introduced_before_detectors_are_asked() -> None:
    """A maintainer known from git by an address is known at the first push that shows whose address it is."""
    ledger = settled()
    ledger.use(Power.COMMITTER, Person(name="Eve", email="eve@example.org"), AT)
    commit = Commit(sha="c" * 40, author=ALICE, committer=Person(login="eve", email="eve@example.org"))
    judgement = judge([replace(push(EVE), commits=(commit,))], ledger, [told(holds)])
    assert [alert.finding.before for alert in judgement.alerts] == ["True"]


def test_nobody_is_new_while_the_past_is_unknown() -> None:
    """Facts are remembered; only detectors that need no history are asked."""
    ledger = Ledger()
    assert judge([push(EVE)], ledger, [told(holds)]).alerts == []
    assert ledger.holding(Power.COMMITTER, EVE) is not None
    assert len(judge([push(EVE)], Ledger(), [told(holds, needs_history=False)]).alerts) == 1


def test_a_detector_is_asked_only_about_what_it_watches() -> None:
    """A closed pull request is no landing."""
    closed = PullClosed(at=AT, source=Source.WEBHOOK, repository=REPOSITORY, number=1, title="", author=EVE)
    assert judge([closed], settled(), [told(holds)]).alerts == []
    assert len(judge([closed], settled(), [told(lambda _: [FINDING], watches=(PullMerged, PullClosed))]).alerts) == 1


def test_one_crash_costs_nobody_elses_alert() -> None:
    """The crash is recorded with its detector and fact, also when it comes after a first finding; the ledger learns on."""

    def crash(_: Change) -> Iterable[Finding]:
        yield FINDING
        raise KeyError("boom")

    ledger = settled()
    judgement = judge([push(EVE)], ledger, [told(crash, id="crashing"), told(holds, id="sound")])
    assert [alert.finding.detector for alert in judgement.alerts] == ["sound"]
    (failure,) = judgement.failures
    assert (failure.detector, failure.fact.actor, failure.error) == ("crashing", EVE, "KeyError: 'boom'")
    assert ledger.holding(Power.COMMITTER, EVE) is not None


def test_an_alert_says_when_and_who() -> None:
    """It is open, carries the fact's time and the time of raising, the ladder, and every key of subject and grantor."""
    ledger = settled()
    ledger.use(Power.AUTHOR, EVE, AT - dt.timedelta(days=30))
    finding = replace(FINDING, grantor=BOB)
    (alert,) = judge([push(EVE)], ledger, [told(lambda _: [finding])], now=AT + dt.timedelta(hours=1)).alerts
    assert (alert.state, alert.at, alert.raised_at) == (State.OPEN, AT, AT + dt.timedelta(hours=1))
    assert [(rung.power, rung.days) for rung in alert.ladder] == [(Power.AUTHOR, 0)]
    assert set(alert.subject_keys) == {"id:3", "login:eve"}
    assert set(alert.grantor_keys) == {"id:2", "login:bob"}
    assert alert.finding.detector == "test-detector"


def test_reviewers_held_the_power_before_and_are_not_involved() -> None:
    """Longest first; neither the subject, nor grantor or beneficiary, nor an app, nor who never used the power."""
    ledger = settled()
    ledger.use(Power.COMMITTER, EVE, AT)
    ledger.use(Power.COMMITTER, Person(id=4, login="ci[bot]", bot=True), AT)
    ledger.grant(Power.COMMITTER, Person(id=5, login="idle"), AT, ALICE)
    assert [r.person.login for r in reviewers(FINDING, ledger)] == ["alice", "bob"]
    assert [r.person.login for r in reviewers(replace(FINDING, grantor=ALICE), ledger)] == ["bob"]
    assert [r.person.login for r in reviewers(replace(FINDING, beneficiaries=(BOB,)), ledger)] == ["alice"]


def test_nobody_reviews_their_own_new_key() -> None:
    """A key is filed under its own name; the person behind it is still the subject."""
    ledger = settled()
    ledger.use(Power.SIGNER, "pgp:OLD", AT, person=EVE)
    ledger.use(Power.SIGNER, "pgp:BOBS", AT, person=BOB)
    finding = replace(FINDING, subject=Subject(key="pgp:NEW", person=EVE), powers=(Power.SIGNER,))
    assert [r.person.login for r in reviewers(finding, ledger)] == ["bob"]


@pytest.mark.parametrize("text", ["a\x1fb\x1fc", "1:a,1:b,", "aa"])
def test_a_text_from_outside_cannot_imitate_another_finding(text: str) -> None:
    """However before and after are cut out of one text, the fingerprints differ."""
    cuts = {
        fingerprint(replace(FINDING, before=text[:at], after=text[rest:]), REPOSITORY, "id:3")
        for at in range(len(text))
        for rest in (at, at + 1)
    }
    assert len(cuts) == 2 * len(text)


@pytest.mark.parametrize("other", [{"detector": "other"}, {"before": "x"}, {"after": "x"}])
def test_fingerprints_tell_findings_apart(other: dict[str, str]) -> None:
    """By detector, before and after."""
    assert fingerprint(FINDING, REPOSITORY, "id:3") != fingerprint(replace(FINDING, **other), REPOSITORY, "id:3")


def test_fingerprints_tell_subjects_and_repositories_apart() -> None:
    """And nothing else: neither wording nor a renamed repository makes a second alert."""
    same = fingerprint(FINDING, REPOSITORY, "id:3")
    assert same != fingerprint(FINDING, REPOSITORY, "id:4")
    assert same != fingerprint(FINDING, replace(REPOSITORY, id=9), "id:3")
    reworded = replace(FINDING, title="other", why="other", severity=Severity.LOW)
    assert same == fingerprint(reworded, replace(REPOSITORY, full_name="acme/renamed"), "id:3")
    assert fingerprint(FINDING, replace(REPOSITORY, id=0), "x\ud800") != same


def climbers(*days: int) -> Ledger:
    """Return the ledger of an old project in which people took so many days from their first work to their first push."""
    ledger = Ledger()
    remember(ledger, push(ALICE, AT - dt.timedelta(days=4000)))
    for number, took in enumerate(days, 100):
        who, start = Person(id=number, login=f"p{number}"), AT - dt.timedelta(days=3000)
        ledger.use(Power.AUTHOR, who, start)
        remember(ledger, push(who, start + dt.timedelta(days=took)))
    ledger.use(Power.AUTHOR, EVE, AT - dt.timedelta(days=20))
    ledger.settle(AT - dt.timedelta(days=1), "test")
    return ledger


def test_the_ladder_is_compared_with_the_project_s_own_history() -> None:
    """Every alert says how long the subject took beside what is usual here, before and after the step."""
    sentence = "From the first contribution to the first push: 20 days; usual here: 300 days (median of the last 3 people)."
    detector, ledger = told(lambda change: [replace(FINDING, before=str(change.fact.at))]), climbers(1000, 300, 200)
    first, later = judge([push(EVE), push(EVE, AT + dt.timedelta(days=9))], ledger, [detector]).alerts
    assert first.finding.why == f"w {sentence}"
    assert later.finding.why == f"w {sentence}"
    assert [rung.power for rung in later.ladder] == [Power.AUTHOR, Power.COMMITTER]


def test_nothing_is_called_usual_where_too_few_climbed() -> None:
    """Two people are no custom, and who took no step is compared with nobody."""
    detector = told(lambda _: [FINDING])
    assert judge([push(EVE)], climbers(1000, 300), [detector]).alerts[0].finding.why == "w"
    assert judge([push(ALICE)], climbers(1000, 300, 200), [detector]).alerts[0].finding.why == "w"
