"""Somebody promoted a short while ago changed what builds, tests or releases the project, or let a stranger's change in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_app.fact import Commit, CommitsLanded
from github_app.identity import keys
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.remember import WORKFLOWS
from workers.detectors import Change, Detector, _paths, _standing, _words

_MOST = 5
_Found = tuple[list[Commit], list[str]]
_KINDS = (_paths.BUILD, _paths.RELEASE, _paths.WORKFLOW)


def detect(change: Change) -> Iterable[Finding]:
    """Report the first such change of a promoted person's own, and a stranger's that only a newcomer has looked at."""
    fact: CommitsLanded = change.fact
    who = fact.actor
    if who is not None and keys(who) and not who.bot and fact.guarded:
        yield from _promoted(change, who)
    for commits in _standing.strangers(change):
        newcomer = _standing.let_in_by_newcomer(change.ledger, who, commits[0].author, fact.at)
        if newcomer and (paths := _touched(commits)):
            yield _finding(change, (commits, paths), Severity.MEDIUM, newcomer, ("never seen", f"touched {paths[0]}"))


def _promoted(change: Change, who: Person) -> Iterator[Finding]:
    """Their first own landing of all is told by others already, and workflows by `new-workflow-editor`."""
    fact: CommitsLanded = change.fact
    ledger, since = change.ledger, _standing.landing_since(change.ledger, who)
    if since is None or not _standing.promoted(ledger, who, fact.at, _standing.A_YEAR) or _standing.expected(ledger, who):
        return
    own = [commit for commit in fact.commits if ledger.same(commit.author, who)]
    paths = [path for path in _touched(own) if not path.startswith(WORKFLOWS)]
    if not paths:
        return
    # In git history a namesake is most likely the same person at another address.
    namesake = any(_words.alias(ledger, power, who) for power in (Power.COMMITTER, Power.MERGER))
    join = f"They have landed work here since {_words.day(since)}, and nobody else let this in."
    severity = Severity.LOW if namesake else Severity.MEDIUM
    yield _finding(change, (own, paths), severity, join, ("built by others", "changes the build"))


def _touched(commits: list[Commit]) -> list[str]:
    found = dict.fromkeys(path for commit in commits for path in _paths.touched(commit, *_KINDS))
    return [path for path in found if not _paths.TESTS.fullmatch(path)]


def _finding(change: Change, found: _Found, severity: Severity, join: str, turn: tuple[str, str]) -> Finding:
    (commits, paths), (before, after) = found, turn
    who = commits[0].author
    rest = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    path = _words.path(change.ledger, who, change.fact.at)
    shas = [commit.sha for commit in commits if _paths.touched(commit, *_KINDS)]
    return Finding(
        severity=severity,
        subject=Subject(person=who),
        title=f"{_words.named(who)} changed {paths[0]}{rest}, which decides what is built, tested or released",
        why=f"What runs while a project is built runs before anybody looks at the result. {path} {join}",
        before=before,
        after=after,
        evidence=(
            *(Evidence(kind="commit", value=sha) for sha in shas[:_MOST]),
            *(Evidence(kind="path", value=path) for path in paths[:_MOST]),
        ),
        powers=(Power.COMMITTER, Power.MERGER, Power.RELEASER),
        pull=change.fact.pull,
    )


DETECTOR = Detector(watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.LOW, Severity.MEDIUM), detect=detect)
