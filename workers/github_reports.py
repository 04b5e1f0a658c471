"""What the app writes on GitHub about an incident: a draft of a security advisory, or an issue. Neither is written twice.

Drafts need the permission `repository_advisories: write`, issues `issues: write`; both are optional (docs/github.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import github

from github_app.model import Repository, Severity
from workers.github import translated
from workers.github_writer import GitHubWriter

MOST_BODY = 65_000
"""GitHub takes 65,535 characters of an advisory's description and 65,536 of an issue's body."""
MOST_TITLE = 250
NEEDS = {"advisory": ("repository_advisories", "write"), "issue": ("issues", "write")}
"""The permission behind each kind; only asked for by operators whose policy wants it, so not in `app.yml`."""
_PAGE = 100
_SEVERITIES = {Severity.CRITICAL: "critical", Severity.HIGH: "high", Severity.MEDIUM: "medium"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A report on GitHub: the name by which it can be changed (`GHSA-...`, or an issue's number), and its address."""

    external_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is written. `mark` is in the body and finds it again."""

    title: str
    body: str
    mark: str
    severity: Severity


class ReportWriter(Protocol):
    """Where reports go. `kind` is advisory or issue. Every method raises `Unavailable` or `Refused`, nothing else."""

    def is_public(self, repo: Repository, installation_id: int) -> bool:
        """Say whether everybody can read a repository; also where GitHub does not say."""

    def find(self, kind: str, repo: Repository, installation_id: int, mark: str) -> Written | None:
        """Return what was written under a mark before."""

    def create(self, kind: str, repo: Repository, installation_id: int, text: Text) -> Written:
        """Write a report."""

    def edit(self, kind: str, repo: Repository, installation_id: int, external_id: str, text: Text) -> bool:
        """Write a report anew; False when it is no longer there."""


class GitHubReportWriter(GitHubWriter):
    """`ReportWriter` over GitHub's REST API."""

    def is_public(self, repo: Repository, installation_id: int) -> bool:
        """See `ReportWriter.is_public` (docs.github.com, "Get a repository")."""
        with translated(f"the repository {repo.full_name}"):
            return self._ask(installation_id, "GET", f"/repos/{repo.full_name}").get("private") is not True

    def find(self, kind: str, repo: Repository, installation_id: int, mark: str) -> Written | None:
        """See `ReportWriter.find` (docs.github.com, "List repository security advisories", "List repository issues")."""
        with translated(f"reports in {repo.full_name}"):
            asked: dict[str, Any] = {"per_page": _PAGE, "direction": "desc", "sort": "created"}
            if kind == "issue":
                asked |= {"creator": f"{self._login()}[bot]", "state": "all"}
            found = self._send(installation_id, "GET", _collection(kind, repo), None, asked)
            for item in found if isinstance(found, list) else []:
                if isinstance(item, dict) and mark in str(item.get("description" if kind == "advisory" else "body") or ""):
                    return _written(kind, item)
        return None

    def create(self, kind: str, repo: Repository, installation_id: int, text: Text) -> Written:
        """See `ReportWriter.create` (docs.github.com, "Create a repository security advisory", "Create an issue")."""
        fields = _fields(kind, text)
        if kind == "advisory":
            package = {"ecosystem": "other", "name": repo.full_name}
            severity = _SEVERITIES.get(text.severity, "low")
            fields |= {"severity": severity, "vulnerabilities": [{"package": package}]}
        with translated(f"the report of an incident in {repo.full_name}"):
            return _written(kind, self._ask(installation_id, "POST", _collection(kind, repo), fields))

    def edit(self, kind: str, repo: Repository, installation_id: int, external_id: str, text: Text) -> bool:
        """See `ReportWriter.edit` (docs.github.com, "Update a repository security advisory", "Update an issue")."""
        path = f"{_collection(kind, repo)}/{external_id}"
        return self._edit(installation_id, path, _fields(kind, text), "the report of an incident")


def _collection(kind: str, repo: Repository) -> str:
    return f"/repos/{repo.full_name}/{'security-advisories' if kind == 'advisory' else 'issues'}"


def _fields(kind: str, text: Text) -> dict[str, Any]:
    title, body = ("summary", "description") if kind == "advisory" else ("title", "body")
    return {title: text.title[:MOST_TITLE], body: text.body}


def _written(kind: str, found: dict[str, Any]) -> Written:
    name = found.get("ghsa_id" if kind == "advisory" else "number")
    if not isinstance(name, str | int) or isinstance(name, bool) or name == "":
        raise github.GithubException(502, {"message": "GitHub's answer names no report"}, {})
    return Written(external_id=str(name), url=str(found.get("html_url") or ""))
