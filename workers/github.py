"""GitHub's API as the app uses it: one client for each installation, and the few questions facts need answered.

Only `Reader` is known to the rest; answers are our own small values and errors are `Unavailable` or `Refused`.
What the app writes on GitHub is in `workers.github_writer`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Protocol
from urllib.parse import quote

import github
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from github.Auth import AppAuth

from github_app.model import Person, Repository
from github_app.settings import Settings
from workers.github_answers import GpgKey, PullRef, RefTarget, TagObject
from workers.github_ask import answered, asked, not_githubs
from workers.github_http import CappedRetry, InstallationGone, Refused, Unavailable, gone, translated
from workers.github_tokens import InstallationToken, new_token

__all__ = [
    "GitHubApp", "GitHubReader", "GpgKey", "InstallationGone", "PullRef", "Reader", "RefTarget", "Refused", "TagObject",
    "Unavailable", "path_of", "translated",
]  # fmt: skip

API_VERSION = "2022-11-28"
"""Sent with every request; later versions drop `merge_commit_sha`, which tells a real merge from a claimed one."""

NEEDS = (("contents", "read"), ("metadata", "read"), ("pull_requests", "read"))
"""The permissions behind what is asked here: tag objects, refs and clones; roles; the pull requests of a commit."""

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)


class Reader(Protocol):
    """What facts may ask GitHub. Every method raises `Unavailable` or `Refused`, nothing else."""

    def tag(self, repo: Repository, installation_id: int, sha: str) -> TagObject | None:
        """Return a tag object, or None when there is no tag object of that name."""

    def ref(self, repo: Repository, installation_id: int, ref: str) -> RefTarget | None:
        """Return where a ref such as `tags/v1` points, or None when it is not there."""

    def pulls_of_commit(self, repo: Repository, installation_id: int, sha: str) -> list[PullRef]:
        """Return the pull requests a commit belongs to; none when GitHub does not know the commit."""

    def gpg_keys(self, installation_id: int, login: str) -> list[GpgKey]:
        """Return the PGP keys of an account; none when there is no such account."""

    def role(self, repo: Repository, installation_id: int, login: str) -> str:
        """Return an account's role in a repository as GitHub names it, "none" when it has none."""


@lru_cache(maxsize=2)
def _signing_key(pem: str) -> Any:
    """Load the app's key once: that checks it, which takes far longer than to sign. What is no key the signer refuses."""
    try:
        return load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return pem


class GitHubApp:
    """The app's way to GitHub. Clients are kept, one for each installation, so that PyGithub's pauses between requests work.

    Args:
        settings: needs the app's number and key; `github_api_url` ends in `/api/v3` for GitHub Enterprise Server.
        pause: seconds between two requests of one client; GitHub wants none where nothing is written ("Best practices").
        pause_writes: seconds between two writes of one client; GitHub asks for one.
        timeout: seconds to wait for a connection, and for each next piece of an answer; downloads have the same.
    """

    def __init__(self, settings: Settings, *, pause: float = 0.01, pause_writes: float = 1.0, timeout: int = 10) -> None:
        if not settings.has_github_app:
            raise ValueError("no GitHub App is configured: GITHUB_APP_ID and GITHUB_PRIVATE_KEY are needed")
        self._settings, self._pause, self._pause_writes, self.timeout = settings, pause, pause_writes, timeout
        self._lock = threading.Lock()
        self._clients: dict[tuple[int, bool], github.Github] = {}
        # `itself` signs in as the app, for what no installation may ask.
        key = partial(_signing_key, settings.github_private_key)
        self._app = self.itself = self._client(AppAuth(settings.github_app_id or 0, key))

    def client(self, installation_id: int, *, asks: bool = False) -> github.Github:
        """Return an installation's client, with lazy objects; one that `asks` is for GraphQL, whose POSTs are no writes."""
        with self._lock:
            if (installation_id, asks) not in self._clients:
                token = InstallationToken(self._app, installation_id)
                self._clients[installation_id, False] = self._client(token)
                self._clients[installation_id, True] = self._client(token, pause_writes=0)
            return self._clients[installation_id, asks]

    def forget_token(self, installation_id: int) -> None:
        """Ask for a new token before the next request: GitHub revoked the one we have."""
        with self._lock:
            for asks in (False, True):
                if client := self._clients.pop((installation_id, asks), None):
                    client.close()

    def clone_token(self, installation_id: int) -> str:
        """Return a fresh token that can only read code, for git over HTTPS; it ends after an hour.

        Raises:
            Unavailable: ask again later.
            Refused: the app is not installed there any more.
        """
        with translated("a token to read the repository"):
            return new_token(self._app, installation_id, {"contents": "read", "metadata": "read"})[0]

    def slug(self) -> str:
        """Return the app's name in URLs.

        Raises:
            github.GithubException: GitHub refused.
            OSError: GitHub cannot be reached.
        """
        return _text(_table(answered(self._app.requester, "GET", "/app")[1]).get("slug"))

    def granted(self) -> list[tuple[str, Mapping[str, str]]]:
        """Return each account that installed the app, with the permissions that it gave (the first hundred accounts).

        Raises:
            github.GithubException: GitHub refused.
            OSError: GitHub cannot be reached.
        """
        _, answer = answered(self._app.requester, "GET", "/app/installations", parameters={"per_page": 100})
        shown = [_table(i) for i in _items(answer)]
        return [(_text(_table(i.get("account")).get("login")) or "an account", _table(i.get("permissions"))) for i in shown]

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for client in (self._app, *self._clients.values()):
                client.close()
            self._clients.clear()

    def _client(self, auth: github.Auth.Auth, pause_writes: float | None = None) -> github.Github:
        return github.Github(
            auth=auth,
            base_url=self._settings.github_api_url,
            timeout=self.timeout,
            retry=CappedRetry(),
            user_agent="trust-change-alerts",
            api_version=API_VERSION,
            per_page=100,
            lazy=True,
            seconds_between_requests=self._pause,
            seconds_between_writes=self._pause_writes if pause_writes is None else pause_writes,
        )


class GitHubReader:
    """`Reader` over GitHub's REST API."""

    def __init__(self, app: GitHubApp) -> None:
        self._app = app

    def tag(self, repo: Repository, installation_id: int, sha: str) -> TagObject | None:
        """See `Reader.tag` (docs.github.com, "Get a tag")."""
        found = self._get(installation_id, f"{path_of(repo)}/git/tags/{quote(sha, safe='')}", f"the tag object {sha}", "sha")
        if not isinstance(found, dict):
            return None
        proof = _table(found.get("verification"))
        return TagObject(
            sha=_text(found.get("sha")),
            name=_text(found.get("tag")),
            target=_text(_table(found.get("object")).get("sha")),
            tagger=_tagger(found.get("tagger")),
            verified=proof.get("verified") if isinstance(proof.get("verified"), bool) else None,
            reason=_text(proof.get("reason")),
            signature=_text(proof.get("signature")),
            payload=_text(proof.get("payload")),
        )

    def ref(self, repo: Repository, installation_id: int, ref: str) -> RefTarget | None:
        """See `Reader.ref` (docs.github.com, "Get a reference")."""
        found = self._get(installation_id, f"{path_of(repo)}/git/ref/{quote(ref)}", f"the ref {ref}", "object")
        target = _table(_table(found).get("object"))
        sha = _text(target.get("sha"))
        return RefTarget(sha=sha, kind=_text(target.get("type"))) if sha else None

    def pulls_of_commit(self, repo: Repository, installation_id: int, sha: str) -> list[PullRef]:
        """See `Reader.pulls_of_commit` (docs.github.com, "List pull requests associated with a commit")."""
        what = f"the pull requests of {sha}"
        # GitHub answers 422 for a commit that it does not have; 404 means that we may not see the repository.
        found = self._get(installation_id, f"{path_of(repo)}/commits/{quote(sha, safe='')}/pulls", what, missing=(422,))
        return [_pull(p) for p in _items(found) if type(_table(p).get("number")) is int]

    def gpg_keys(self, installation_id: int, login: str) -> list[GpgKey]:
        """See `Reader.gpg_keys` (docs.github.com, "List GPG keys for a user")."""
        path = f"/users/{quote(login, safe='')}/gpg_keys"
        found = self._get(installation_id, path, f"the PGP keys of {login}", parameters={"per_page": 100})
        keys = ((_key_id(k), [_key_id(s) for s in _items(_table(k).get("subkeys"))]) for k in _items(found))
        return [GpgKey(primary=primary, subkeys=tuple(s for s in subkeys if s)) for primary, subkeys in keys if primary]

    def role(self, repo: Repository, installation_id: int, login: str) -> str:
        """See `Reader.role` (docs.github.com, "Get repository permissions for a user")."""
        path = f"{path_of(repo)}/collaborators/{quote(login, safe='')}/permission"
        found = _table(self._get(installation_id, path, f"the role of {login}", "role_name", "permission"))
        # `permission` calls maintain "write" and triage "read"; a custom role has a name of its own.
        named = (_text(found.get("role_name")), _text(found.get("permission")))
        return next((n for n in named if n in {"none", "read", "triage", "write", "maintain", "admin"}), "none")

    def _get(
        self,
        installation_id: int,
        path: str,
        what: str,
        *holds: str,
        missing: tuple[int, ...] = (404,),
        parameters: dict[str, Any] | None = None,
    ) -> Any:
        """Return an object that holds one of these fields, or a list without any; None when it is not there."""
        with translated(what):
            try:
                found = asked(self._app, installation_id, "GET", path, parameters=parameters)[1]
            except InstallationGone as error:
                raise gone(what) from error
            except github.GithubException as error:
                if error.status in missing:
                    return None
                raise
            if not (any(_table(found).get(name) for name in holds) if holds else isinstance(found, list)):
                raise not_githubs()
            return found


def path_of(repo: Repository) -> str:
    """Return the beginning of paths about a repository."""
    if not _REPOSITORY.fullmatch(repo.full_name):
        raise Refused("the repository's name is not one GitHub gives")
    return f"/repos/{repo.full_name}"


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _tagger(value: object) -> Person | None:
    named = _table(value)
    name, email = _text(named.get("name"))[:200], _text(named.get("email"))[:320]
    return Person(name=name, email=email) if name or email else None


def _pull(value: Mapping[str, Any]) -> PullRef:
    merger = _table(value.get("merged_by"))
    merged_at = value.get("merged_at")
    return PullRef(
        number=value["number"],
        merged=isinstance(merged_at, str) or value.get("merged") is True,
        merge_sha=_text(value.get("merge_commit_sha")),
        base=_text(_table(value.get("base")).get("ref")),
        merged_by=Person(id=merger["id"], login=_text(merger.get("login"))) if type(merger.get("id")) is int else None,
    )


def _key_id(value: object) -> str:
    return _text(_table(value).get("key_id")).upper()
