"""Archives made for tests, and the tree they belong to."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Collection, Mapping

from workers.tarball import compare, contents
from workers.tarball.compare import Comparison
from workers.tarball.limits import Limits
from workers.tarball.tree import Tree

TAGGED = {
    "configure.ac": b"AC_INIT([widget], [1.0])\nAC_CONFIG_MACRO_DIR([m4])\nAC_OUTPUT\n",
    "Makefile.am": b"SUBDIRS = src\n",
    "m4/widget.m4": b"# widget.m4 serial 2\nAC_DEFUN([WIDGET], [])\n",
    "src/main.c": b"int main(void) { return 0; }\n",
    "README": b"A widget.\n",
}


def blob(data: bytes, algorithm: str = "sha1") -> str:
    """Return the name git gives to contents."""
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def tree(files: Mapping[str, bytes] = TAGGED, algorithm: str = "sha1", links: Mapping[str, bytes] | None = None) -> Tree:
    """Return the tree of a tag that holds these files; their contents can be asked for."""
    known = {blob(data, algorithm): data for data in files.values()}
    listed = {path.encode(): ("100644", blob(data, algorithm)) for path, data in files.items()}
    listed |= {path.encode(): ("120000", blob(to, algorithm)) for path, to in (links or {}).items()}
    return Tree.of(listed, content=known.get)


def member(name: str, data: bytes = b"", **about: object) -> tuple[tarfile.TarInfo, bytes]:
    """Return an entry; `about` sets fields of its header."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in about.items():
        setattr(info, key, value)
    return info, data


def packed(entries: Collection[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz", form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive of these entries."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for info, data in entries:
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def release(changes: Mapping[str, bytes] | None = None, top: str = "widget-1.0", mode: str = "w:gz") -> bytes:
    """Return the archive of a release: the tag's files with these changes, and what autotools add."""
    files = {**TAGGED, "configure": b"#! /bin/sh\n", "Makefile.in": b"all:\n", **(changes or {})}
    return packed([member(f"{top}/{path}", data) for path, data in files.items()], mode)


def compared(archive: bytes, tagged: Tree | None = None, earlier: Collection[frozenset[str]] = ()) -> Comparison:
    """Compare an archive with a tree, by default that of `TAGGED`."""
    tagged = tagged or tree()
    return compare.compare(contents.read(io.BytesIO(archive), Limits(), tagged), tagged, earlier)


def told(found: Comparison) -> list[str]:
    """Return what needs a look, shortly."""
    return [f"{one.how} {one.path}" for one in found.fresh]
