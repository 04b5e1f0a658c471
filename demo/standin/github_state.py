"""What the GitHub stand-in knows: accounts, one app with one installation, repositories with pulls, tags and checks."""

from __future__ import annotations

import datetime as dt
import itertools
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

ALL_PERMISSIONS = {
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "pull_requests": "write",
    "administration": "read",
    "actions": "read",
    "actions_variables": "read",
    "environments": "read",
    "organization_actions_variables": "read",
    "organization_administration": "read",
    "organization_custom_org_roles": "read",
    "organization_dependabot_secrets": "read",
    "organization_hooks": "read",
    "organization_personal_access_tokens": "read",
    "organization_secrets": "read",
    "organization_self_hosted_runners": "read",
    "repository_hooks": "read",
    "secrets": "read",
}
"""What the installation was granted; a real one is granted what its owner ticked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user, organisation or bot. Ids are made up: the real ones are not part of the shipped facts."""

    login: str
    id: int
    kind: str = "User"
    name: str = ""
    email: str = ""
    created_at: dt.datetime = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request, also an issue: comments hang on its number."""

    number: int
    title: str
    author: str
    head_ref: str
    head_sha: str
    created_at: dt.datetime
    base_ref: str = "master"
    base_sha: str = "0" * 40
    state: str = "open"
    merged_at: dt.datetime | None = None
    merged_by: str = ""
    merge_sha: str = ""
    from_fork: bool = False
    draft: bool = False
    reviewers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagObject:
    """An annotated tag object with the armored signature in its message, as git stores it."""

    sha: str
    name: str
    target: str
    tagger_name: str
    tagger_email: str
    at: dt.datetime
    signature: str = ""


@dataclass(slots=True, kw_only=True)
class Repo:
    """A repository.

    `roles` are its collaborators; `commits` the ids that exist, with the pulls that brought them in; `about` is what
    the pages of commits show.
    """

    id: int
    full_name: str
    default_branch: str
    private: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    advisories: dict[str, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    checks: dict[int, dict[str, Any]] = field(default_factory=dict)
    refs: dict[str, tuple[str, str]] = field(default_factory=dict)
    tags: dict[str, TagObject] = field(default_factory=dict)
    commits: dict[str, list[int]] = field(default_factory=dict)
    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    pushed_at: dt.datetime | None = None
    git_dir: str = ""


class GitHubState:
    """Everything behind the API, with one lock around it."""

    def __init__(self, *, app_id: int, public_key: str, slug: str = "trust-alerts-demo") -> None:
        self.app_id, self.public_key, self.slug = app_id, public_key, slug
        self.installation_id = 77
        self.suspended = False
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self.mails: dict[str, str] = {}
        self.repos: dict[str, Repo] = {}
        self.tokens: dict[str, tuple[dt.datetime, dict[str, str]]] = {}
        self.unknown: list[str] = []
        """Requests no route answers: a real GitHub might have. The demo shows them at its end."""
        self._ids = itertools.count(1_000)
        self.bot = self.add_account(Account(login=f"{slug}[bot]", id=700, kind="Bot"))

    def next_id(self) -> int:
        """Return a fresh id for a comment, check or pull request."""
        return next(self._ids)

    def add_account(self, account: Account) -> Account:
        """Add a user, organisation or bot."""
        self.accounts[account.login.lower()] = account
        return account

    def account(self, login: str) -> Account:
        """Return an account; an unheard-of login becomes one, with an id made from its letters."""
        known = self.accounts.get(login.lower())
        return known or self.add_account(Account(login=login, id=500_000 + sum(map(ord, login)) * 31 % 400_000))

    def add_repo(self, repo: Repo) -> Repo:
        """Add a repository; its owner must have been added."""
        self.repos[repo.full_name.lower()] = repo
        return repo

    def new_token(self, permissions: dict[str, str], now: dt.datetime) -> tuple[str, dt.datetime]:
        """Make an installation token that lives for an hour."""
        token, expires = f"ghs_{secrets.token_urlsafe(24)}", now + dt.timedelta(hours=1)
        self.tokens[token] = (expires, permissions)
        return token, expires
