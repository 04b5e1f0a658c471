"""Somebody who came a short while ago removed a file that guards the project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_app.fact import Commit, CommitsLanded
from github_app.identity import keys
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _paths, _standing, _words

_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report guards that go without a successor, from people known for less than a year."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return
    kept = {_name(p.path) for commit in fact.commits for p in commit.paths if p.status != "D"}
    locked = any(_paths.LOCK.fullmatch(name) for name in kept)
    for commit in fact.commits:
        gone = [path for path in _paths.touched(commit, _paths.GUARD, status="D") if _name(path) not in kept]
        if not locked:
            gone += [path for path in _paths.touched(commit, _paths.LOCK, status="D") if "/" not in path]
        yield from _of(commit, gone, fact, change.ledger)


def _of(commit: Commit, gone: list[str], fact: CommitsLanded, ledger: LedgerView) -> Iterator[Finding]:
    who = commit.author
    recent = _standing.known_for(ledger, who, fact.at) < _standing.A_YEAR
    if not gone or not keys(who) or not recent or _standing.expected(ledger, who):
        return
    looked = _standing.landed_by_old_hand(ledger, fact.actor, who, fact.at)
    rest = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
    let_in = f" {fact.actor.label} let it in." if fact.actor is not None and looked else ""
    yield Finding(
        severity=Severity.LOW if looked else Severity.MEDIUM,
        subject=Subject(person=who),
        title=f"{_words.named(who)} removed {gone[0]}{rest}, with nothing in its place",
        why=f"{_paths.guards(gone[0])} {_words.path(ledger, who, fact.at)}{let_in}",
        before="present",
        after=f"removed: {', '.join(gone[:_MOST])} on {_words.day(fact.at)}",
        evidence=(
            Evidence(kind="commit", value=commit.sha),
            *(Evidence(kind="path", value=path) for path in gone[:_MOST]),
        ),
        powers=(Power.MERGER, Power.COMMITTER, Power.ADMIN),
        pull=fact.pull,
    )


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


DETECTOR = Detector(watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.LOW, Severity.MEDIUM), detect=detect)
