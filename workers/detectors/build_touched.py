"""Somebody promoted a short while ago changed what builds, tests or releases the project, or let a stranger's change in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_app.fact import Commit, CommitsLanded
from github_app.identity import keys
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.remember import WORKFLOWS
from workers.detectors import Change, Detector, _paths, _standing, _words

_MOST = 5
_KINDS = (_paths.BUILD, _paths.RELEASE, _paths.WORKFLOW)
_WHY = "What runs while a project is built runs before anybody looks at the result."


def detect(change: Change) -> Iterable[Finding]:
    """Report the first such change of a promoted person's own, and the first of a stranger's that they let in."""
    fact: CommitsLanded = change.fact
    who = fact.actor
    if who is None or not keys(who) or who.bot or not fact.guarded or _standing.expected(change.ledger, who):
        return
    if not _standing.promoted(change.ledger, who, fact.at, _standing.A_YEAR):
        return
    # In git history a namesake is most likely the same person at another address.
    namesake = any(_words.alias(change.ledger, power, who) for power in (Power.COMMITTER, Power.MERGER))
    severity = Severity.LOW if namesake else Severity.MEDIUM
    yield from _own(change, who, severity)
    yield from _let_in(change, who, severity)


def _own(change: Change, who: Person, severity: Severity) -> Iterator[Finding]:
    """Workflows are `new-workflow-editor`'s to tell."""
    own = [commit for commit in change.fact.commits if change.ledger.same(commit.author, who)]
    paths = [path for path in _touched(own) if not path.startswith(WORKFLOWS)]
    if paths:
        title = f"{_words.named(who)} changed {_list(paths)}, which decides what is built, tested or released"
        join = f"{_since(change, who)}, and nobody else let this in."
        yield _finding(change, (own, paths), severity, (title, join), ("built by others", "changes the build"))


def _let_in(change: Change, who: Person, severity: Severity) -> Iterator[Finding]:
    """Two newcomers, one who writes and one who lets it in, are no second pair of eyes."""
    strangers = [c for commits in _standing.strangers(change) for c in commits if not change.ledger.same(c.author, who)]
    theirs = [commit for commit in strangers if _touched([commit])]
    if theirs:
        author, paths = theirs[0].author, _touched(theirs)
        title = f"{_words.named(who)} let in the first work of {author.label} here, which changes {_list(paths)}"
        join = f"{_since(change, who)}; nothing {author.label} did here before is known."
        turn = ("looked at by others", "lets strangers' builds in")
        yield _finding(change, (theirs, paths), severity, (title, join), turn)


def _touched(commits: list[Commit]) -> list[str]:
    found = dict.fromkeys(path for commit in commits for path in _paths.touched(commit, *_KINDS))
    return [path for path in found if not _paths.TESTS.fullmatch(path)]


def _list(paths: list[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"


def _since(change: Change, who: Person) -> str:
    since = _standing.landing_since(change.ledger, who) or change.fact.at
    return f"They have landed work here since {_words.day(since)}"


def _finding(
    change: Change,
    found: tuple[list[Commit], list[str]],
    severity: Severity,
    said: tuple[str, str],
    turn: tuple[str, str],
) -> Finding:
    (commits, paths), (title, join), (before, after) = found, said, turn
    who = change.fact.actor or Person()
    shas = [commit.sha for commit in commits if _touched([commit])]
    return Finding(
        severity=severity,
        subject=Subject(person=who),
        title=title,
        why=f"{_WHY} {_words.path(change.ledger, who, change.fact.at)} {join}",
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
