"""A stranger's first work landed that touches lock files or submodules, or a package manifest among many other files."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import Commit, CommitsLanded
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from github_app.remember import LANDINGS
from workers.detectors import Change, Detector, _paths, _standing, _words
from workers.detectors.quiet_repository_woken import QUIET

_MANY = 15
_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report pins in a stranger's first work, and manifests in a large one; after a long quiet others tell of it."""
    landings = _standing.custom(change.ledger, LANDINGS)
    if landings is not None and landings.last_used is not None and change.fact.at - landings.last_used >= QUIET:
        return []  # then it is `quiet-repository-woken`'s to tell
    return [found for commits in _standing.strangers(change) if (found := _of(commits, change)) is not None]


def _of(commits: list[Commit], change: Change) -> Finding | None:
    fact: CommitsLanded = change.fact
    who, ledger = commits[0].author, change.ledger
    touched = [p for c in commits for p in _paths.touched(c, _paths.MANIFEST, _paths.LOCK, status="AM")]
    touched = [p for p in dict.fromkeys(touched) if not _paths.TESTS.fullmatch(p)]
    pins = [p for p in touched if _paths.LOCK.fullmatch(p) or p.endswith(".gitmodules")]
    files = len({touched.path for commit in commits for touched in commit.paths})
    if not pins and not (touched and files >= _MANY):
        return None
    let_in = f"{fact.actor.label} let it in." if fact.actor is not None and not ledger.same(fact.actor, who) else ""
    reads = (
        "Pins say from where code is taken and what it must be; hardly anybody reads them in a review."
        if pins
        else f"It says which other code is pulled in, and came with {files - 1} other files: one line among many."
    )
    return Finding(
        severity=Severity.MEDIUM,
        subject=Subject(person=who),
        title=f"The first work of {who.label} here touches {(pins or touched)[0]}",
        why=" ".join(filter(None, (reads, _words.path(ledger, who, fact.at), let_in))),
        before="never seen",
        after=f"touched {', '.join((pins or touched)[:_MOST])}",
        evidence=(
            *(Evidence(kind="commit", value=commit.sha) for commit in commits[:_MOST]),
            *(Evidence(kind="path", value=path) for path in touched[:_MOST]),
        ),
        powers=(Power.MERGER, Power.COMMITTER),
        pull=fact.pull,
    )


DETECTOR = Detector(watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.MEDIUM,), detect=detect)
