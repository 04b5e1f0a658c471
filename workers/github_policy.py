"""Single files on GitHub, asked for so that an unchanged one costs nothing, and the paths that a pull request changes."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import github

from workers.github import GitHubApp, InstallationGone, Refused, translated
from workers.github_ask import asked, not_githubs

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_PAGE, _MOST_PAGES = 100, 30
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAt:
    """A file as GitHub has it: `version` is the name of its blob, "" when there is no file.

    `same` says that it is what `etag` named when it was asked for; then nothing else is known.
    """

    same: bool = False
    version: str = ""
    etag: str = ""
    data: bytes = b""


class PolicyReader(Protocol):
    """What the policy asks GitHub. Every method raises `Unavailable` or `Refused`, nothing else."""

    def file(self, full_name: str, installation_id: int, path: str, *, ref: str = "", etag: str = "") -> FileAt:
        """Return a file of a commit, or of the default branch without `ref`."""

    def pull_paths(self, full_name: str, installation_id: int, number: int) -> frozenset[str]:
        """Return the paths that a pull request adds, changes, renames or deletes; of the first 3,000 files."""


class GitHubPolicyReader:
    """`PolicyReader` over GitHub's REST API."""

    def __init__(self, app: GitHubApp) -> None:
        self._app = app

    def file(self, full_name: str, installation_id: int, path: str, *, ref: str = "", etag: str = "") -> FileAt:
        """See `PolicyReader.file` (docs.github.com, "Get repository content").

        An answer 304 to a conditional request does not count against the rate limit (docs.github.com, "Best practices
        for using the REST API").
        """
        where = f"{_path(full_name)}/contents/{quote(path)}"
        headers, found = self._get(
            installation_id,
            where,
            f"the file {path}",
            {"ref": ref} if ref else None,
            {"If-None-Match": etag} if etag else None,
        )
        if etag and found is None and headers:  # 304: PyGithub returns the headers of an answer without a body
            return FileAt(same=True)
        if found is None or isinstance(found, list):  # not there, or a directory
            return FileAt()
        with translated(f"the file {path}"):
            if not isinstance(found, dict) or not isinstance(found.get("type"), str):
                raise not_githubs()
            if found["type"] != "file":
                return FileAt()
            data = _decoded(found)
        return FileAt(version=str(found.get("sha") or ""), etag=str(headers.get("etag") or "")[:400], data=data)

    def pull_paths(self, full_name: str, installation_id: int, number: int) -> frozenset[str]:
        """See `PolicyReader.pull_paths` (docs.github.com, "List pull requests files")."""
        where, paths = f"{_path(full_name)}/pulls/{number}/files", set[str]()
        for page in range(1, _MOST_PAGES + 1):
            what = f"the files of pull request {number}"
            _, found = self._get(installation_id, where, what, {"per_page": _PAGE, "page": page})
            with translated(what):
                if found is not None and not isinstance(found, list):
                    raise not_githubs()
            files = [entry for entry in found or () if isinstance(entry, dict)]
            paths.update(
                str(entry.get(key)) for entry in files for key in ("filename", "previous_filename") if entry.get(key)
            )
            if len(files) < _PAGE:
                break
        return frozenset(paths)

    def _get(
        self,
        installation_id: int,
        path: str,
        what: str,
        parameters: dict[str, Any] | None,
        headers: dict[str, str] | None = None,
    ) -> tuple[dict[str, Any], Any]:
        """Return headers and decoded answer; neither when it is not there, only headers when it is unchanged."""
        with translated(what):
            try:
                return asked(self._app, installation_id, "GET", path, parameters=parameters, headers=headers)
            except github.GithubException as error:
                if error.status == 404 and not isinstance(error, InstallationGone):
                    return {}, None
                raise


def _decoded(found: dict[str, Any]) -> bytes:
    size = found.get("size")
    if found.get("encoding") != "base64":
        # Beyond a megabyte GitHub sends no content: that many blanks are refused as too large by whoever reads them.
        return b" " * min(size if isinstance(size, int) else _MOST_BYTES, _MOST_BYTES)
    try:
        return base64.b64decode("".join(str(found.get("content") or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise not_githubs() from error


def _path(full_name: str) -> str:
    if not _REPOSITORY.fullmatch(full_name):
        raise Refused("the repository's name is not one GitHub gives")
    return f"/repos/{full_name}"
