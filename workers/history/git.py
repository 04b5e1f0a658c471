"""Run git on a repository that nobody vouches for, and say in one sentence why it failed.

The environment is fixed, no configuration of ours or theirs executes anything, reading never touches the network,
and output is read in bounded pieces.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workers.history.clean import line

STALL_SECONDS = 120.0
"""A git process that says nothing for this long is killed."""

_CHUNK = 1 << 16
_MOST_ERROR = 4096
_KEPT = ("PATH", "TMPDIR", "TEMP", "SYSTEMROOT")
_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.quotePath=false",
    "log.showSignature=false",
    "protocol.ext.allow=never",
    "i18n.logOutputEncoding=UTF-8",
)
_OFFLINE = "protocol.allow=never"  # older gits know no GIT_NO_LAZY_FETCH: a missing blob must not start a download


class HistoryError(ValueError):
    """A history cannot be read; the text is one plain sentence that says what to change. Not escaped, but cleaned."""


class GitError(HistoryError):
    """git itself gave up; `complaint` is what it said, cleaned to one line."""

    def __init__(self, sentence: str, complaint: str = "") -> None:
        super().__init__(sentence)
        self.complaint = complaint


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment git runs in: the search path of this process and nothing else of it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C",
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_PAGER": "cat",
        **(extra or {}),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """git on one repository. `git_dir` is named explicitly, so whoever owns the directory, nothing else is looked for."""

    git_dir: Path
    name: str
    stall_seconds: float = STALL_SECONDS

    @classmethod
    def at(cls, path: str | Path) -> Git:
        """Return git for a repository: bare, or the top of a working tree.

        Raises:
            HistoryError: there is no repository at exactly this path; parents are not searched.
        """
        given = Path(path)
        name = line(str(path), 300)
        if not given.exists():
            raise HistoryError(f"there is nothing at {name}: name a git repository by path or URL")
        if not given.is_dir():
            raise HistoryError(f"{name} is not a git repository")
        inner = given / ".git"
        found = cls(git_dir=(inner if inner.exists() else given).absolute(), name=name)
        try:
            found.text("rev-parse", "--git-dir")
        except GitError as error:
            if error.complaint.startswith("not a git repository"):
                raise HistoryError(f"{name} is not a git repository") from error
            raise
        return found

    def text(self, *args: str, most: int = 1 << 20) -> str:
        """Run a short command and return its output (at most `most` bytes), without the last newline.

        Raises:
            GitError: git failed or stopped answering.
        """
        collected = bytearray()
        for chunk in self.stream(*args):
            collected += chunk[: max(0, most - len(collected))]
        return collected.decode("utf-8", "replace").rstrip("\n")

    def resolve(self, ref: str | None) -> tuple[str, str]:
        """Return the full name of a ref (or what was given) and the commit it names; HEAD's by default.

        Raises:
            HistoryError: there is none; the sentence names the branches there are.
        """
        asked = ref or "HEAD"
        shown = line(asked, 200)
        if asked.startswith("-") or not asked.isprintable():
            raise HistoryError(f"{shown!r} is not the name of a branch")
        try:
            commit = self.text("rev-parse", "--verify", "--quiet", f"{asked}^{{commit}}")
        except GitError as error:
            raise HistoryError(self._missing(ref, shown)) from error
        return line(self.text("rev-parse", "--symbolic-full-name", asked), 300) or shown, commit

    def _missing(self, ref: str | None, shown: str) -> str:
        branches = self.text("for-each-ref", "--count=5", "--format=%(refname:short)", "refs/heads").splitlines()
        if not branches:
            return f"{self.name} has no branch with commits" if ref is None else f"{self.name} has no ref {shown!r}"
        names = ", ".join(line(name, 60) for name in branches)
        what = "its HEAD names a branch that does not exist" if ref is None else f"it has no ref {shown!r} with a commit"
        return f"{self.name} cannot be read: {what}; choose one with --ref (there are: {names})"

    def stream(self, *args: str, feed: Iterable[bytes] = ()) -> Iterator[bytes]:
        """Run a command and yield its output in chunks as it comes; `feed` is written to it meanwhile.

        Raises:
            GitError: git failed or stopped answering. Everything before that was yielded.
        """
        settings = [part for setting in (*_SAFE, _OFFLINE) for part in ("-c", setting)]
        command = ["git", "--no-pager", *settings, f"--git-dir={self.git_dir}", *args]
        try:
            process = subprocess.Popen(  # noqa: S603  # fixed program, arguments are ours
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment(),
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise HistoryError("git is not installed, or not on the PATH of this process") from error
        stdin, stdout, stderr = _pipes(process)
        writer = threading.Thread(target=_write, args=(stdin, feed), daemon=True)
        writer.start()
        complaint = bytearray()
        try:
            yield from _output(stdout, stderr, complaint, self.stall_seconds)
            status = process.wait(self.stall_seconds)
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise GitError(f"git stopped answering while it read {self.name}") from error
        finally:
            process.kill()
            process.wait()
            writer.join()
            stdout.close()
            stderr.close()
        if status:
            said = first_complaint(complaint.decode("utf-8", "replace"))
            raise GitError(f"git cannot read {self.name}: {said}", said)


def first_complaint(stderr: str) -> str:
    """Return the line of git's messages that says most, cleaned: the first `fatal:`, else `error:`, else any."""
    lines = [text for text in map(str.strip, stderr.splitlines()) if text]
    for prefix in ("fatal: ", "error: ", ""):
        for text in lines:
            if text.startswith(prefix):
                return line(text.removeprefix(prefix), 300)
    return "it gave no reason"


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise RuntimeError("git was started without pipes")
    return process.stdin, process.stdout, process.stderr


def _write(stdin: IO[bytes], feed: Iterable[bytes]) -> None:
    try:
        with stdin as pipe:
            pipe.writelines(feed)
    except BrokenPipeError:
        pass  # git ended first; its exit status says why


def _output(stdout: IO[bytes], stderr: IO[bytes], complaint: bytearray, stall_seconds: float) -> Iterator[bytes]:
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        selector.register(stderr, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(stall_seconds)
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is stdout:
                    yield chunk
                else:
                    complaint += chunk[: max(0, _MOST_ERROR - len(complaint))]
