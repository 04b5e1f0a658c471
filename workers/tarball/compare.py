"""Compare a listing with the tagged tree, and say which differences are of a new kind.

That files of the tag are missing is normal (`.gitattributes` leaves them out) and not looked at. Everything else is named
once, with what it is for; which of it matters depends on what earlier releases of the project had.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from github_app.releases import Difference
from workers.tarball import macros, naming
from workers.tarball.contents import Item, Listing, parents, shown
from workers.tarball.macros import Standing
from workers.tarball.roles import RUNS, Role, pattern, role
from workers.tarball.tar import Kind
from workers.tarball.tree import Tree

MOST_SHOWN = 50
MOST_MARKS = 5000
_LEAST_SHARE = 0.3
_SHOWN_LINE = 120
_MADE_FROM = {b"configure": (b"configure.ac", b"configure.in"), b"Makefile.in": (b"Makefile.am",)}
"""What automake and autoconf make from what: where that is not beside it, a person wrote the file."""
_FEW_COPIES = 3
"""Whoever imports all of gnulib as it was one day has many macros that nobody published; a planted copy comes alone."""
_QUIET_WHEN_ALTERED = frozenset({Role.STAMP, Role.DOCUMENT, Role.TRANSLATION, Role.VENDORED})
_KEYWORD = re.compile(rb"\$(?:Format:[^$\n]*|(?:Id|Date|Revision|Author|Rev|Header|Source|Name)(?::[^$\n]*)?)\$")
_STAMP = re.compile(
    rb"(?i)version|revision|\bdate\b|copyright|git_(?:refnames|full|date)|describe-name|node-date|ref-names|\bnode\b"
)
_VALUE = re.compile(rb"[0-9a-f]{7,64}|[0-9][\w.+:-]*")
_CALLS = re.compile(rb"[`;|&(){}<>]")
_SETUPTOOLS = re.compile(rb"^\[egg_info\]\s*\ntag_build *=.*\n(?:tag_svn_revision.*\n)?tag_date *= *0\s*\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How an archive differs from its tag. `fresh` are differences of a new kind that matter, worst first.

    `marks` is what to remember of this release, so that the same is not told of the next. `related` is False for an
    archive that is not this tag's sources; then nothing else is said.
    """

    related: bool
    files: int = 0
    same: int = 0
    counts: dict[str, int]
    fresh: tuple[Difference, ...] = ()
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Found:
    """A difference, what to remember of it, and whether it is of a new kind that matters.

    `copy` says that it is a macro file of a known name, as it may come from a state of gnulib between two publications;
    `importable` that it is of no known name, or no macro, so that gnulib's own list is all that explains it.
    """

    difference: Difference
    marks: tuple[str, ...] = ()
    fresh: bool = False
    copy: bool = False
    importable: bool = False


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What earlier releases had; `none` when nothing is known of any, so that only clear-cut signs count."""

    marks: frozenset[str]
    none: bool

    def new(self, marks: tuple[str, ...], *, certain: bool) -> bool:
        return self.marks.isdisjoint(marks) and (certain or not self.none)

    def serials(self, name: str) -> set[int]:
        start = f"macro {name} serial "
        return {int(mark[len(start) :].split(" ")[0]) for mark in self.marks if mark.startswith(start)}


def compare(listing: Listing, tree: Tree, earlier: Collection[frozenset[str]] = ()) -> Comparison:
    """Compare an archive with its tag.

    Args:
        listing: what the archive holds.
        tree: the tagged tree.
        earlier: the `marks` of earlier releases of the same project; none on the first day.
    """
    files = len(listing.items)
    if not _related(listing, tree):
        return Comparison(related=False, files=files, counts={})
    imports = frozenset[bytes]().union(*(item.imports for item in listing.items.values()))
    found = list(_differences(listing, tree, _Earlier(frozenset().union(*earlier), none=not earlier), imports))
    if any(path.endswith(b"/gnulib-comp.m4") for path in listing.items) and sum(f.copy for f in found) > _FEW_COPIES:
        found = [replace(f, fresh=False) if f.copy else f for f in found]
    counts = Counter(f"{one.difference.how} {one.difference.role}" for one in found)
    return Comparison(
        related=True,
        files=files,
        same=files - len(found),
        counts=dict(counts),
        fresh=tuple(sorted((f.difference for f in found if f.fresh), key=_rank)[:MOST_SHOWN]),
        marks=frozenset(sorted({mark for f in found for mark in f.marks})[:MOST_MARKS]),
    )


def _related(listing: Listing, tree: Tree) -> bool:
    """Say whether an archive is of the tag's sources: a part of either is in the other, licences and the like apart."""
    ours = [path for path in listing.items if role(shown(path)) is not Role.DOCUMENT]
    shared = sum(path in tree.blobs for path in ours)
    return shared > 0 and (shared >= len(ours) * _LEAST_SHARE or shared >= len(tree.blobs) * _LEAST_SHARE)


def _rank(difference: Difference) -> tuple[int, bool, str]:
    return (list(Role).index(Role(difference.role)), difference.how == "added", difference.path)


def _explained(listing: Listing, tree: Tree) -> frozenset[str]:
    """Return the lines that run something and are in tagged files or published macros: generated files repeat them."""
    found: set[str] = set()
    for path, item in listing.items.items():
        if item.runs and (tree.blobs.get(path) == item.name or _published(path, item)):
            found |= item.runs
    return frozenset(found)


def _published(path: bytes, item: Item) -> bool:
    name = shown(path).rpartition("/")[2]
    return item.sha1 != "" and macros.standing(name, item.serial, item.sha1)[0] is Standing.PUBLISHED


def _differences(listing: Listing, tree: Tree, earlier: _Earlier, imports: Collection[bytes]) -> Iterator[_Found]:
    explained, twins = _explained(listing, tree), naming.twins([shown(path) for path in listing.items])
    if listing.hidden:
        made = Difference(how="disguised", path=listing.hidden, role=Role.OPAQUE.value, note="nothing unpacks it")
        yield _Found(made, (f"disguised {listing.hidden}",), earlier.new((f"disguised {listing.hidden}",), certain=True))
    tagged_contents = frozenset(tree.blobs.values()) if tree.links else frozenset()
    for path, item in sorted(listing.items.items()):
        tagged = tree.blobs.get(path)
        if path in listing.repeated:
            yield _odd(path, item, earlier, "repeated", "the archive holds it twice, with unlike contents")
        elif item.kind is Kind.SPARSE:
            how = "altered" if tagged else "added"
            yield _odd(path, item, earlier, how, "a sparse file, whose contents are not compared")
        elif tagged is None and item.name in tagged_contents and any(p in tree.links for p in parents(path)):
            pass  # packers follow the tag's own links: the same contents once more
        elif tagged is None and (note := _disguise(path, item, twins)):
            yield _odd(path, item, earlier, "disguised", note)
        elif tagged not in {item.name, item.unix} and (running := _running(path, item, earlier, explained)):
            yield running
        elif tagged is None:
            found = _added(path, item, listing, tree, earlier)
            imported = found.fresh and found.importable and path.rpartition(b"/")[2] in imports
            yield replace(found, fresh=False) if imported else found
        elif tagged not in {item.name, item.unix}:
            yield _altered(path, item, tree.content(tagged) if item.text is not None else None, earlier)


def _disguise(path: bytes, item: Item, twins: frozenset[str]) -> str:
    """Return why a file that is not in the tag may be taken for another, "" when there is nothing of the kind."""
    name = shown(path)
    if item.disguised or (item.kind is Kind.LINK and role(name) in RUNS | {Role.GENERATED}):
        return "a link to a file of another kind" if item.disguised else "a symbolic link, where a file is usual"
    if name in twins:
        return "another file's name differs in nothing but case or the form of its letters"
    return naming.deceptive(path.decode("utf-8", "replace"))


def _running(path: bytes, item: Item, earlier: _Earlier, explained: frozenset[str]) -> _Found | None:
    """Judge the lines of a generated file, or of a macro nobody published, that run what is written elsewhere."""
    name = shown(path)
    what = role(name, script=item.script)
    if not (what is Role.GENERATED or (what is Role.MACRO and not _published(path, item))):
        return None
    lines = sorted(item.runs - explained)
    marks = tuple(f"runs {name.rpartition('/')[2]} {line}" for line in lines)
    if not lines or earlier.marks.issuperset(marks):
        return None
    first = next(line for line, mark in zip(lines, marks, strict=True) if mark not in earlier.marks)
    standing = macros.standing(name.rpartition("/")[2], item.serial, item.sha1)[1] if what is Role.MACRO else ""
    note = f"{standing}; " if standing else ""
    note += f"it has the line {first[:_SHOWN_LINE]!r}, which neither the tag's files nor build tools explain"
    made = Difference(how="running", path=name, role=what.value, note=note, blob=item.name)
    return _Found(made, marks, fresh=True)


def _odd(path: bytes, item: Item, earlier: _Earlier, how: str, note: str) -> _Found:
    name = shown(path)
    made = Difference(how=how, path=name, role=role(name, script=item.script).value, note=note, blob=item.name)
    marks = (f"{how} {name}" if how == "disguised" else f"{how} {name} {item.name}",)
    return _Found(made, marks, earlier.new(marks, certain=True))


def _added(path: bytes, item: Item, listing: Listing, tree: Tree, earlier: _Earlier) -> _Found:
    name = shown(path)
    what = _role(path, item, listing)
    if any(path.startswith(module) for module in tree.modules):
        what = Role.VENDORED
    if item.loads:
        return _odd(path, item, earlier, "added", "it should only state a version, and loads or runs something")
    made = Difference(how="added", path=name, role=what.value, blob=item.name)
    if what is Role.MACRO:
        return _macro(made, item, earlier)
    if what not in RUNS and what is not Role.OPAQUE:
        return _Found(made)
    marks: tuple[str, ...] = (f"added {what} {name if what in RUNS else pattern(name)}",)
    if what is Role.SOURCE:
        marks += (f"added {what} */{name.rpartition('/')[2]}",)  # a generated `list.h` in one more folder is the same kind
    return _Found(
        made, marks, earlier.new(marks, certain=what is Role.SCRIPT), importable=what in {Role.SCRIPT, Role.SOURCE}
    )


def _role(path: bytes, item: Item, listing: Listing) -> Role:
    """Return what an added file is for, judged also by what is beside it and in it."""
    what = role(shown(path), script=item.script)
    folder, _, name = path.rpartition(b"/")
    base = folder + b"/" if folder else b""
    if what is Role.GENERATED and name in _MADE_FROM and not any(base + b in listing.items for b in _MADE_FROM[name]):
        return Role.BUILD
    if item.binary and (what in {Role.DATA, Role.TRANSLATION, Role.STAMP} or name.endswith((b".txt", b".md", b".rst"))):
        return Role.OPAQUE
    return what


def _macro(made: Difference, item: Item, earlier: _Earlier) -> _Found:
    """Judge a macro file that is not in the tag: by who published it, and by what earlier releases had under its name."""
    serial = -1 if item.serial is None else item.serial
    marks = (f"macro {made.path} serial {serial} {item.sha1}",)
    standing, note = macros.standing(made.path.rpartition("/")[2], item.serial, item.sha1)
    if standing is Standing.PLAUSIBLE:
        before = earlier.serials(made.path)
        if made.path.rpartition("/")[2] in macros.MADE_ANEW or (before and serial > max(before)):
            return _Found(replace(made, note=note), marks)
        if serial in before:
            note = "its contents changed and its serial did not"
    certain = standing in {Standing.ODD, Standing.COPY, Standing.UNKNOWN}
    fresh = standing is not Standing.PUBLISHED and earlier.new(marks, certain=certain)
    return _Found(
        replace(made, note=note), marks, fresh,
        copy=standing in {Standing.COPY, Standing.PLAUSIBLE}, importable=standing is Standing.UNKNOWN,
    )  # fmt: skip


def _altered(path: bytes, item: Item, tagged: bytes | None, earlier: _Earlier) -> _Found:
    name = shown(path)
    what = role(name, script=item.script)
    note = _harmless(item.text, tagged) if item.text is not None else ""
    made = Difference(how="altered", path=name, role=what.value, note=note, blob=item.name)
    # Packers write versions into files that are run as well; these are not clear-cut, but a new one is told.
    stamped = what is Role.STAMP and name.endswith((".py", ".h"))
    if note or (what in _QUIET_WHEN_ALTERED and not stamped):
        return _Found(made)
    marks = (f"altered {what} {name}",)
    return _Found(made, marks, earlier.new(marks, certain=what is not Role.GENERATED and not stamped))


def _harmless(text: bytes, tagged: bytes | None) -> str:
    """Return why a changed text means nothing: a tool's stamp; "" where it may mean something, or nobody can tell."""
    if _SETUPTOOLS.search(text) and b"setup" not in text[-40:]:
        return "setuptools wrote its part into it"
    if tagged is None:
        return ""
    ours, theirs = ([line.rstrip() for line in t.rstrip().splitlines()] for t in (text, tagged))
    if ours == theirs:
        return "line endings"
    if [_KEYWORD.sub(b"$", line) for line in ours] == [_KEYWORD.sub(b"$", line) for line in theirs]:
        return "keywords filled in"
    if len(ours) == len(theirs) and all(a == b or _stamped(a, b) for a, b in zip(ours, theirs, strict=True)):
        return "version stamps"
    return ""


def _stamped(ours: bytes, theirs: bytes) -> bool:
    """Say whether two lines differ only in a version, revision or date. A value that calls something is no stamp."""
    keyword = _KEYWORD.search(theirs)
    if keyword is not None:
        before, after = theirs[: keyword.start()], theirs[keyword.end() :]
        value = ours[len(before) : len(ours) - len(after)]
        return ours.startswith(before) and ours.endswith(after) and not _CALLS.search(value)
    return bool(_STAMP.search(theirs)) and _VALUE.sub(b"#", ours) == _VALUE.sub(b"#", theirs)
