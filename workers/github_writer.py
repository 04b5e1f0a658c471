"""What the app writes on GitHub: comments, check runs and review requests. Nothing else, and nothing twice.

A POST is sent once: a 5xx or a lost connection can still have created something, so whoever comes back looks for it
first, by our hidden marker, our external id, or the list of requested reviewers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import github

from github_app.model import Person, Repository
from workers.github import GitHubApp, InstallationGone, Refused, translated
from workers.github_ask import asked

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_PAGE = 100
_MOST_PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PullState:
    """A pull request as it is now. `requested` are the logins, and teams as `org/team`, asked and silent so far.

    While it is a draft its author is not done, so nobody is asked to look.
    """

    number: int
    open: bool
    head_sha: str
    author: Person
    requested: tuple[str, ...] = ()
    draft: bool = False
    merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One of our own comments."""

    id: int
    body: str
    url: str = ""


class Writer(Protocol):
    """What notifiers may do on GitHub. Every method raises `Unavailable` or `Refused`, nothing else."""

    def pull(self, repo: Repository, installation_id: int, number: int) -> PullState:
        """Return a pull request as it is now."""

    def own_comments(self, repo: Repository, installation_id: int, number: int, since: dt.datetime) -> list[Comment]:
        """Return the comments our app wrote on a pull request and that changed since then, oldest first."""

    def create_comment(self, repo: Repository, installation_id: int, number: int, body: str) -> Comment:
        """Write a comment."""

    def edit_comment(self, repo: Repository, installation_id: int, comment_id: int, body: str) -> bool:
        """Change a comment; False when it is no longer there."""

    def react(self, repo: Repository, installation_id: int, comment_id: int, content: str) -> bool:
        """Put a reaction (`+1`, `confused`, ...) under a comment, once however often; False when the comment is gone."""

    def find_check(self, repo: Repository, installation_id: int, sha: str, name: str, external_id: str) -> int | None:
        """Return the number of our check run on a commit, or None."""

    def create_check(self, repo: Repository, installation_id: int, sha: str, fields: dict[str, Any]) -> int:
        """Create a check run with the fields of "Create a check run" and return its number."""

    def edit_check(self, repo: Repository, installation_id: int, check_id: int, fields: dict[str, Any]) -> bool:
        """Change a check run; False when it is no longer there."""

    def reviewed(self, repo: Repository, installation_id: int, number: int) -> frozenset[str]:
        """Return the logins, in lower case, of those who gave a review."""

    def request_review(self, repo: Repository, installation_id: int, number: int, login: str) -> bool:
        """Ask one person for a review; False when GitHub says that this person cannot be asked."""


class GitHubWriter:
    """`Writer` over GitHub's REST API."""

    def __init__(self, app: GitHubApp) -> None:
        self._app = app
        self._slug = ""

    def pull(self, repo: Repository, installation_id: int, number: int) -> PullState:
        """See `Writer.pull` (docs.github.com, "Get a pull request")."""
        with translated(f"pull request {number}"):
            found = self._ask(installation_id, "GET", f"{_path(repo)}/pulls/{number}")
        author = _table(found.get("user"))
        return PullState(
            number=number,
            open=found.get("state") == "open",
            head_sha=str(_table(found.get("head")).get("sha") or ""),
            author=Person(id=author.get("id"), login=str(author.get("login") or "")),
            draft=found.get("draft") is True,
            merged=found.get("merged") is True or bool(found.get("merged_at")),
            requested=(
                *(str(_table(r).get("login") or "") for r in _items(found.get("requested_reviewers"))),
                *(f"{repo.owner}/{_table(t).get('slug') or ''}" for t in _items(found.get("requested_teams"))),
            ),
        )

    def own_comments(self, repo: Repository, installation_id: int, number: int, since: dt.datetime) -> list[Comment]:
        """See `Writer.own_comments` (docs.github.com, "List issue comments")."""
        path = f"{_path(repo)}/issues/{number}/comments"
        parameters = {"since": f"{since.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"}
        with translated(f"the comments of pull request {number}"):
            ours = f"{self._login()}[bot]".lower()
            return [
                Comment(id=c["id"], body=str(c.get("body") or ""), url=str(c.get("html_url") or ""))
                for c in self._pages(installation_id, path, parameters)
                if type(c.get("id")) is int and str(_table(c.get("user")).get("login")).lower() == ours
            ]

    def create_comment(self, repo: Repository, installation_id: int, number: int, body: str) -> Comment:
        """See `Writer.create_comment` (docs.github.com, "Create an issue comment")."""
        with translated(f"a comment on pull request {number}"):
            made = self._ask(installation_id, "POST", f"{_path(repo)}/issues/{number}/comments", {"body": body})
            return Comment(id=_id(made), body=body, url=str(made.get("html_url") or ""))

    def edit_comment(self, repo: Repository, installation_id: int, comment_id: int, body: str) -> bool:
        """See `Writer.edit_comment` (docs.github.com, "Update an issue comment")."""
        return self._edit(installation_id, f"{_path(repo)}/issues/comments/{comment_id}", {"body": body}, "a comment")

    def react(self, repo: Repository, installation_id: int, comment_id: int, content: str) -> bool:
        """See `Writer.react` (docs.github.com, "Create reaction for an issue comment"): 200 where it is there already."""
        path = f"{_path(repo)}/issues/comments/{comment_id}/reactions"
        with translated("a reaction"):
            try:
                self._ask(installation_id, "POST", path, {"content": content})
            except github.GithubException as error:
                if error.status in {404, 410, 422} and not isinstance(error, InstallationGone):
                    return False
                raise
        return True

    def find_check(self, repo: Repository, installation_id: int, sha: str, name: str, external_id: str) -> int | None:
        """See `Writer.find_check` (docs.github.com, "List check runs for a Git reference")."""
        with translated(f"the checks of {sha}"):
            parameters = {"check_name": name, "filter": "latest", "per_page": _PAGE}
            found = self._ask(installation_id, "GET", f"{_path(repo)}/commits/{sha}/check-runs", None, parameters)
        runs = [_table(run) for run in _items(found.get("check_runs"))]
        ours = [run["id"] for run in runs if run.get("external_id") == external_id and type(run.get("id")) is int]
        return max(ours, default=None)

    def create_check(self, repo: Repository, installation_id: int, sha: str, fields: dict[str, Any]) -> int:
        """See `Writer.create_check` (docs.github.com, "Create a check run")."""
        with translated(f"a check on {sha}"):
            return _id(self._ask(installation_id, "POST", f"{_path(repo)}/check-runs", {**fields, "head_sha": sha}))

    def edit_check(self, repo: Repository, installation_id: int, check_id: int, fields: dict[str, Any]) -> bool:
        """See `Writer.edit_check` (docs.github.com, "Update a check run")."""
        return self._edit(installation_id, f"{_path(repo)}/check-runs/{check_id}", fields, "a check")

    def reviewed(self, repo: Repository, installation_id: int, number: int) -> frozenset[str]:
        """See `Writer.reviewed` (docs.github.com, "List reviews for a pull request")."""
        with translated(f"the reviews of pull request {number}"):
            found = self._pages(installation_id, f"{_path(repo)}/pulls/{number}/reviews", {})
            return frozenset(str(_table(review.get("user")).get("login") or "").lower() for review in found)

    def request_review(self, repo: Repository, installation_id: int, number: int, login: str) -> bool:
        """See `Writer.request_review` (docs.github.com, "Request reviewers for a pull request").

        One name at a time: a single one that is no collaborator would have the whole list refused with 422. A name with a
        slash is a team of the organisation, which GitHub wants by its slug.
        """
        team = login.partition("/")[2]
        path = f"{_path(repo)}/pulls/{number}/requested_reviewers"
        with translated(f"a review of pull request {number}"):
            try:
                self._ask(installation_id, "POST", path, {"team_reviewers": [team]} if team else {"reviewers": [login]})
            except github.GithubException as error:
                if error.status == 422:
                    return False
                raise
        return True

    def _edit(self, installation_id: int, path: str, fields: dict[str, Any], what: str) -> bool:
        with translated(what):
            try:
                self._ask(installation_id, "PATCH", path, fields)
            except github.GithubException as error:
                if error.status in {404, 410} and not isinstance(error, InstallationGone):
                    return False
                raise
        return True

    def _pages(self, installation_id: int, path: str, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for page in range(1, _MOST_PAGES + 1):
            asked = {**parameters, "per_page": _PAGE, "page": page}
            found = self._send(installation_id, "GET", path, None, asked)
            items = _items(found)
            yield from (_table(item) for item in items)
            if len(items) < _PAGE:
                return

    def _ask(
        self,
        installation_id: int,
        verb: str,
        path: str,
        body: dict[str, Any] | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        return _table(self._send(installation_id, verb, path, body, parameters))

    def _send(
        self, installation_id: int, verb: str, path: str, body: dict[str, Any] | None, parameters: dict[str, Any] | None
    ) -> Any:
        return asked(self._app, installation_id, verb, path, parameters=parameters, body=body)[1]

    def _login(self) -> str:
        if not self._slug:
            self._slug = self._app.slug()
        return self._slug


def _path(repo: Repository) -> str:
    if not _REPOSITORY.fullmatch(repo.full_name):
        raise Refused("the repository's name is not one GitHub gives")
    return f"/repos/{repo.full_name}"


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _id(made: dict[str, Any]) -> int:
    found = made.get("id")
    if type(found) is not int:
        raise github.GithubException(502, {"message": "GitHub's answer holds no id"}, {})
    return found
