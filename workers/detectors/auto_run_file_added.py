"""A file was added that runs by itself when somebody installs the package or opens the project."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import Commit, CommitsLanded
from github_app.identity import keys
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _paths, _standing, _words

_MOST_PATHS = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report install hooks whoever adds them; what runs on opening only from somebody known for less than a year."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return
    for commit in fact.commits:
        recent = _standing.known_for(change.ledger, commit.author, fact.at) < _standing.A_YEAR
        kinds = (_paths.INSTALL, _paths.OPENING) if recent else (_paths.INSTALL,)
        added = [p for p in _paths.touched(commit, *kinds, status="A") if not _paths.TESTS.fullmatch(p)]
        if added and keys(commit.author) and not (recent and _standing.expected(change.ledger, commit.author)):
            yield _finding(fact, commit, added, recent, change.ledger)


def _finding(fact: CommitsLanded, commit: Commit, added: list[str], recent: bool, ledger: LedgerView) -> Finding:
    installs = [path for path in added if _paths.INSTALL.fullmatch(path)]
    when = "somebody installs the package" if installs else "somebody opens or works in the project"
    rest = f" and {len(added) - 1} more" if len(added) > 1 else ""
    severity = Severity.HIGH if installs and recent else Severity.MEDIUM
    looked = _standing.landed_by_old_hand(ledger, fact.actor, commit.author, fact.at)
    by = f" {fact.actor.label} let it in." if fact.actor is not None and looked else ""
    return Finding(
        severity=_words.louder(severity, -1) if looked else severity,
        subject=Subject(person=commit.author),
        title=f"{_words.named(commit.author)} added {(installs or added)[0]}{rest}, which by its name runs when {when}",
        why=f"Nobody has to call such a file, and few read it. {_words.path(ledger, commit.author, fact.at)}{by}",
        before="absent",
        after=", ".join(added[:_MOST_PATHS]),
        evidence=(
            Evidence(kind="commit", value=commit.sha),
            *(Evidence(kind="path", value=path) for path in added[:_MOST_PATHS]),
        ),
        powers=(Power.COMMITTER, Power.MERGER),
        pull=fact.pull,
    )


DETECTOR = Detector(
    watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH), detect=detect
)
