"""Made-up people, alerts and decisions for the tests of the store."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from github_app.identity import keys
from github_app.model import (
    Alert,
    Evidence,
    Finding,
    Person,
    Power,
    Repository,
    Reviewer,
    Rung,
    Severity,
    Stage,
    State,
    Subject,
    Verdict,
)
from github_app.review import Action, DecisionRecord
from github_app.store import Delivery, Store

NOW = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
ANNA = Person(id=1, login="anna", name="Anna", email="anna@example.org")
BEN = Person(id=2, login="ben", name="Ben")
CARL = Person(id=3, login="carl")
REPOSITORY = Repository(id=7, full_name="acme/tool", owner_id=70, default_branch="main")


def delivery(guid: str, *, repository_id: int = 1, partition: int = 3, at: dt.datetime = NOW) -> Delivery:
    """Return a push."""
    return Delivery(
        guid=guid,
        event="push",
        received_at=at,
        partition=partition,
        repository_id=repository_id,
        owner_id=9,
        body=b'{"a": "\x00"}',
    )


def finding(**changes: Any) -> Finding:
    """Return a finding with every field filled."""
    made = Finding(
        severity=Severity.HIGH,
        subject=Subject(person=BEN),
        title="A new committer pushed to main",
        why="Nobody had seen Ben push before.",
        before="none",
        after="committer",
        evidence=(
            Evidence(kind="commit", value="a" * 40, url="https://github.com/acme/tool/commit/aaaa"),
            Evidence(kind="comment", value="please merge", url="https://github.com/acme/tool/issues/4#issuecomment-99"),
        ),
        powers=(Power.COMMITTER, Power.MERGER),
        grantor=CARL,
        private=True,
        detector="new-committer",
    )
    return replace(made, **changes)


def alert(fingerprint: str = "f", **changes: Any) -> Alert:
    """Return an alert with every field filled; `changes` may name fields of the finding too."""
    inner = {name: changes.pop(name) for name in list(changes) if name in Finding.__dataclass_fields__}
    made = Alert(
        finding=finding(**inner),
        stage=Stage.STABLE,
        repository=REPOSITORY,
        fingerprint=fingerprint,
        at=NOW,
        raised_at=NOW + SECOND,
        ladder=(Rung(power=Power.AUTHOR, at=NOW - DAY, days=0), Rung(power=Power.COMMITTER, at=NOW, days=1)),
        reviewers=(Reviewer(person=ANNA, power=Power.COMMITTER, since=NOW - DAY),),
        subject_keys=keys(BEN),
        grantor_keys=keys(CARL),
    )
    return replace(made, **changes)


def raised(store: Store, fingerprint: str = "f", **changes: Any) -> Alert:
    """Store an alert and return it as stored."""
    with store.begin() as connection:
        number = store.alerts.raise_(connection, alert(fingerprint, **changes), "guid")
    assert number is not None
    found = store.alerts.get(number)
    assert found is not None
    return found


def decided(old: Alert, verdict: Verdict = Verdict.EXPECTED, reason: str = "we hired him") -> tuple[Alert, DecisionRecord]:
    """Return an alert as resolved by Anna, and the record of it."""
    new = replace(old, state=State.RESOLVED, verdict=verdict, reason=reason, decided_by=("anna",), version=old.version + 1)
    record = DecisionRecord(
        alert_id=old.id, at=NOW + DAY, action=Action(verdict.value), verdict=verdict, reason=reason, by=ANNA, via="slack"
    )
    return new, record
