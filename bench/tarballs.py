"""Compare real release archives with their tags: how much differs, how much of that needs a look, how long it takes.

    python -m bench.tarballs FOLDER [--histories ../shared/data/histories]

FOLDER holds archives as Debian's source packages (`apt-get source --download-only`), `pip download --no-binary` and
`npm pack` leave them. Histories are bare repositories packed with tar, file contents not needed. Each project's archives
are compared in the order of their versions, each knowing those before it, as they would be live. The last column is a
second run in which one build macro (or source file, where there is none) was altered, a macro was added, and a generated
file, where there is one, got a line that unpacks and runs something: all must be found.

`--no-tags` compares archives of projects whose history is not at hand, each with a tag made from itself: all its files but
those that build tools generate or import, by their usual names and by gnulib's own list.
"""

from __future__ import annotations

import argparse
import io
import re
import tarfile
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from workers.history.git import Git, HistoryError
from workers.tarball import contents, macros
from workers.tarball.commands import commands
from workers.tarball.compare import Comparison, compare
from workers.tarball.contents import Item, Listing
from workers.tarball.limits import Limits, Unfit
from workers.tarball.roles import Role, role
from workers.tarball.tree import Tree, from_git

PROJECTS = {
    "tukaani-project+xz": (r"xz-utils_([\d.]+)\.orig\.tar\.xz", "v{}"),
    "jqlang+jq": (r"jq_([\d.]+)\.orig\.tar\.gz", "jq-{}"),
    "libarchive+libarchive": (r"libarchive_([\d.]+)\.orig\.tar\.xz", "v{}"),
    "madler+zlib": (r"zlib_[\d.]+\.dfsg(?:\+really([\d.]+))?\.orig\.tar\.\w+|zlib_([\d.]+)\.dfsg\.orig\.tar\.\w+", "v{}"),
    "psf+requests": (r"requests-([\d.]+)\.tar\.gz", "v{}"),
    "urllib3+urllib3": (r"urllib3-([\d.]+)\.tar\.gz", "{}"),
    "rq+rq": (r"rq-([\d.]+)\.tar\.gz", "v{}"),
    "hynek+structlog": (r"structlog-([\d.]+)\.tar\.gz", "{}"),
    "PyCQA+bandit": (r"bandit-([\d.]+)\.tar\.gz", "{}"),
    "expressjs+express": (r"express-([\d.]+)\.tgz", "{}"),
}
"""Where a project's archives are told by their names, and how it names its tags."""


_PAYLOAD = b"eval `tail -c +9 tests/files/x | xz -d`\n"
_MADE = re.compile(
    r"(?:.*/)?(?:configure|Makefile\.in|aclocal\.m4|[\w-]*config(?:ure)?\.h\.in|ltmain\.sh|config\.(?:guess|sub|rpath)|install-sh"
    r"|missing|depcomp|compile|ar-lib|test-driver|tap-driver\.\w+|mkinstalldirs|py-compile|ylwrap|mdate-sh|stamp-[\w.]+"
    r"|version\.texi|texinfo\.tex|\.tarball-version|\.version|INSTALL|ABOUT-NLS|po/Makefile\.in\.in|po/Rules-quot"
    r"|po/.*\.(?:sin|sed|header|gmo|pot)|.*\.info(?:-\d)?|ChangeLog|.*\.[13]|PKG-INFO|.*\.egg-info/.*|setup\.cfg)"
)
"""What is usually not in git of an autotools project's or a Python package's archive."""


def versions(folder: Path, project: str) -> list[tuple[str, Path]]:
    """Return a project's archives with their tags, oldest first."""
    pattern, tag = PROJECTS[project]
    found = []
    for path in folder.rglob("*"):
        match = re.fullmatch(pattern, path.name)
        if match is not None:
            version = next((group for group in match.groups() if group), "") or re.search(r"_([\d.]+?)\.dfsg", path.name)[1]  # type: ignore[index]
            found.append(([int(part) for part in version.split(".")], tag.format(version), path))
    return [(name, path) for _, name, path in sorted(found)]


def altered(listing: Listing, tree: Tree) -> tuple[Listing, set[str]]:
    """Return the listing with one altered build file, one new macro and one payload in a generated file, and their paths."""
    macros = (p for p in sorted(listing.items) if role(p.decode("utf-8", "replace")) is Role.MACRO)
    ours = [p for p in macros if p not in tree.blobs]
    tagged = [p for p in sorted(listing.items) if p in tree.blobs and p.endswith((b".m4", b".ac", b".py", b".js", b".c"))]
    path = (ours or tagged)[0]
    item: Item = replace(listing.items[path], name="0" * 40, unix="0" * 40, sha1="0" * 40, text=None)
    new = Item(path=b"m4/stage-two.m4", kind=item.kind, name="1" * 40, unix="1" * 40, sha1="1" * 40)
    items = {**listing.items, path: item, b"m4/stage-two.m4": new}
    paths = {path.decode(), "m4/stage-two.m4"}
    made = [p for p in sorted(listing.items) if p not in tree.blobs and p.endswith((b"configure", b"Makefile.in"))]
    for generated in made[:1]:
        items[generated] = replace(listing.items[generated], runs=commands(_PAYLOAD))
        paths.add(generated.decode())
    return Listing(items=items, repeated=listing.repeated, top=listing.top), paths


def made_tag(listing: Listing) -> Tree:
    """Return a tag as a project of that kind has it: the archive without what its tools generate or import."""
    imports = frozenset[bytes]().union(*(item.imports for item in listing.items.values()))
    blobs = {
        path: item.name
        for path, item in listing.items.items()
        if _MADE.fullmatch(path.decode("utf-8", "replace")) is None
        and path.rpartition(b"/")[2] not in imports
        and path.rpartition(b"/")[2].decode("utf-8", "replace") not in macros._known()
    }
    return Tree(blobs=blobs)


def run_without_tags(folder: Path) -> None:
    """Print a row for each archive below a folder of folders, one for each project."""
    for project in sorted(path for path in folder.iterdir() if path.is_dir()):
        earlier: list[frozenset[str]] = []
        archives = [p for p in project.iterdir() if re.search(r"\.(?:tar\.\w+|tgz)$", p.name)]
        for path in sorted(archives, key=lambda p: [int(n) for n in re.findall(r"\d+", p.name.partition(".orig")[0])]):
            started = time.perf_counter()
            with path.open("rb") as file:
                tree = made_tag(contents.read(file, Limits(), Tree(blobs={})))
                file.seek(0)
                listing = contents.read(file, Limits(), tree)
            found = compare(listing, tree, earlier)
            seconds = time.perf_counter() - started
            print(f"| {project.name} | {path.name} | {row(found, len(earlier), seconds, probe(listing, tree, earlier))} |")
            for one in found.fresh:
                print(f"|  | | {one.how} {one.path} ({one.role}) {one.note} | | | | | |")
            earlier.append(found.marks)


def run(project: str, git: Git, archives: list[tuple[str, Path]]) -> None:
    """Print a row for each archive of a project."""
    earlier: list[frozenset[str]] = []
    for tag, path in archives:
        try:
            tree = from_git(git, tag)
        except HistoryError:
            print(f"| {project.replace('+', '/')} | {tag} | not in the history | | | | | |")
            continue
        started = time.perf_counter()
        try:
            with path.open("rb") as file:
                listing = contents.read(file, Limits(), tree)
        except Unfit as unfit:
            print(f"| {project.replace('+', '/')} | {tag} | {unfit.sentence} | | | | | |")
            continue
        found = compare(listing, tree, earlier)
        seconds = time.perf_counter() - started
        print(
            f"| {project.replace('+', '/')} | {tag} | {row(found, len(earlier), seconds, probe(listing, tree, earlier))} |"
        )
        for one in found.fresh:
            print(f"|  | | {one.how} {one.path} ({one.role}) {one.note} | | | | | |")
        earlier.append(found.marks)


def probe(listing: Listing, tree: Tree, earlier: list[frozenset[str]]) -> str:
    """Say which of two planted changes were found."""
    planted, paths = altered(listing, tree)
    told = {one.path for one in compare(planted, tree, earlier).fresh}
    return f"{len(paths & told)} of {len(paths)}"


def row(found: Comparison, earlier: int, seconds: float, planted: str) -> str:
    """Return the figures of one row of the table."""
    kinds = Counter(found.counts)
    added = sum(count for name, count in kinds.items() if name.startswith("added"))
    changed = sum(count for name, count in kinds.items() if name.startswith("altered"))
    return f"{found.files} | {added} | {changed} | {earlier} | {len(found.fresh)} | {seconds:.2f} | {planted}"


def main() -> None:
    """Read the arguments and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--histories", type=Path, default=Path("../shared/data/histories"))
    parser.add_argument("--no-tags", action="store_true")
    args = parser.parse_args()
    print(
        "| project | tag | files | only in the archive | altered | earlier | need a look | seconds | planted changes found |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    if args.no_tags:
        run_without_tags(args.folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        for project in PROJECTS:
            archives = versions(args.folder, project)
            packed = args.histories / f"{project}.tar"
            if archives and packed.exists():
                with tarfile.open(fileobj=io.BytesIO(packed.read_bytes())) as archive:
                    archive.extractall(temporary, filter="data")
                run(project, Git.at(Path(temporary) / f"{project}.git"), archives)


if __name__ == "__main__":
    main()
