"""Issues that the app opens, edits and closes in a repository the policy names. Needs the permission Issues: write.

Pages: docs.github.com, "List repository issues", "Create an issue", "Update an issue".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

import github

from github_app.model import Repository
from workers.github import GitHubApp, InstallationGone, translated
from workers.github_ask import asked

_PAGE, _MOST_PAGES = 100, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One of our own issues."""

    number: int
    body: str


class IssueWriter(Protocol):
    """What a notifier may do with issues. Every method raises `Unavailable` or `Refused`, nothing else."""

    def own(self, repo: Repository, installation_id: int, since: dt.datetime) -> list[Issue]:
        """Return the issues our app opened and that changed since then, newest first."""

    def create(self, repo: Repository, installation_id: int, fields: dict[str, Any]) -> int:
        """Open an issue with the fields of "Create an issue"; return its number."""

    def edit(self, repo: Repository, installation_id: int, number: int, fields: dict[str, Any]) -> bool:
        """Change an issue; False when it is no longer there."""


class GitHubIssues:
    """`IssueWriter` over GitHub's REST API."""

    def __init__(self, app: GitHubApp) -> None:
        self._app = app

    def own(self, repo: Repository, installation_id: int, since: dt.datetime) -> list[Issue]:
        """See `IssueWriter.own`; GitHub lists pull requests among issues, and those are left out."""
        found: list[Issue] = []
        with translated(f"the issues of {repo.full_name}"):
            login = f"{self._app.slug()}[bot]"
            asked = {"creator": login, "state": "all", "since": f"{since.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"}
            for page in range(1, _MOST_PAGES + 1):
                items = self._send(installation_id, "GET", _path(repo), None, {**asked, "per_page": _PAGE, "page": page})
                items = items if isinstance(items, list) else []
                found += [Issue(number=i["number"], body=str(i.get("body") or "")) for i in items if _is_ours(i, login)]
                if len(items) < _PAGE:
                    break
        return found

    def create(self, repo: Repository, installation_id: int, fields: dict[str, Any]) -> int:
        """See `IssueWriter.create`."""
        with translated(f"an issue in {repo.full_name}"):
            made = self._send(installation_id, "POST", _path(repo), fields, None)
            number = made.get("number") if isinstance(made, dict) else None
            if type(number) is not int:
                raise github.GithubException(502, {"message": "GitHub's answer holds no number"}, {})
            return number

    def edit(self, repo: Repository, installation_id: int, number: int, fields: dict[str, Any]) -> bool:
        """See `IssueWriter.edit`."""
        with translated(f"an issue in {repo.full_name}"):
            try:
                self._send(installation_id, "PATCH", f"{_path(repo)}/{number}", fields, None)
            except github.GithubException as error:
                if error.status in {404, 410} and not isinstance(error, InstallationGone):
                    return False
                raise
        return True

    def _send(
        self, installation_id: int, verb: str, path: str, body: dict[str, Any] | None, parameters: dict[str, Any] | None
    ) -> Any:
        return asked(self._app, installation_id, verb, path, parameters=parameters, body=body)[1]


def _path(repo: Repository) -> str:
    return f"/repos/{repo.full_name}/issues"


def _is_ours(item: object, login: str) -> bool:
    if not isinstance(item, dict) or type(item.get("number")) is not int or "pull_request" in item:
        return False
    user = item.get("user")
    return isinstance(user, dict) and str(user.get("login")).lower() == login.lower()
