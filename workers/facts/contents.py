"""Put contents into the facts of a push: GitHub is asked for the few paths that detectors wish for, before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from github_app.fact import CommitsLanded, Contents
from github_app.model import Repository
from workers.detectors import Wish
from workers.github_files import File, Files

MOST_PATHS = 20
"""So many files of one push are asked for, ten in a question; the rest is a gap."""

_UNASKED = "GitHub was not asked for its contents"
_TOO_MANY = f"more than {MOST_PATHS} files of this push were asked for"


def filled(fact: CommitsLanded, wishes: Sequence[Wish], files: Files | None, installation_id: int | None) -> CommitsLanded:
    """Return a push with the contents that were wished for, each at the last commit that touches its path.

    Args:
        fact: the push.
        wishes: what detectors need.
        files: None when there is nobody to ask, as in a replay: then every wish leaves a gap.
        installation_id: whose token to use.

    Raises:
        workers.github.Unavailable: GitHub cannot be asked now.
    """
    paths = list(dict.fromkeys(wish.path for wish in wishes))
    if not paths or fact.repository is None:
        return fact
    read = {path: Contents(path=path, gap=_UNASKED) for path in paths}
    if files is not None and installation_id is not None:
        read |= _asked(files, fact, fact.repository, installation_id, paths[:MOST_PATHS])
        read |= {path: Contents(path=path, gap=_TOO_MANY) for path in paths[MOST_PATHS:]}
    commits = list(fact.commits)
    for number in range(len(commits) - 1, -1, -1):
        mine = {p.path for p in commits[number].paths} & read.keys()
        if mine:
            contents = tuple(read.pop(path) for path in paths if path in mine)
            commits[number] = replace(commits[number], contents=contents)
    return replace(fact, commits=tuple(commits))


def _asked(
    files: Files, fact: CommitsLanded, repository: Repository, installation_id: int, paths: Sequence[str]
) -> dict[str, Contents]:
    created = not fact.before.strip("0")
    found = files.versions(repository, installation_id, paths, [fact.after] if created else [fact.before, fact.after])
    read = {}
    for path in paths:
        old, new = found.get((path, fact.before)), found[path, fact.after]
        read[path] = Contents(path=path, before=_text(old), after=_text(new), gap=_gap(old) or _gap(new))
    return read


def _text(file: File | None) -> str | None:
    return file.text if file else None


def _gap(file: File | None) -> str:
    return file.gap if file else ""
