"""Ask GitHub for the contents of single files; errors are `Unavailable` or `Refused` as everywhere.

https://docs.github.com/en/rest/repos/contents#get-repository-content
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import github

from github_app.model import Repository
from workers.github import GitHubApp
from workers.github_ask import asked, not_githubs
from workers.github_http import InstallationGone, Refused, gone, translated

MOST_BYTES = 256 << 10
"""A larger file is not read."""

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_NO_SUCH_COMMIT = re.compile(r"no commit found", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file at one commit; `text` is None where it cannot be read as text, and then `gap` says why, in a phrase."""

    text: str | None
    gap: str = ""


class Files(Protocol):
    """What asks for files. It raises `Unavailable` or `Refused`, nothing else."""

    def file(self, repo: Repository, installation_id: int, path: str, commit: str) -> File | None:
        """Return a file as it was at a commit, None when there was no such file."""


class GitHubFiles:
    """`Files` over GitHub's REST API."""

    def __init__(self, app: GitHubApp) -> None:
        self._app = app

    def file(self, repo: Repository, installation_id: int, path: str, commit: str) -> File | None:
        """See `Files.file`."""
        if not _REPOSITORY.fullmatch(repo.full_name):
            raise Refused("the repository's name is not one GitHub gives")
        if {"", ".", ".."} & set(path.split("/")):  # a client would shorten them, and ask for something else
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


def _commit_is_gone(error: github.GithubException) -> bool:
    said = error.data.get("message") if isinstance(error.data, dict) else ""
    return isinstance(said, str) and _NO_SUCH_COMMIT.search(said) is not None


def _file(found: Any) -> File:
    if not isinstance(found, dict) or found.get("type") != "file":
        return File(text=None, gap="it is no file")
    size, content = found.get("size"), found.get("content")
    if type(size) is not int or size > MOST_BYTES or found.get("encoding") != "base64" or not isinstance(content, str):
        return File(text=None, gap=f"it is larger than {MOST_BYTES >> 10} KiB")
    try:
        raw = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return File(text=None, gap="GitHub's answer cannot be read")
    return File(text=None, gap="it is not text") if b"\0" in raw else File(text=raw.decode("utf-8", "replace"))
