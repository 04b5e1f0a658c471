"""Build the repository the app learns the past from: real names, times, paths and keys, made-up contents.

Every file holds one line, the id of the real commit that last touched it, so that `git log --raw` shows what changed.
The ids of commits are therefore the demo's own. Signatures on tags are stand-ins, see `demo.signature_packet`.
"""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path

from demo import facts
from demo.facts import Commit, Name, Tag
from demo.signature_packet import armored

_SCRATCH = "refs/demo/import"
"""fast-import commits onto a branch; this one is dropped at the end."""


def build(path: Path) -> Path:
    """Create a bare repository with everything before the story.

    Raises:
        subprocess.CalledProcessError: git refused; its own words are on stderr.
    """
    _git("init", "--quiet", "--bare", f"--initial-branch={facts.BRANCH}", str(path))
    _git("-C", str(path), "fast-import", "--quiet", stdin=b"".join(stream()))
    _git("-C", str(path), "update-ref", "-d", _SCRATCH)
    # Partial clones are refused without this (git-config, uploadpack.allowFilter).
    _git("-C", str(path), "config", "uploadpack.allowFilter", "true")
    return path


def stream() -> Iterator[bytes]:
    """Yield the past in the format of git-fast-import(1). Marks are row numbers from 1."""
    commits, tips, tags = facts.past()
    for number, commit in enumerate(commits):
        yield from _commit(number, commit)
    for name, number in tips.items():
        yield f"reset refs/heads/{name}\nfrom :{number + 1}\n\n".encode()
    for tag in tags:
        yield from _tag(tag)


def _commit(number: int, commit: Commit) -> Iterator[bytes]:
    yield f"commit {_SCRATCH}\nmark :{number + 1}\n".encode()
    yield f"author {_who(commit.author, commit.authored)}\ncommitter {_who(commit.committer, commit.committed)}\n".encode()
    yield _data(f"Commit {commit.id} of the real history; its message is not shipped.\n")
    if commit.parents:
        first, *others = commit.parents
        yield f"from :{first + 1}\n".encode()
        for parent in others:
            yield f"merge :{parent + 1}\n".encode()
    for status, path in commit.changes:
        if status == "D":
            yield f"D {path}\n".encode()
        else:
            yield f"M 100644 inline {path}\n".encode() + _data(commit.id + "\n")
    yield b"\n"


def _tag(tag: Tag) -> Iterator[bytes]:
    if tag.tagger is None:
        yield f"reset refs/tags/{tag.name}\nfrom :{tag.commit + 1}\n\n".encode()
        return
    message = f"{tag.name}, message not shipped\n"
    if tag.key:
        message += armored(tag.key, tag.fingerprint, created=int(tag.at.timestamp()))
    yield f"tag {tag.name}\nfrom :{tag.commit + 1}\ntagger {_who(tag.tagger, tag.at)}\n".encode()
    yield _data(message)


def _who(name: Name, at: dt.datetime) -> str:
    return f"{name.name} <{name.mail}> {int(at.timestamp())} {at:%z}"


def _data(text: str) -> bytes:
    body = text.encode()
    return b"data %d\n" % len(body) + body + b"\n"


def _git(*args: str, stdin: bytes = b"") -> None:
    subprocess.run(["git", *args], input=stdin, check=True, stdout=subprocess.DEVNULL)  # noqa: S607  # git by PATH
