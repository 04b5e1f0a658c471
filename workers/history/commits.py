"""Read commits in the order we ask for, from one `git diff-tree`, with the paths each of them touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from github_app.fact import Commit, PathChange
from github_app.identity import WEB_FLOW_EMAIL
from github_app.model import Person
from workers.history import clean
from workers.history.git import Git

MOST_PATHS = 20_000
"""Paths kept of one commit; beyond that only those that steer GitHub itself (`.github/`)."""

_MOST_TOKEN = 1 << 21
_AS_WRITTEN = "%H%n%ad%n%ce%n%ae%n%cn%n%an%n%s"
_MAPPED = "%H%n%ad%n%cE%n%aE%n%cN%n%aN%n%s"
_MODES = len(b":100644 100644 ")
_STATUS = {b"A": "A", b"D": "D"}
_EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)
_LATEST = 253_402_300_799


@dataclass(frozen=True, slots=True)
class Wanted:
    """A commit to read. `against` compares a merge with this parent instead of with none; other merges show no paths."""

    sha: str
    against: str = ""


def read(git: Git, wanted: Iterable[Wanted], *, mailmap: str = "") -> Iterator[Commit]:
    """Yield the wanted commits in their order; memory holds one commit at a time.

    Args:
        git: the repository.
        wanted: which commits; read lazily.
        mailmap: object id of a blob that says which names belong together (gitmailmap(5)), or "".

    Raises:
        GitError: an object is missing or broken.
    """
    chunks = git.stream(
        *("-c", f"mailmap.blob={mailmap}", "-c", "mailmap.file="),
        *("diff-tree", "--stdin", "--always", "--root", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-relative"),
        *(
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=none",
            "--date=raw",
            f"--format={_MAPPED if mailmap else _AS_WRITTEN}",
        ),
        feed=(f"{w.sha} {w.against}".rstrip().encode() + b"\n" for w in wanted),
    )
    head = b""
    paths: list[PathChange] = []
    status = objects = ""
    for raw in _tokens(chunks):
        if status:
            if len(paths) < MOST_PATHS or raw.startswith(b".github/"):
                paths.append(PathChange(status=status, path=clean.path(raw), objects=objects))
            status = ""
            continue
        token = raw.lstrip(b"\n")  # git puts an empty line between a commit and its paths
        if token.startswith(b":"):
            status = _STATUS.get(token[-1:], "M")
            objects = token[_MODES:-2].decode("ascii", "replace")
        elif token:
            if head:
                yield _commit(head, paths)
            head, paths = token, []
    if head:
        yield _commit(head, paths)


def people(git: Git, commit: str, *, mailmap: str = "") -> set[Person]:
    """Return every author and committer behind a commit, without reading what they changed.

    Raises:
        GitError: an object is missing or broken.
    """
    chunks = git.stream(
        *("-c", f"mailmap.blob={mailmap}", "-c", "mailmap.file="),
        *("log", "-z", "--no-show-signature", "--no-notes", "--no-decorate", "--no-color", "--date=raw"),
        *(f"--format={_MAPPED if mailmap else _AS_WRITTEN}", commit, "--"),
    )
    found: set[Person] = set()
    for token in _tokens(chunks):
        commit_ = _commit(token, [])
        found.update((commit_.author, commit_.committer))
    return found


def landers(git: Git, commit: str, most: int) -> list[str]:
    """Return one commit for each address that landed something on the first-parent chain, the latest first.

    Raises:
        GitError: an object is missing or broken.
    """
    chunks = git.stream(
        *("log", "-z", "--first-parent", "--no-show-signature", "--no-notes", "--no-decorate", "--no-color"),
        *("--format=%H%n%P%n%ce%n%ae", commit, "--"),
    )
    found: dict[bytes, str] = {}
    for token in _tokens(chunks):
        sha, parents, committer, author = (token.split(b"\n", 3) + [b""] * 4)[:4]
        pressed = committer.lower() == WEB_FLOW_EMAIL.encode()
        if not pressed or b" " in parents:
            found.setdefault((author if pressed else committer).lower()[:400], sha.decode("ascii", "replace"))
        if len(found) >= most:
            break
    return list(found.values())


def _commit(token: bytes, paths: list[PathChange]) -> Commit:
    fields = token.split(b"\n", 6)
    fields += [b""] * (7 - len(fields))
    sha, authored, committer_email, author_email, committer, author, title = fields
    stamp, _, offset = authored.partition(b" ")
    return Commit(
        sha=sha.decode("ascii", "replace"),
        author=clean.person(author, author_email),
        committer=clean.person(committer, committer_email),
        title=clean.decoded(title, clean.MOST_TITLE),
        paths=tuple(paths),
        authored_at=moment(stamp),
        zone=zone(offset),
    )


def moment(stamp: bytes) -> dt.datetime | None:
    """Return Unix time as a datetime in UTC, or None where the number is missing or outside of what can be a date."""
    if not stamp.isdigit() or len(stamp) > 12 or not 0 < int(stamp) <= _LATEST:
        return None
    return _EPOCH + dt.timedelta(seconds=int(stamp))


def zone(offset: bytes) -> int | None:
    """Return an offset like `+0530` in minutes, or None where it is none (real ones are UTC-12 to UTC+14)."""
    if len(offset) != 5 or offset[:1] not in b"+-" or not offset[1:].isdigit():
        return None
    minutes = int(offset[1:3]) * 60 + int(offset[3:])
    return None if minutes > 14 * 60 else minutes if offset[:1] == b"+" else -minutes


def _tokens(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Split at NUL bytes; a token longer than anything sensible loses its end, so that memory stays bounded."""
    tail = b""
    for chunk in chunks:
        first, *rest = chunk.split(b"\0")
        if len(tail) < _MOST_TOKEN:
            tail += first
        if rest:
            yield tail
            yield from rest[:-1]
            tail = rest[-1]
    if tail:
        yield tail
