"""What a landing did to the contents of files, as far as they are known, and who wrote it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from github_app.fact import Commit, CommitsLanded, Landing
from github_app.identity import keys
from github_app.ledger import LedgerView
from github_app.model import Person
from workers.detectors import Change, Wish, _paths, _standing

MOST_OF_A_COMMIT = 20
"""A commit that touches more code than this is a reorganisation: nobody can say what of it was meant."""

_PROMOTED = dt.timedelta(days=2 * 365)
_CODE = re.compile(
    r"(?:.*/)?(?:[^/]+\.(?:c|cc|cpp|cxx|h|hh|hpp|m|mm|cs|go|rs|java|kt|kts|scala|swift|py|pyx|rb|php|pl|pm|lua|js|cjs|mjs|jsx"
    r"|ts|mts|tsx|vue|sh|bash|zsh|ps1|bat|m4|ac|am|in|mk|cmake|gradle|bzl|nix|spec)|(?:GNU)?[Mm]akefile|CMakeLists\.txt"
    r"|meson\.build|configure|Dockerfile|Jenkinsfile|BUILD|package\.json|\.github/workflows/[^/]+\.ya?ml)"
)
_MADE = re.compile(
    r"(?:.*/)?(?:vendor|third_party|node_modules|dist|\.yarn)/.*|.*\.min\.\w+|(?:.*/)?[^/]*\.pb\.\w+|.*_pb2\.py"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A file before and after a whole landing. `commit` is the last that wrote it, `author` who did."""

    path: str
    before: str
    after: str
    commit: Commit

    @property
    def author(self) -> Person:
        """Who wrote it last."""
        return self.commit.author


def rewritten(fact: CommitsLanded, wanted: Callable[[str], bool]) -> Iterator[Rewritten]:
    """Yield files that were there before and are known before and after; a new file reads as empty before.

    A merge is compared with the branch it went into: its last commit says so. Other landings are a row of commits, from
    the first that touched a file to the last. What was changed and changed back is not told.
    """
    touched: dict[str, list[Commit]] = {}
    for commit in fact.commits:
        for read in commit.contents:
            if wanted(read.path):
                touched.setdefault(read.path, []).append(commit)
    for path, commits in touched.items():
        reads = [next(r for r in commit.contents if r.path == path) for commit in commits]
        merged = fact.via is Landing.MERGE and commits[-1] is fact.commits[-1]
        first, last = reads[-1 if merged else 0], reads[-1]
        if first.gap or last.gap or last.after is None or first.before == last.after:
            continue
        wrote = commits[-2] if merged and len(commits) > 1 else commits[-1]
        yield Rewritten(path=path, before=first.before or "", after=last.after, commit=wrote)


def recent(ledger: LedgerView, who: Person, at: dt.datetime) -> bool:
    """Say whether somebody came within a year, or got to land work within two where others had for a year before.

    People whom a reviewer called expected, apps, and commits that name nobody do not count.
    """
    if not keys(who) or who.bot or _standing.expected(ledger, who):
        return False
    return _standing.known_for(ledger, who, at) < _standing.A_YEAR or _standing.promoted(ledger, who, at, _PROMOTED)


def is_code(path: str) -> bool:
    """Say whether people write and read this file as code or as a build script; tests and generated files are not meant."""
    return bool(_CODE.fullmatch(path)) and not _MADE.fullmatch(path) and not _paths.TESTS.fullmatch(path)


def wishes_for_code(change: Change) -> Iterable[Wish]:
    """Wish for the code that somebody who came recently wrote into a guarded branch."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return
    for commit in fact.commits:
        if not commit.paths or not recent(change.ledger, commit.author, fact.at):
            continue
        paths = [p.path for p in commit.paths if p.status in "AM" and is_code(p.path)]
        if len(paths) <= MOST_OF_A_COMMIT:
            yield from (Wish(commit.sha, path) for path in paths)
