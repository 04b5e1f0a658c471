"""Read every tag of a repository: who made it, when, what it points to and which key signed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from github_app.model import Person
from workers.facts.signatures import signature_in
from workers.history import clean
from workers.history.git import Git

_MOST_OBJECT = 1 << 20
_DEEPEST = 5  # a tag can point to a tag
_STAMP = re.compile(rb"> (-?\d{1,20})(?: [+-]\d+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag as git has it: `target` is what it comes down to, `tag_object` is empty for a lightweight tag.

    `signature` is the armored block as it stands there, `tagged_at` and `target_at` are Unix times as written there,
    0 where there is none. `gap` says what could not be read.
    """

    name: str
    target: str
    target_at: int
    tag_object: str = ""
    tagger: Person | None = None
    tagged_at: int = 0
    signature: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Object:
    kind: str
    content: bytes
    size: int


def read(git: Git, known: Mapping[str, int]) -> Iterator[Tag]:
    """Yield the tags by name.

    Args:
        git: the repository.
        known: commits whose time is known already, with it; they are not read again.

    Raises:
        GitError: git cannot list or read the tags.
    """
    named = list(_references(git))
    objects: dict[str, _Object] = {}
    wanted = {sha for _, sha in named if sha not in known}
    for _ in range(_DEEPEST):
        fresh = dict(_objects(git, sorted(wanted)))
        objects.update(fresh)
        targets = {_field(o.content, b"object").decode("ascii", "replace") for o in fresh.values() if o.kind == "tag"}
        wanted = {sha for sha in targets if sha and sha not in known and sha not in objects}
        if not wanted:
            break
    for name, sha in named:
        yield _tag(name, sha, objects, known)


def _references(git: Git) -> Iterator[tuple[str, str]]:
    listing = b"".join(git.stream("for-each-ref", "--format=%(objectname) %(refname)", "refs/tags"))
    for entry in listing.splitlines():
        sha, _, name = entry.partition(b" refs/tags/")
        yield clean.path(name), sha.decode("ascii", "replace")


def _tag(name: str, sha: str, objects: Mapping[str, _Object], known: Mapping[str, int]) -> Tag:
    target, found = sha, objects.get(sha)
    for _ in range(_DEEPEST):
        peeled = objects.get(target)
        if peeled is None or peeled.kind != "tag":
            break
        target = _field(peeled.content, b"object").decode("ascii", "replace")
    end = objects.get(target)
    target_at = known[target] if target in known else _stamp(_field(end.content, b"committer")) if end else 0
    if sha not in known and found is None:
        return Tag(name=name, target=sha, target_at=0, gap="the object it points to is not in this copy of the repository")
    if found is None or found.kind != "tag":
        return Tag(name=name, target=target, target_at=target_at)
    tagger = _field(found.content, b"tagger")
    who, _, rest = tagger.partition(b"<")
    large = found.size > _MOST_OBJECT
    return Tag(
        name=name,
        target=target,
        target_at=target_at,
        tag_object=sha,
        tagger=clean.person(who.strip(), rest.partition(b">")[0]) if tagger else None,
        tagged_at=_stamp(tagger),
        signature="" if large else signature_in(found.content.decode("utf-8", "replace")),
        gap="the tag is too large to look for a signature" if large else "",
    )


def _field(content: bytes, name: bytes) -> bytes:
    """Return the first header of this name, or b""."""
    for line in content.partition(b"\n\n")[0].split(b"\n"):
        if line.startswith(name + b" "):
            return line[len(name) + 1 :]
    return b""


def _stamp(person: bytes) -> int:
    match = _STAMP.search(person)
    return max(0, int(match[1])) if match else 0


def _objects(git: Git, shas: Iterable[str]) -> Iterator[tuple[str, _Object]]:
    """Read tags and commits; other objects only by their kind, and missing ones not at all."""
    shas = list(shas)
    kinds: dict[str, tuple[str, int]] = {}
    for line in b"".join(git.stream("cat-file", "--batch-check", feed=(s.encode() + b"\n" for s in shas))).splitlines():
        sha, *rest = line.decode("ascii", "replace").split(" ")
        if len(rest) == 2:
            kinds[sha] = (rest[0], int(rest[1]))
    readable = [sha for sha in shas if kinds.get(sha, ("", 0))[0] in {"tag", "commit"}]
    contents = _batch(git.stream("cat-file", "--batch", feed=(s.encode() + b"\n" for s in readable))) if readable else ()
    read_ = dict(contents)
    for sha, (kind, size) in kinds.items():
        yield sha, _Object(kind=kind, content=read_.get(sha, b""), size=size)


def _batch(chunks: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Split the output of `git cat-file --batch`; of an object only the first `_MOST_OBJECT` bytes are kept."""
    buffer = bytearray()
    sha, left, kept = "", -1, bytearray()
    for chunk in chunks:
        buffer += chunk
        while buffer:
            if left < 0:
                head, newline, _ = bytes(buffer[:200]).partition(b"\n")
                if not newline:
                    break
                del buffer[: len(head) + 1]
                sha, _, size = head.decode("ascii", "replace").split(" ")
                left, kept = int(size) + 1, bytearray()
            taken = min(left, len(buffer))
            if len(kept) < _MOST_OBJECT:
                kept += buffer[: min(taken, _MOST_OBJECT - len(kept))]
            del buffer[:taken]
            left -= taken
            if left == 0:
                yield sha, bytes(kept[:-1]) if len(kept) < _MOST_OBJECT else bytes(kept)
                left = -1
