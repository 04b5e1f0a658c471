"""Read the contents of a few files out of a repository that may not have them, and never start a download by accident.

In a partial clone git dies at the first content it lacks and cannot fetch, whatever GIT_NO_LAZY_FETCH says
(promisor-remote.c in git 2.39 and 2.45). So the objects are read through a bare directory of our own that borrows them
(GIT_OBJECT_DIRECTORY, git-scm.com/docs/git) and knows no remote: what is missing is then only missing.
"""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from workers.history.git import STALL_SECONDS, Git, GitError, HistoryError, environment

MOST_BYTES = 256 << 10
"""A file larger than this is not read."""

MISSING = "it is not in this copy of the repository"
LARGE = f"it is larger than {MOST_BYTES >> 10} KiB"
BINARY = "it is not text"

_MOST_AT_ONCE = 500
_CHUNK = 1 << 16

Fetch = Callable[[Sequence[str]], None]
"""Brings objects into the repository, all in one go."""


class Blobs:
    """Texts by object name. Use it as a context manager: it keeps git running.

    Args:
        git: the repository.
        fetch: brings what is missing; None for a copy that nobody may complete.
    """

    def __init__(self, git: Git, fetch: Fetch | None = None) -> None:
        self._git = git
        self._fetch = fetch
        self.trouble = ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._running: dict[str, _CatFile] = {}

    def __enter__(self) -> Self:
        """Nothing is started before something is read."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End git and remove the directory."""
        for process in self._running.values():
            process.end()
        self._running.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def prepare(self, names: Iterable[str]) -> None:
        """Fetch what is missing of these, in as few requests as possible; nothing happens where nobody may fetch.

        Once that failed, it is not tried again: `trouble` says why, and what is missing stays missing.
        """
        if self._fetch is None:
            return
        missing = [name for name, size in self._sizes(names).items() if size is None]
        try:
            for start in range(0, len(missing), _MOST_AT_ONCE):
                self._fetch(missing[start : start + _MOST_AT_ONCE])
        except HistoryError as error:
            self._fetch, self.trouble = None, str(error)

    def texts(self, names: Iterable[str]) -> dict[str, tuple[str | None, str]]:
        """Return the texts of objects, or None and why there is none; the name that stands for no file is left out.

        Raises:
            GitError: git stopped answering.
        """
        sizes = self._sizes(names)
        small = [name for name, size in sizes.items() if size is not None and size <= MOST_BYTES]
        found: dict[str, tuple[str | None, str]] = {
            name: (None, MISSING if size is None else LARGE) for name, size in sizes.items()
        }
        for start in range(0, len(small), _MOST_AT_ONCE):
            some = small[start : start + _MOST_AT_ONCE]
            for name, raw in zip(some, self._cat_file("--batch").contents(some), strict=True):
                found[name] = (None, BINARY) if b"\0" in raw else (raw.decode("utf-8", "replace"), "")
        return found

    def _sizes(self, names: Iterable[str]) -> dict[str, int | None]:
        """Return how large each blob is; None for what is not here, or no blob, as a submodule's commit."""
        asked = [name for name in dict.fromkeys(names) if name.strip("0")]
        found: dict[str, int | None] = {}
        for start in range(0, len(asked), _MOST_AT_ONCE):
            some = asked[start : start + _MOST_AT_ONCE]
            for name, line in zip(some, self._cat_file("--batch-check").lines(some), strict=True):
                _, *rest = line.split(" ")
                found[name] = int(rest[1]) if len(rest) == 2 and rest[0] == "blob" else None
        return found

    def _cat_file(self, mode: str) -> _CatFile:
        if mode not in self._running:
            self._running[mode] = _CatFile(self._borrowing(), self._objects(), mode, self._git.name)
        return self._running[mode]

    def _objects(self) -> Path:
        return Path(self._git.text("rev-parse", "--git-path", "objects"))

    def _borrowing(self) -> Path:
        """Return a bare git directory without anything in it."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="trust-alerts-")
            folder = Path(self._folder.name)
            long_names = self._git.text("rev-parse", "--show-object-format") == "sha256"
            extension = "[extensions]\nobjectFormat = sha256\n" if long_names else ""
            version = 1 if long_names else 0
            (folder / "config").write_text(f"[core]\nrepositoryFormatVersion = {version}\nbare = true\n{extension}", "ascii")
            (folder / "HEAD").write_text("ref: refs/heads/none\n", "ascii")
            (folder / "objects").mkdir()
            (folder / "refs").mkdir()
        return Path(self._folder.name)


class _CatFile:
    """One `git cat-file` that is asked and answers."""

    def __init__(self, git_dir: Path, objects: Path, mode: str, name: str) -> None:
        self._name = name
        self._buffer = bytearray()
        self._process = subprocess.Popen(  # noqa: S603  # fixed program, arguments are ours
            ["git", f"--git-dir={git_dir}", "cat-file", mode],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment({"GIT_OBJECT_DIRECTORY": str(objects)}),
            start_new_session=True,
        )

    def lines(self, names: Sequence[str]) -> Iterator[str]:
        """Ask for objects in one go and yield the line about each; all of them have to be taken."""
        self._ask(names)
        for _ in names:
            yield self._line()

    def contents(self, names: Sequence[str]) -> Iterator[bytes]:
        """Ask for objects that are there in one go and yield what they hold; all of them have to be taken."""
        self._ask(names)
        for _ in names:
            size = int(self._line().rpartition(" ")[2])
            while len(self._buffer) <= size:  # a newline follows
                self._more()
            found = bytes(self._buffer[:size])
            del self._buffer[: size + 1]
            yield found

    def _ask(self, names: Sequence[str]) -> None:
        """Write the names; so few at once fit into a pipe (64 KiB, pipe(7)), so that nobody waits for anybody."""
        pipe = self._process.stdin
        if pipe is None:
            raise RuntimeError("git was started without pipes")
        try:
            pipe.write("".join(f"{name}\n" for name in names).encode("ascii", "replace"))
            pipe.flush()
        except BrokenPipeError as error:
            raise GitError(f"git cannot read contents of {self._name}") from error

    def _line(self) -> str:
        while (end := self._buffer.find(b"\n")) < 0:
            self._more()
        line = bytes(self._buffer[:end]).decode("ascii", "replace")
        del self._buffer[: end + 1]
        return line

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _more(self) -> None:
        pipe = self._process.stdout
        if pipe is None:
            raise RuntimeError("git was started without pipes")
        if not select.select([pipe], [], [], STALL_SECONDS)[0]:
            raise GitError(f"git stopped answering while it read contents of {self._name}")
        chunk = os.read(pipe.fileno(), _CHUNK)
        if not chunk:
            raise GitError(f"git cannot read contents of {self._name}")
        self._buffer += chunk
