"""Files that nobody can read were landed by somebody who was promoted a short while ago and releases, or by a newcomer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.fact import Commit, CommitsLanded
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _paths, _standing, _words

_MOST = 5
_PROMOTED = dt.timedelta(days=2 * 365)
_ARRIVED = dt.timedelta(days=90)


def detect(change: Change) -> Iterable[Finding]:
    """Report opaque files that nobody else looked at from whoever makes releases too, and programs of newcomers."""
    fact: CommitsLanded = change.fact
    commits: dict[tuple[str, ...], list[Commit]] = {}
    for commit in fact.commits if fact.guarded else ():
        if keys(commit.author) and not commit.author.bot and _paths.touched(commit, _paths.OPAQUE, status="AM"):
            commits.setdefault(keys(commit.author), []).append(commit)
    return [found for together in commits.values() if (found := _of(together, change)) is not None]


def _of(commits: list[Commit], change: Change) -> Finding | None:
    ledger, who, at = change.ledger, commits[0].author, change.fact.at
    if _standing.expected(ledger, who):
        return None
    opaque = list(dict.fromkeys(p for commit in commits for p in _paths.touched(commit, _paths.OPAQUE, status="AM")))
    own = change.fact.actor is not None and ledger.same(change.fact.actor, who)
    since = _standing.landing_since(ledger, who)
    promoted = since is not None and _standing.promoted(ledger, who, at, _PROMOTED)
    if own and since is not None and promoted and _words.used(ledger.holding(Power.RELEASER, who)):
        join = f"They have landed work since {_words.day(since)} and make releases. Nobody else let this in."
        return _finding(commits, change, opaque, Severity.HIGH, join)
    programs = [path for path in opaque if not _paths.TESTS.fullmatch(path)]
    if programs and _standing.known_for(ledger, who, at) < _ARRIVED:
        return _finding(commits, change, programs, Severity.MEDIUM, "They came a short while ago.")
    return None


def _finding(commits: list[Commit], change: Change, opaque: list[str], severity: Severity, join: str) -> Finding:
    who = commits[0].author
    rest = f" and {len(opaque) - 1} more" if len(opaque) > 1 else ""
    tests = sum(_paths.TESTS.fullmatch(path) is not None for path in opaque)
    return Finding(
        severity=severity,
        subject=Subject(person=who),
        title=f"{_words.named(who)} landed {opaque[0]}{rest}, which nobody can read in a review",
        why=f"Compressed and compiled files can hide anything; {tests} of {len(opaque)} lie among tests and examples. "
        f"{_words.path(change.ledger, who, change.fact.at)} {join}",
        before="absent or different",
        after=f"in {commits[0].sha}",
        evidence=(
            *(Evidence(kind="commit", value=commit.sha) for commit in commits[:_MOST]),
            *(Evidence(kind="path", value=path) for path in opaque[:_MOST]),
        ),
        powers=(Power.COMMITTER, Power.MERGER, Power.RELEASER),
        pull=change.fact.pull,
    )


DETECTOR = Detector(watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.MEDIUM, Severity.HIGH), detect=detect)
