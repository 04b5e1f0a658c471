"""`trust-alerts tarball`: compare an archive with its tag for a person, without network, database or settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workers.history.git import Git
from workers.tarball import compare, contents, tree
from workers.tarball.compare import Comparison
from workers.tarball.limits import Limits

_EXPLAINED = 20


def run(archive: Path, repo: Path, tag: str, previous: Iterable[tuple[Path, str]], limits: Limits) -> Comparison:
    """Compare an archive with a tag of a repository (a clone without file contents will do).

    Args:
        archive: the archive.
        repo: the repository.
        tag: the tag, or a commit.
        previous: earlier releases as (archive, tag): what they had is no news.
        limits: bounds for each archive.

    Raises:
        workers.tarball.limits.Unfit: one of the archives cannot be compared.
        workers.history.git.HistoryError: the repository or a tag is not there.
        OSError: a file cannot be read.
    """
    git = Git.at(repo)
    marks = [_compared(git, path, name, (), limits).marks for path, name in previous]
    return _compared(git, archive, tag, marks, limits)


def _compared(git: Git, archive: Path, tag: str, marks: Iterable[frozenset[str]], limits: Limits) -> Comparison:
    tagged = tree.from_git(git, tag)
    with archive.open("rb") as file:
        return compare.compare(contents.read(file, limits, tagged), tagged, list(marks))


def as_json(found: Comparison) -> str:
    """Return the result as one JSON object."""
    told: dict[str, Any] = {
        "related": found.related,
        "files": found.files,
        "same": found.same,
        "differences": found.counts,
        "findings": [{"how": d.how, "path": d.path, "role": d.role, "note": d.note, "blob": d.blob} for d in found.fresh],
    }
    return json.dumps(told, indent=2)


def as_text(found: Comparison, archive: str, tag: str) -> Iterator[str]:
    """Yield the result line by line."""
    if not found.related:
        yield f"{archive} is no source archive of {tag}: too few of its files are in the tag."
        return
    yield f"{archive}: {found.same} of {found.files} files are as in {tag}."
    for name, count in sorted(found.counts.items(), key=lambda x: (-x[1], x[0])):
        yield f"  {count:5}  {name}"
    if not found.fresh:
        yield "Nothing in it is of a kind that needs a look."
        return
    yield f"Needs a look ({len(found.fresh)}):"
    for one in found.fresh[:_EXPLAINED]:
        yield f"  {one.how} {one.path} ({one.role}){f': {one.note}' if one.note else ''}"
    if len(found.fresh) > _EXPLAINED:
        yield f"  and {len(found.fresh) - _EXPLAINED} more; --format json has all"
