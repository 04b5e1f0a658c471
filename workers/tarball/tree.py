"""The tagged tree: which blob is at which path, as git or GitHub says. No contents are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workers.history.git import Git, GitError, HistoryError

MOST_PATHS = 300_000
_MODULE, _LINK = "160000", "120000"
Content = Callable[[str], "bytes | None"]


def _nothing(_: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree with all it holds: `blobs` maps a path (bytes, as git has it) to a blob's name in hex.

    `modules` are the folders of submodules, whose contents are another repository's. `content` returns a blob's bytes,
    or None where they are not at hand. `whole` is False when GitHub listed only a part.
    """

    blobs: Mapping[bytes, str]
    links: frozenset[bytes] = frozenset()
    modules: frozenset[bytes] = frozenset()
    algorithm: str = "sha1"
    whole: bool = True
    content: Content = field(default=_nothing, repr=False)

    @classmethod
    def of(cls, listed: Mapping[bytes, tuple[str, str]], *, whole: bool = True, content: Content = _nothing) -> Tree:
        """Build a tree from paths with (mode, object name)."""
        blobs = {path: name for path, (mode, name) in listed.items() if mode != _MODULE}
        return cls(
            blobs=blobs,
            links=frozenset(path for path, (mode, _) in listed.items() if mode == _LINK),
            modules=frozenset(path + b"/" for path, (mode, _) in listed.items() if mode == _MODULE),
            algorithm="sha256" if any(len(name) == 64 for name in blobs.values()) else "sha1",
            whole=whole,
            content=content,
        )


def from_git(git: Git, ref: str) -> Tree:
    """Read the tree of a tag or commit from a repository; one without file contents will do.

    Raises:
        HistoryError: there is no such tag, or it holds too many files.
    """
    commit = _commit(git, ref)
    listed: dict[bytes, tuple[str, str]] = {}
    rest = b""
    for chunk in git.stream("ls-tree", "-r", "-z", "--full-tree", commit):
        *lines, rest = (rest + chunk).split(b"\0")
        for line in lines:
            about, _, path = line.partition(b"\t")
            mode, _, name = about.decode("ascii").split(" ")
            listed[path] = (mode, name)
        if len(listed) > MOST_PATHS:
            raise HistoryError(f"{ref} holds more than {MOST_PATHS:,} files")

    def content(name: str) -> bytes | None:
        try:
            return b"".join(git.stream("cat-file", "blob", name))
        except GitError:
            return None  # a clone without contents

    return Tree.of(listed, content=content)


def _commit(git: Git, ref: str) -> str:
    if ref.startswith("-") or not ref.isprintable():
        raise HistoryError("this is not the name of a tag")
    for full in (f"refs/tags/{ref}", ref):
        try:
            return git.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{full}^{{commit}}")
        except GitError:
            continue
    raise HistoryError(f"{git.name} has no tag {ref[:100]!r}")
