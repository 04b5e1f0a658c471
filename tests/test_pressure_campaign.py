"""The campaign of spring 2022 against xz, told in our own words with its real dates and roles, through the real judge."""

from __future__ import annotations

import datetime as dt

import pytest

from demo import facts as story
from github_app import fact as f
from github_app.ledger import Ledger
from github_app.model import Alert, Person, Repository, Severity, Signature, SigningKey, Source
from github_app.remember import remember
from workers import cases
from workers.detectors import load
from workers.judge import judge

XZ = Repository(id=1, full_name="tukaani-project/xz", owner_id=2, default_branch="master")
LASSE = Person(id=10, login="Larhzu", name="Lasse Collin", email="lasse.collin@tukaani.org")
JIA = Person(id=20, login="JiaT75", name="Jia Tan", email="jiat0218@gmail.com")
FIRST_PUSH = dt.datetime(2022, 12, 30, 15, 34, tzinfo=dt.UTC)


def day(year: int, month: int, number: int) -> dt.datetime:
    """Return a date as a moment in UTC."""
    return dt.datetime(year, month, number, tzinfo=dt.UTC)


def landed(by: Person, author: Person, at: dt.datetime, via: f.Landing = f.Landing.PUSH) -> f.CommitsLanded:
    """Return a push or merge to the default branch."""
    sha = f"{int(at.timestamp()):040x}"
    return f.CommitsLanded(
        at=at,
        source=Source.WEBHOOK,
        repository=XZ,
        actor=by,
        ref="refs/heads/master",
        before="0" * 40,
        after=sha,
        guarded=True,
        via=via,
        commits=(f.Commit(sha=sha, author=author, committer=by),),
    )


def signed(by: Person, key: str, at: dt.datetime) -> f.TagCreated:
    """Return a signed tag."""
    signature = Signature(key=SigningKey(scheme="pgp", id=key), valid=True)
    return f.TagCreated(
        at=at,
        source=Source.WEBHOOK,
        repository=XZ,
        actor=by,
        name=f"v{at:%Y.%m}",
        target="1" * 40,
        annotated=True,
        tagger=by,
        signature=signature,
    )


def campaign() -> list[f.CommentWritten]:
    """Return the messages; the accounts of the personas were made shortly before, as nothing earlier is known of them."""
    people = {LASSE.login: LASSE, JIA.login: JIA}
    told = []
    for number, said in enumerate(story.pressure(), 1):
        who = people.setdefault(said.by, Person(id=100 + len(people), login=said.by))
        opener = people.setdefault(said.opened_by, Person(id=100 + len(people), login=said.opened_by))
        told.append(
            f.CommentWritten(
                at=said.at, source=Source.WEBHOOK, repository=XZ, actor=who, thread=said.issue, comment_id=number,
                action="created", text=said.text, association=said.association, thread_author=opener,
            )
        )  # fmt: skip
    return told


@pytest.fixture
def ledger() -> Ledger:
    """Return what was known in April 2022: one maintainer since 2008, who signs, and one contributor since February."""
    known = Ledger()
    remember(known, landed(LASSE, LASSE, day(2008, 1, 1)))
    remember(known, signed(LASSE, "A" * 40, day(2009, 1, 1)))
    remember(known, landed(LASSE, LASSE, day(2022, 1, 10)))
    remember(known, landed(LASSE, JIA, day(2022, 2, 7)))
    known.settle(day(2008, 1, 1), "test")
    return known


def judged(ledger: Ledger, *facts: f.Fact) -> list[Alert]:
    """Return the alerts of some facts, each fingerprint once."""
    result = judge(facts, ledger, load())
    assert result.failures == []
    return list({alert.fingerprint: alert for alert in reversed(result.alerts)}.values())[::-1]


def test_the_campaign_is_a_private_pattern_by_the_14th_of_june(ledger: Ledger) -> None:
    """Two personas, eight messages, nine weeks: one alert, early, with whom it would help, and no words of anybody's."""
    alerts = judged(ledger, *campaign())
    (pattern,) = [a for a in alerts if a.finding.detector == "pressure-pattern"]
    assert pattern.at.date() <= dt.date(2022, 6, 14)
    assert pattern.finding.private
    assert "JiaT75" in [p.login for p in pattern.finding.beneficiaries]
    assert "after-disclosure" in {e.value for e in pattern.finding.evidence}
    assert "sincere" in pattern.finding.why
    assert all(a.finding.private for a in alerts)


@pytest.mark.parametrize("left_out", range(1, 8))
def test_it_does_not_hang_on_one_message(ledger: Ledger, left_out: int) -> None:
    """Whichever of the messages until the 14th of June is missing, the pattern is seen before the end of June."""
    alerts = judged(ledger, *(x for x in campaign() if x.comment_id != left_out))
    assert "pressure-pattern" in {a.finding.detector for a in alerts}


@pytest.mark.parametrize(
    "gain",
    [
        landed(JIA, JIA, FIRST_PUSH),
        landed(JIA, Person(id=30, login="somebody"), FIRST_PUSH, f.Landing.MERGE),
        signed(JIA, "B" * 40, FIRST_PUSH),
        f.AccessChanged(
            at=FIRST_PUSH, source=Source.WEBHOOK, repository=XZ, actor=LASSE, subject=JIA, scope="repository", before="none",
            after="write",
        ),
    ],
    ids=["first push", "first merge", "new signing key", "grant"],
)  # fmt: skip
def test_a_power_for_whom_it_helped_makes_the_case_critical(ledger: Ledger, gain: f.Fact) -> None:
    """The pressure of June and what came of it in December are one case, and critical."""
    alerts = judged(ledger, *campaign(), gain)
    (case,) = cases.join(alerts)
    assert case.severity is Severity.CRITICAL
    assert {"pressure-pattern"} < {alerts[i].finding.detector for i in case.alerts}
    assert case.subject.person.login == "JiaT75"
