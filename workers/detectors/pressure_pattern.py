"""Comments over weeks press a maintainer to give up power: several accounts, growing demands, or after a disclosure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.fact import CommentWritten
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _words
from workers.pressure.hearing import contributors
from workers.pressure.pattern import SIGNS, Pattern, find

_MOST_SHOWN = 8
_ACTIVE = dt.timedelta(days=730)
_LANDS = (Power.COMMITTER, Power.MERGER)


def detect(change: Change) -> Iterable[Finding]:
    """Report a campaign once, and once more when it is worse; whatever its comments say, the wording speaks of a pattern."""
    fact: CommentWritten = change.fact
    if fact.mark is None:
        return ()
    ledger = change.ledger
    landing = _landing(ledger, fact.at)
    near = (p for p in contributors(ledger, fact.at) if not any(ledger.same(p, lander) for lander in landing))
    pattern = find(ledger.heard(), fact.mark, alone=len(landing) == 1, near=near)
    return () if pattern is None else [_finding(pattern)]


def _finding(pattern: Pattern) -> Finding:
    first, accounts = pattern.marks[0], len({m.author for m in pattern.marks})
    severity = Severity.HIGH if pattern.strong or pattern.beneficiaries else Severity.MEDIUM
    signs = "; ".join(SIGNS[name] for name in pattern.signs)
    helped = f" It would help {_listed(pattern.beneficiaries)}." if pattern.beneficiaries else ""
    return Finding(
        severity=severity,
        subject=Subject(person=first.author),
        title=f"A pattern of pressure on the maintainers: {_count(len(pattern.marks), 'comment')} by"
        f" {_count(accounts, 'account')} since {_words.day(first.at)}",
        why=f"The pattern: {signs}.{helped} Nearly all such comments come from sincere people, and being helped by them is"
        " no fault of anybody's. What counts is what follows: a role, a right or a key that is given under pressure.",
        before="no pattern",
        after=f"a {'strong ' if severity is Severity.HIGH else ''}pattern since {_words.day(first.at)}",
        evidence=(
            *(Evidence(kind="comment", value=str(m.comment or m.thread), url=m.url) for m in pattern.marks[-_MOST_SHOWN:]),
            *(Evidence(kind="event", value=name) for name in pattern.signs),
        ),
        powers=(Power.OWNER, Power.ADMIN, Power.MERGER, Power.COMMITTER),
        private=True,
        beneficiaries=pattern.beneficiaries,
    )


def _landing(ledger: LedgerView, at: dt.datetime) -> list[Person]:
    """Return who landed work within two years, everybody once."""
    found: list[Person] = []
    for held in (h for power in _LANDS for h in ledger.holders(power)):
        active = held.last_used is not None and at - held.last_used <= _ACTIVE and not held.person.bot
        if active and not any(ledger.same(held.person, known) for known in found):
            found.append(held.person)
    return found


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _listed(people: Iterable[Person]) -> str:
    return ", ".join(person.label for person in people)


DETECTOR = Detector(
    watches=(CommentWritten,),
    stage=Stage.STABLE,
    step=Step.PRESSURE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    detect=detect,
)
