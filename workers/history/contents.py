"""Put contents into facts of a git history: those of the few paths that detectors wish for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from github_app.fact import Commit, CommitsLanded, Contents
from workers.detectors import Wish
from workers.history.blobs import Blobs

MOST_PATHS = 40
"""So many paths of one landing are read; a landing that touches more of what detectors read gets a gap for the rest."""

_NO_FILE = (None, "")
TOO_MANY = f"more than {MOST_PATHS} files of its landing were asked for"


def objects(fact: CommitsLanded, wishes: Iterable[Wish]) -> list[str]:
    """Return the names of the objects behind wishes."""
    wished = _by_commit(wishes)
    changes = (p for commit in fact.commits for p in commit.paths if p.path in wished.get(commit.sha, ()))
    return [name for change in changes for name in change.objects.split()]


def filled(fact: CommitsLanded, wishes: Sequence[Wish], blobs: Blobs) -> CommitsLanded:
    """Return a landing with the contents that were wished for; what cannot be had carries a gap.

    Raises:
        GitError: git stopped answering.
    """
    if not wishes:
        return fact
    names = objects(fact, wishes[:MOST_PATHS])
    blobs.prepare(names)
    texts = blobs.texts(names)
    read, beyond = _by_commit(wishes[:MOST_PATHS]), _by_commit(wishes[MOST_PATHS:])
    return replace(
        fact,
        commits=tuple(
            _commit(commit, read.get(commit.sha, set()), beyond.get(commit.sha, set()), texts) for commit in fact.commits
        ),
    )


def _by_commit(wishes: Iterable[Wish]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for wish in wishes:
        found.setdefault(wish.commit, set()).add(wish.path)
    return found


def _commit(commit: Commit, read: set[str], beyond: set[str], texts: Mapping[str, tuple[str | None, str]]) -> Commit:
    if not read and not beyond:
        return commit
    found = []
    for change in commit.paths:
        if change.path in read and change.objects:
            old, new = change.objects.split()
            (before, why), (after, why_not) = texts.get(old, _NO_FILE), texts.get(new, _NO_FILE)
            found.append(Contents(path=change.path, before=before, after=after, gap=why or why_not))
        elif change.path in beyond:
            found.append(Contents(path=change.path, gap=TOO_MANY))
    return replace(commit, contents=tuple(found))
