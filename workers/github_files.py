"""Ask GitHub for the contents of files; errors are `Unavailable` or `Refused` as everywhere.

Ten files at several commits are one question in GraphQL. It shows no links followed, guesses what is binary, and may turn
one encoding into another; so what does not have the very bytes that git names is asked for by REST, as is everything where
GraphQL is away or refused.
https://docs.github.com/en/graphql/reference/objects#commit, #treeentry, #blob;
https://docs.github.com/en/rest/repos/contents#get-repository-content
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import github

from github_app.model import Repository
from workers.github import GitHubApp
from workers.github_ask import asked, not_githubs
from workers.github_graphql import ask
from workers.github_http import InstallationGone, Refused, Unavailable, gone, translated

log = logging.getLogger(__name__)

MOST_BYTES = 256 << 10
"""A larger file is not read."""

AT_ONCE = 10
"""So many files are one question: at two commits, an answer of 10 MiB at worst, as GitHub cuts texts at 512 KiB."""

ONE_BY_ONE = 6
"""So many files are asked for by REST at most, with a request for each commit; the rest is a gap."""

_LARGE, _BINARY, _NO_FILE = f"it is larger than {MOST_BYTES >> 10} KiB", "it is not text", "it is no file"
_NOT_SHOWN = f"GitHub was asked for only {ONE_BY_ONE} files of this push one by one"
_PLAIN, _LINK = {0o100644, 0o100664, 0o100755}, 0o120000
_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_ENTRY = "fragment F on TreeEntry{mode object{...on Blob{oid byteSize text}}}"
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_NO_SUCH_COMMIT = re.compile(r"no commit found", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file at one commit; `text` is None where it cannot be read as text, and then `gap` says why, in a phrase."""

    text: str | None
    gap: str = ""


Version = tuple[str, str]
"""A path and a commit."""


class Files(Protocol):
    """What asks for files. It raises `Unavailable` and nothing else."""

    def versions(
        self, repo: Repository, installation_id: int, paths: Sequence[str], commits: Sequence[str]
    ) -> Mapping[Version, File | None]:
        """Return each file as it was at each commit, None where there was none; what is refused is a file with a gap."""


class GitHubFiles:
    """`Files` over GitHub's two APIs."""

    def __init__(self, app: GitHubApp) -> None:
        self._app = app

    def versions(
        self, repo: Repository, installation_id: int, paths: Sequence[str], commits: Sequence[str]
    ) -> Mapping[Version, File | None]:
        """See `Files.versions`."""
        found: dict[Version, File | None] = {}
        askable = [p for p in paths if _is_path(p)] if all(_OID.fullmatch(c) for c in commits) else []
        for start in range(0, len(askable), AT_ONCE):
            try:
                found |= self._together(repo, installation_id, askable[start : start + AT_ONCE], commits)
            except (Refused, Unavailable) as error:
                log.info("%s: files are asked for one by one: %s", repo.full_name, error)
                break
        wanted = [(path, commit) for path in paths for commit in commits if (path, commit) not in found]
        by_rest = set(list(dict.fromkeys(path for path, _ in wanted))[:ONE_BY_ONE])
        for path, commit in wanted:
            if path in by_rest:
                found[path, commit] = self._alone(repo, installation_id, path, commit)
            else:
                found[path, commit] = File(text=None, gap=_NOT_SHOWN)
        return found

    def _together(
        self, repo: Repository, installation_id: int, paths: Sequence[str], commits: Sequence[str]
    ) -> dict[Version, File | None]:
        """Return what one question answers beyond doubt."""
        owner, _, name = repo.full_name.partition("/")
        numbered = {f"p{n}": path for n, path in enumerate(paths)} | {f"c{n}": commit for n, commit in enumerate(commits)}
        answer = ask(
            self._app,
            installation_id,
            _question(len(paths), len(commits)),
            {"owner": owner, "name": name, **numbered},
            f"the contents of {len(paths)} files",
        )
        unsure = {gap.path[:3] for gap in answer.gaps}
        found: dict[Version, File | None] = {}
        for n, commit in enumerate(commits):
            at = _table(_table(answer.data.get("repository")).get(f"c{n}"))
            for m, path in enumerate(paths):
                name = f"f{m}"
                if name in at and ("repository", f"c{n}", name) not in unsure:
                    found.update(((path, commit), file) for file in _shown(at[name]))
        return found

    def _alone(self, repo: Repository, installation_id: int, path: str, commit: str) -> File | None:
        try:
            return self.file(repo, installation_id, path, commit)
        except Refused as refused:
            return File(text=None, gap=refused.sentence)

    def file(self, repo: Repository, installation_id: int, path: str, commit: str) -> File | None:
        """Return a file as it was at a commit, None when there was no such file, with a request to the REST API.

        Raises:
            Unavailable: ask again later.
            Refused: GitHub does not show it.
        """
        if not _REPOSITORY.fullmatch(repo.full_name):
            raise Refused("the repository's name is not one GitHub gives")
        if not _is_path(path):
            raise Refused("the path is not one git has")
        where = f"/repos/{repo.full_name}/contents/{quote(path)}"
        with translated(f"the contents of {path[:200]}"):
            try:
                found = asked(self._app, installation_id, "GET", where, parameters={"ref": commit})[1]
            except InstallationGone as error:
                raise gone(f"the contents of {path[:200]}") from error
            except github.GithubException as error:
                if error.status == 404 and not _commit_is_gone(error):
                    return None
                raise
            if not isinstance(found, list) and not (isinstance(found, dict) and found.get("type")):
                raise not_githubs()
        return _file(found)


def _is_path(path: str) -> bool:
    """Say whether git has such a path; a client would shorten others, and ask for something else."""
    return not {"", ".", ".."} & set(path.split("/"))


def _question(paths: int, commits: int) -> str:
    named = "".join([f",$p{n}:String!" for n in range(paths)] + [f",$c{n}:GitObjectID!" for n in range(commits)])
    files = "".join(f"f{n}:file(path:$p{n}){{...F}}" for n in range(paths))
    each = "".join(f"c{n}:object(oid:$c{n}){{...on Commit{{{files}}}}}" for n in range(commits))
    return f"query($owner:String!,$name:String!{named}){{repository(owner:$owner,name:$name){{{each}}}}}{_ENTRY}"


def _shown(entry: Any) -> Iterator[File | None]:
    """Yield the file where GraphQL shows what REST would, nothing where that is not sure."""
    if entry is None:
        yield None
        return
    said, blob = _table(entry), _table(_table(entry).get("object"))
    mode, size, text = said.get("mode"), blob.get("byteSize"), blob.get("text")
    if mode not in _PLAIN:
        if type(mode) is int and mode != _LINK:  # a folder or a submodule
            yield File(text=None, gap=_NO_FILE)
        return
    if type(size) is int and size > MOST_BYTES:
        yield File(text=None, gap=_LARGE)
    elif isinstance(text, str) and _named_by_git(text, blob.get("oid")):
        yield File(text=None, gap=_BINARY) if "\0" in text else File(text=text)


def _named_by_git(text: str, oid: object) -> bool:
    """Say whether a text is byte for byte what git has under a name."""
    if not isinstance(oid, str) or not _OID.fullmatch(oid):
        return False
    raw = text.encode("utf-8", "surrogatepass")
    made = hashlib.sha1(usedforsecurity=False) if len(oid) == 40 else hashlib.sha256()
    made.update(b"blob %d\0" % len(raw) + raw)
    return made.hexdigest() == oid


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _commit_is_gone(error: github.GithubException) -> bool:
    said = error.data.get("message") if isinstance(error.data, dict) else ""
    return isinstance(said, str) and _NO_SUCH_COMMIT.search(said) is not None


def _file(found: Any) -> File:
    if not isinstance(found, dict) or found.get("type") != "file":
        return File(text=None, gap=_NO_FILE)
    size, content = found.get("size"), found.get("content")
    if type(size) is not int or size > MOST_BYTES or found.get("encoding") != "base64" or not isinstance(content, str):
        return File(text=None, gap=_LARGE)
    try:
        raw = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return File(text=None, gap="GitHub's answer cannot be read")
    return File(text=None, gap=_BINARY) if b"\0" in raw else File(text=raw.decode("utf-8", "replace"))
