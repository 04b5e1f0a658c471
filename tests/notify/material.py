"""Alerts and people for the tests of messages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from github_app.model import Alert, Evidence, Finding, Person, Power, Repository, Reviewer, Rung, Severity, Stage, Subject

SUBJECT = Person(id=2, login="newcomer", name="New Comer")
GRANTOR = Person(id=3, login="granter")
LASSE = Person(id=10, login="lasse", name="Lasse")
MARY = Person(id=11, login="mary")
OTHER = Person(id=12, login="other")
REPOSITORY = Repository(id=7, full_name="acme/tool", owner_id=9, default_branch="main")
AT = dt.datetime(2026, 3, 1, 10, 30, tzinfo=dt.UTC)
SHA = "8ace358d65059152d9a1f43f4770170d29d35754"


def finding(**changes: Any) -> Finding:
    """Return a finding of high severity about `SUBJECT`, with changes."""
    made = Finding(
        severity=Severity.HIGH,
        subject=Subject(person=SUBJECT),
        title="New Comer (@newcomer) merged a pull request for the first time",
        why="They first appeared here as an author on 2025-01-01, 424 days earlier. Two others have merged here before.",
        before="never used",
        after="merged pull request 12",
        evidence=(Evidence(kind="commit", value=SHA), Evidence(kind="pull", value="12")),
        powers=(Power.MERGER,),
        gains=(Power.MERGER,),
        grantor=GRANTOR,
        detector="new-merger",
    )
    return replace(made, **changes)


def alert(number: int = 0, **changes: Any) -> Alert:
    """Return an open alert; changes of the finding may be given too."""
    inner = {k: changes.pop(k) for k in list(changes) if k in Finding.__dataclass_fields__}
    made = Alert(
        id=number,
        finding=finding(**inner),
        stage=Stage.STABLE,
        repository=REPOSITORY,
        fingerprint=f"{number:064d}",
        at=AT,
        raised_at=AT,
        ladder=(
            Rung(power=Power.AUTHOR, at=AT - dt.timedelta(days=424), days=0),
            Rung(power=Power.MERGER, at=AT, days=424),
        ),
        reviewers=(
            Reviewer(person=LASSE, power=Power.MERGER, since=AT - dt.timedelta(days=4000)),
            Reviewer(person=MARY, power=Power.MERGER, since=AT - dt.timedelta(days=900)),
        ),
        subject_keys=("id:2", "login:newcomer", "mail:new@comer.example"),
        grantor_keys=("id:3", "login:granter"),
    )
    return replace(made, **changes)
