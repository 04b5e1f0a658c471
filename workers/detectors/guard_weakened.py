"""One of the files that guard the project guards less than before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from github_app.fact import CommitsLanded
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import (
    Change,
    Detector,
    Wish,
    _codeowners,
    _contents,
    _hardening,
    _paths,
    _standing,
    _words,
    _workflow,
)

_MOST = 5
_MOST_SHOWN = 3
_KINDS: tuple[tuple[re.Pattern[str], Callable[[str, str], Iterator[str]]], ...] = (
    (re.compile(r"(?:\.github/|docs/)?CODEOWNERS"), _codeowners.losses),
    (re.compile(r"\.github/workflows/[^/]+\.ya?ml"), _workflow.losses),
    (re.compile(r"\.github/dependabot\.ya?ml"), _hardening.updates),
    (re.compile(r"(?:\.github/)?(?:renovate\.json|\.renovaterc(?:\.json)?)"), _hardening.renovate),
    (
        re.compile(r"(?:(?:\.github/|docs/)?SECURITY(?:\.\w+)?|(?:.*/)?\.well-known/security\.txt)", re.IGNORECASE),
        _hardening.contact,
    ),
    (re.compile(r"(?:projects/[^/]+|\.clusterfuzzlite|(?:.*/)?oss-fuzz)/project\.ya?ml"), _hardening.fuzzing),
    (
        re.compile(
            r"(?:.*/)?(?:configure\.(?:ac|in)|CMakeLists\.txt|meson\.build|Makefile(?:\.\w+)?|[^/]+\.(?:m4|cmake|mk))"
            r"|(?:projects/[^/]+|\.clusterfuzzlite|(?:.*/)?oss-fuzz)/build\.sh"
        ),
        _hardening.build,
    ),
)


def reads(change: Change) -> Iterable[Wish]:
    """Wish for guarding files that were changed by somebody who came recently."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return
    for commit in fact.commits:
        paths = [p.path for p in commit.paths if p.status == "M" and _comparison(p.path) is not None]
        few = 0 < len(paths) <= _contents.MOST_OF_A_COMMIT
        if few and _contents.recent(change.ledger, commit.author, fact.at):
            yield from (Wish(commit.sha, path) for path in paths)


def detect(change: Change) -> Iterable[Finding]:
    """Report each guarding file that lost something, with one sentence for each loss; strengthening is silent."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return
    for file in _contents.rewritten(fact, lambda path: _comparison(path) is not None):
        compare = _comparison(file.path)
        if compare is None or not _contents.recent(change.ledger, file.author, fact.at):
            continue
        if losses := list(islice(compare(file.before, file.after), _MOST + 1)):
            yield _finding(change, file, losses)


def _comparison(path: str) -> Callable[[str, str], Iterator[str]] | None:
    return next((compare for pattern, compare in _KINDS if pattern.fullmatch(path)), None)


def _finding(change: Change, file: _contents.Rewritten, losses: list[str]) -> Finding:
    fact: CommitsLanded = change.fact
    who = file.author
    looked = _standing.landed_by_old_hand(change.ledger, fact.actor, who, fact.at)
    by = f" {fact.actor.label} let it in." if fact.actor is not None and looked else ""
    told = "; ".join(losses[:_MOST_SHOWN]) + (f"; and {len(losses) - _MOST_SHOWN} more" if len(losses) > _MOST_SHOWN else "")
    return Finding(
        severity=Severity.LOW if looked else Severity.MEDIUM,
        subject=Subject(person=who),
        title=f"{_words.named(who)} weakened {file.path}: {losses[0]}{', and more' if len(losses) > 1 else ''}",
        why=f"{_purpose(file.path)} Now: {told}. {_words.path(change.ledger, who, fact.at)}{by}",
        before=f"{file.path} as it was",
        after=f"{'; '.join(losses[:_MOST])} in {file.commit.sha}",
        evidence=(Evidence(kind="path", value=file.path), Evidence(kind="commit", value=file.commit.sha)),
        powers=(Power.ADMIN, Power.MERGER, Power.COMMITTER),
        pull=fact.pull,
    )


def _purpose(path: str) -> str:
    if _paths.WORKFLOW.fullmatch(path):
        return "This workflow runs with the repository's token and secrets."
    if path.endswith("CODEOWNERS"):
        return "This file says whose review a change needs."
    if _paths.GUARD.fullmatch(path):
        return _paths.guards(path)
    return "This file decides how the project is built, tested or reported on."


DETECTOR = Detector(
    watches=(CommitsLanded,),
    stage=Stage.TRIAL,
    severities=(Severity.LOW, Severity.MEDIUM),
    reads=reads,
    detect=detect,
)
