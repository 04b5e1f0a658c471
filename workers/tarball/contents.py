"""Read a whole archive into a listing: for each entry its path and the name git would give its contents.

A blob's name is the hash of `blob`, its size, a zero byte and its contents (git-scm.com/book, "Git Internals - Git
Objects"), SHA-1 or SHA-256. Links are named by where they point, as git does, and never followed.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from workers.tarball import tar, zips
from workers.tarball.commands import commands, loads
from workers.tarball.limits import Limits, Meter, Unfit, Why
from workers.tarball.roles import Role, generated, role
from workers.tarball.stream import Stream
from workers.tarball.tar import Entry, Kind
from workers.tarball.tree import Tree

_LOOKED_AT = 1 << 20
_LOOKED_AT_GENERATED = 8 << 20  # a `configure` of two megabytes is nothing special
_COMMANDS_FROM = (b".am", b".ac", b".mk", b".in", b".sh")
_BINARY_WITHIN = 8192
_IMPORTED = re.compile(rb"AC_DEFUN\(\[\w+_FILE_LIST\], \[([^\]]{1,400000})\]\)")
"""The files that gnulib-tool imported, as it lists them at the end of `gnulib-comp.m4` (its manual, "Initial import")."""
_MAGIC = (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde")
"""How compiled translations begin: gettext's manual, "The Format of GNU MO Files"."""
_SERIAL = re.compile(rb"^#\s*(?:[\w.-]+\s+)?serial\s+(\d{1,9})", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry, read: `name` is the blob's name in hex, `unix` that with line endings of Unix where they differ.

    `serial` is what a macro file says its version is, and `sha1` its SHA-1 blob name; `script` that it begins with `#!`;
    `text` is kept for files that seem to be altered, as far as there is room. `runs` are lines that run what is written
    elsewhere, in files in which that is looked for (`commands`); `loads` says so of a Python file with a version; `binary`
    that nobody can read it, a compiled translation apart; `disguised` that it is a hard link to a file of another role.
    `imports` are the names, without folders, of the files that this one says were imported from gnulib.
    """

    path: bytes
    kind: Kind
    name: str = ""
    unix: str = ""
    serial: int | None = None
    sha1: str = ""
    script: bool = False
    text: bytes | None = None
    runs: frozenset[str] = frozenset()
    loads: bool = False
    binary: bool = False
    disguised: bool = False
    imports: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class Listing:
    """What an archive holds, without the folder that all of it is in.

    `repeated` are paths with unlike contents; `hidden` says in a phrase what else is in it, where unpacking leaves it.
    """

    items: dict[bytes, Item] = field(default_factory=dict)
    repeated: set[bytes] = field(default_factory=set)
    top: bytes = b""
    hidden: str = ""


def read(file: BinaryIO, limits: Limits, tree: Tree) -> Listing:
    """List an archive; `tree` is what it will be compared with (so it is known which texts to keep).

    Args:
        file: the archive; a zip must be seekable.
        limits: bounds on size, entries and time.
        tree: the tagged tree.

    Raises:
        Unfit: it cannot be read, passes a bound, or holds what no source archive needs.
    """
    meter = Meter(limits)
    start = file.read(4)
    file.seek(0)
    found = zips.entries(file, meter) if zips.is_zip(start) else tar.entries(Stream(file, meter))
    reading = _Reading(tree, limits.kept)
    for entry in found:
        reading.add(entry)
    return replace(reading.finish(), hidden=meter.hidden)


class _Reading:
    def __init__(self, tree: Tree, room: int) -> None:
        self._tree, self._room = tree, room
        self._items: dict[bytes, Item] = {}
        self._repeated: set[bytes] = set()
        self._links: set[bytes] = set()
        self._top: bytes | None = None
        self._one_top = True

    def add(self, entry: Entry) -> None:
        path = _clean(entry.name)
        if not path:
            return
        top, slash, _ = path.partition(b"/")
        if self._top is None:
            self._top = top
        self._one_top = self._one_top and top == self._top and (slash != b"" or entry.kind is Kind.FOLDER)
        if self._links and any(parent in self._links for parent in parents(path)):
            raise Unfit(Why.HOSTILE, f"it writes through a symbolic link: {shown(path)}")
        if entry.kind is Kind.DEVICE:
            raise Unfit(Why.HOSTILE, f"it holds a device or another special file: {shown(path)}")
        if entry.kind is Kind.FOLDER:
            return
        item = self._item(path, entry)
        known = self._items.get(path)
        if known is not None and (known.kind, known.name) != (item.kind, item.name):
            self._repeated.add(path)
        self._items[path] = item

    def finish(self) -> Listing:
        cut = len(self._top or b"") + 1 if self._one_top and self._top and not self._better_with_top() else 0
        return Listing(
            items={path[cut:]: item for path, item in self._items.items()},
            repeated={path[cut:] for path in self._repeated},
            top=(self._top or b"") if cut else b"",
        )

    def _better_with_top(self) -> bool:
        """Say whether the common folder is the repository's own, as in an archive of nothing but `src/`."""
        cut = len(self._top or b"") + 1
        blobs = self._tree.blobs
        return sum(p in blobs for p in self._items) > sum(p[cut:] in blobs for p in self._items)

    def _item(self, path: bytes, entry: Entry) -> Item:
        if entry.kind is Kind.LINK:
            self._check_link(path, entry.link)
            self._links.add(path)
            return Item(path=path, kind=Kind.LINK, name=self._named([entry.link], len(entry.link)))
        if entry.kind is Kind.HARD:
            target = self._items.get(_clean(entry.link))
            if target is None:
                raise Unfit(Why.HOSTILE, f"a hard link in it points to what is not in it: {shown(path)}")
            same = role(shown(path)) is role(shown(target.path))
            return replace(target, path=path, text=None, disguised=not same)
        if entry.kind is Kind.SPARSE:
            return Item(path=path, kind=Kind.SPARSE)
        return self._file(path, entry)

    def _file(self, path: bytes, entry: Entry) -> Item:
        made = generated(shown(path))
        if entry.size > (_LOOKED_AT_GENERATED if made else _LOOKED_AT):
            return Item(path=path, kind=Kind.FILE, name=self._named(entry.contents, entry.size))
        text = b"".join(entry.contents)
        if len(text) != entry.size:
            raise Unfit(Why.DAMAGED, "it is damaged: an entry is not as long as it says")
        name = self._named([text], len(text))
        unix = text.replace(b"\r\n", b"\n") if b"\r\n" in text else text
        macro = path.endswith(b".m4")
        serial = _SERIAL.search(text[:16384]) if macro else None
        return Item(
            path=path,
            kind=Kind.FILE,
            name=name,
            unix=name if unix is text else self._named([unix], len(unix)),
            serial=int(serial[1]) if serial else None,
            sha1=_named("sha1", [text], len(text)) if macro else "",
            script=text.startswith(b"#!"),
            text=self._kept(path, name, text),
            runs=commands(text) if macro or made or path.endswith(_COMMANDS_FROM) else frozenset(),
            imports=_imports(text) if path.endswith(b"gnulib-comp.m4") else frozenset(),
            loads=path.endswith(b".py") and role(shown(path)) is Role.STAMP and loads(text),
            binary=b"\0" in text[:_BINARY_WITHIN] and not text.startswith(_MAGIC),
        )

    def _kept(self, path: bytes, name: str, text: bytes) -> bytes | None:
        inner = path.partition(b"/")[2]
        tagged = self._tree.blobs.get(inner) or self._tree.blobs.get(path)
        if tagged is None or tagged == name or len(text) > self._room:
            return None
        self._room -= len(text)
        return text

    def _named(self, pieces: Iterable[bytes], size: int) -> str:
        return _named(self._tree.algorithm, pieces, size)

    def _check_link(self, path: bytes, target: bytes) -> None:
        """Refuse links out of the archive, unless the very same link is in the tag."""
        inner = path.partition(b"/")[2]
        same = {self._tree.blobs.get(p) for p in (inner, path) if p in self._tree.links}
        if self._named([target], len(target)) in same:
            return
        end = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        out = end == b".." or end.startswith((b"../", b"/")) or (end == b"." and b"/" in path)
        if not target or target.startswith(b"/") or b"\\" in target or out:
            raise Unfit(Why.HOSTILE, f"a symbolic link leads out of it: {shown(path)} -> {shown(target)}")


def _imports(text: bytes) -> frozenset[bytes]:
    listed = _IMPORTED.search(text)
    return frozenset(path.rpartition(b"/")[2] for path in listed[1].split()) if listed else frozenset()


def _named(algorithm: str, pieces: Iterable[bytes], size: int) -> str:
    made = hashlib.new(algorithm, b"blob %d\0" % size, usedforsecurity=False)
    for piece in pieces:
        made.update(piece)
    return made.hexdigest()


def _clean(name: bytes) -> bytes:
    """Return a path without empty and `.` parts.

    Raises:
        Unfit: it is absolute, or leads out of the archive.
    """
    parts = [part for part in name.split(b"/") if part not in {b"", b"."}]
    if name.startswith(b"/") or b".." in parts or re.match(rb"[A-Za-z]:[/\\]", name) or b"..\\" in name or b"\0" in name:
        raise Unfit(Why.HOSTILE, f"it holds a path that leads out of it: {shown(name)}")
    return b"/".join(parts)


def parents(path: bytes) -> Iterator[bytes]:
    """Yield the folders above a path, from the top."""
    at = path.find(b"/")
    while at > 0:
        yield path[:at]
        at = path.find(b"/", at + 1)


def shown(name: bytes, most: int = 200) -> str:
    """Return a path as text that can be stored and shown: what is not UTF-8 or not printable becomes a mark."""
    text = name[: most * 4].decode("utf-8", "replace")[:most]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
