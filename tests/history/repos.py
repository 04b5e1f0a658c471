"""Build git repositories with any names and dates, by `git fast-import` and `git hash-object`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from github_app.fact import CommitsLanded, Fact, TagCreated
from github_app.model import Repository
from workers.facts.git_history import History

ANN = "Ann Able <ann@example.org>"
BOB = "Bob Best <bob@example.org>"
EVE = "Eve Early <eve@example.org>"
WEB_FLOW = "GitHub <noreply@github.com>"
DAY = 86_400
START = 1_600_000_000
"""2020-09-13 12:26:40 UTC."""
REPOSITORY = Repository(id=7, full_name="acme/widget", owner_id=70, default_branch="main")

_ENVIRONMENT = {
    **{name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ},
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(path: Path, *arguments: str, text: bytes = b"") -> str:
    """Run git in a repository and return what it says."""
    done = subprocess.run(  # noqa: S603 - the commands are the tests' own
        ["git", "-c", "protocol.file.allow=always", f"--git-dir={path}", *arguments],  # noqa: S607
        input=text,
        capture_output=True,
        check=True,
        env=_ENVIRONMENT,
    )
    return done.stdout.decode("utf-8", "replace").strip()


@dataclass
class Builder:
    """A bare repository in the making. Commits are named by marks; times are Unix seconds."""

    path: Path
    lines: list[bytes] = field(default_factory=list)
    marks: int = 0
    clock: int = START
    begun: set[str] = field(default_factory=set)

    @classmethod
    def new(cls, path: Path, *options: str) -> Builder:
        """Make an empty bare repository whose HEAD is main."""
        path.mkdir(parents=True)
        git(path, "init", "-q", "--bare", "--initial-branch=main", "--template=", *options)
        return cls(path=path)

    def commit(
        self,
        author: str,
        title: str,
        *,
        committer: str = "",
        parents: Sequence[str] | None = None,
        branch: str = "main",
        at: int | None = None,
        files: Mapping[str, str] | None = None,
    ) -> str:
        """Add a commit (an hour after the last one unless told) and return its mark; no parents means the branch's tip."""
        self.clock += 3600
        when = self.clock if at is None else at
        self.marks += 1
        mark = f":{self.marks}"
        data = title.encode()
        self.lines += [
            f"commit refs/heads/{branch}\nmark {mark}\nauthor {author} {when} +0000".encode(),
            f"committer {committer or author} {when} +0000\ndata {len(data)}".encode(),
            data,
        ]
        if parents is None and branch not in self.begun and (self.path / "refs/heads" / branch).exists():
            parents = [f"refs/heads/{branch}^0"]  # fast-import forgets between two runs what a branch stands on
        self.begun.add(branch)
        if parents:
            self.lines.append(f"from {parents[0]}".encode())
            self.lines += [f"merge {parent}".encode() for parent in parents[1:]]
        for name, content in (files if files is not None else {f"src/{self.marks}.c": title}).items():
            body = content.encode()
            self.lines += [f"M 100644 inline {name}\ndata {len(body)}".encode(), body]
        return mark

    def tag(self, name: str, mark: str, *, tagger: str = "", message: str = "", at: int | None = None) -> None:
        """Add a tag: annotated when there is a tagger, else lightweight."""
        if not tagger:
            self.lines.append(f"reset refs/tags/{name}\nfrom {mark}\n".encode())
            return
        data = message.encode()
        when = self.clock if at is None else at
        self.lines += [f"tag {name}\nfrom {mark}\ntagger {tagger} {when} +0000\ndata {len(data)}".encode(), data]

    def build(self) -> Path:
        """Write what was added so far and return the repository."""
        git(self.path, "fast-import", "--quiet", "--force", "--date-format=raw", text=b"\n".join(self.lines) + b"\n")
        self.lines, self.begun = [], set()
        return self.path


def raw_commit(path: Path, content: bytes, ref: str = "refs/heads/main") -> str:
    """Store bytes as a commit, whatever they are, and point a ref to it."""
    sha = git(path, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", text=content)
    git(path, "update-ref", ref, sha)
    return sha


def empty_tree(path: Path) -> str:
    """Return the name of the empty tree, which is then in the repository."""
    return git(path, "hash-object", "-t", "tree", "-w", "--stdin")


def facts(path: Path, ref: str | None = None) -> list[Fact]:
    """Read all facts of a repository."""
    return list(History.open(path, ref=ref).facts(REPOSITORY))


def landed(path: Path, ref: str | None = None) -> list[CommitsLanded]:
    """Read the landings of a repository."""
    return [x for x in facts(path, ref) if isinstance(x, CommitsLanded)]


def tagged(path: Path) -> dict[str, TagCreated]:
    """Read the tags of a repository by name."""
    return {x.name: x for x in facts(path) if isinstance(x, TagCreated)}


def titles(found: Sequence[CommitsLanded]) -> Iterator[list[str]]:
    """Return the titles of the commits of each landing."""
    return ([commit.title for commit in fact.commits] for fact in found)
