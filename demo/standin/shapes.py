"""GitHub's objects as JSON, shaped by its OpenAPI description (github.com/github/rest-api-description).

Used by the API stand-in and for webhook payloads, so that both tell the same. Fields nobody needs are left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from demo.standin.github_state import Account, GitHubState, Pull, Repo, TagObject

Json = dict[str, Any]


class Shapes:
    """Turns state into JSON; `url` is the stand-in's own address, for the API and for pages."""

    def __init__(self, state: GitHubState, url: str) -> None:
        self.state, self.url = state, url

    def user(self, account: Account | str) -> Json:
        """A "simple user"."""
        a = self.state.account(account) if isinstance(account, str) else account
        return {
            "login": a.login,
            "id": a.id,
            "node_id": node("U", a.id),
            "avatar_url": "",
            "url": f"{self.url}/users/{a.login}",
            "html_url": f"{self.url}/{a.login}",
            "type": a.kind,
            "site_admin": False,
        }

    def full_user(self, account: Account) -> Json:
        """What GET /users/{username} adds."""
        return {**self.user(account), "name": account.name or None, "email": None, "created_at": stamp(account.created_at)}

    def repository(self, repo: Repo) -> Json:
        """A repository."""
        owner, _, name = repo.full_name.partition("/")
        return {
            "id": repo.id,
            "node_id": node("R", repo.id),
            "name": name,
            "full_name": repo.full_name,
            "private": repo.private,
            "owner": self.user(owner),
            "html_url": f"{self.url}/{repo.full_name}",
            "url": f"{self.url}/repos/{repo.full_name}",
            "clone_url": f"{self.url}/{repo.full_name}.git",
            "fork": False,
            "default_branch": repo.default_branch,
            "pushed_at": stamp(repo.pushed_at) if repo.pushed_at else None,
            "archived": False,
            "disabled": False,
            "visibility": "private" if repo.private else "public",
        }

    def pull(self, repo: Repo, pull: Pull) -> Json:
        """A pull request."""
        api = f"{self.url}/repos/{repo.full_name}"
        side = self.repository(repo)
        return {
            "url": f"{api}/pulls/{pull.number}",
            "id": repo.id * 100_000 + pull.number,
            "node_id": node("PR", pull.number),
            "html_url": f"{self.url}/{repo.full_name}/pull/{pull.number}",
            "issue_url": f"{api}/issues/{pull.number}",
            "comments_url": f"{api}/issues/{pull.number}/comments",
            "number": pull.number,
            "state": pull.state,
            "locked": False,
            "title": pull.title,
            "user": self.user(pull.author),
            "body": None,
            "created_at": stamp(pull.created_at),
            "updated_at": stamp(pull.merged_at or pull.created_at),
            "closed_at": stamp(pull.merged_at) if pull.merged_at else None,
            "merged_at": stamp(pull.merged_at) if pull.merged_at else None,
            "merge_commit_sha": pull.merge_sha or None,
            "assignees": [],
            "requested_reviewers": [self.user(login) for login in pull.reviewers],
            "requested_teams": [],
            "labels": [],
            "head": {
                "label": f"{pull.author}:{pull.head_ref}",
                "ref": pull.head_ref,
                "sha": pull.head_sha,
                "user": self.user(pull.author),
                "repo": {**side, "id": repo.id + 1, "fork": True, "full_name": f"{pull.author}/{side['name']}"}
                if pull.from_fork
                else side,
            },
            "base": {"ref": pull.base_ref, "sha": pull.base_sha, "user": side["owner"], "repo": side},
            "author_association": "MEMBER" if pull.author in repo.roles else "CONTRIBUTOR",
            "draft": pull.draft,
            "merged": pull.merged_at is not None,
            "mergeable": None,
            "merged_by": self.user(pull.merged_by) if pull.merged_by else None,
        }

    def tag(self, repo: Repo, tag: TagObject) -> Json:
        """A "git tag" with `verification`.

        The signature names the real key but cannot be checked (`demo.signature_packet`), so the verdict is the one
        GitHub gives when it has no such key: docs.github.com/rest/git/tags, "unknown_key".
        """
        payload = f"object {tag.target}\ntype commit\ntag {tag.name}\ntagger {tag.tagger_name} <{tag.tagger_email}> "
        payload += f"{int(tag.at.timestamp())} {tag.at:%z}\n\n{tag.name}\n"
        return {
            "node_id": node("T", tag.sha),
            "tag": tag.name,
            "sha": tag.sha,
            "url": f"{self.url}/repos/{repo.full_name}/git/tags/{tag.sha}",
            "message": f"{tag.name}\n{tag.signature}",
            "tagger": {"name": tag.tagger_name, "email": tag.tagger_email, "date": stamp(tag.at)},
            "object": {
                "type": "commit",
                "sha": tag.target,
                "url": f"{self.url}/repos/{repo.full_name}/git/commits/{tag.target}",
            },
            "verification": {
                "verified": False,
                "reason": "unknown_key" if tag.signature else "unsigned",
                "signature": tag.signature or None,
                "payload": payload if tag.signature else None,
                "verified_at": None,
            },
        }

    def ref(self, repo: Repo, name: str) -> Json:
        """A "git ref"; `name` begins with `refs/`."""
        kind, sha = repo.refs[name]
        api = f"{self.url}/repos/{repo.full_name}/git"
        return {
            "ref": name,
            "node_id": node("REF", name),
            "url": f"{api}/{name}",
            "object": {"type": kind, "sha": sha, "url": f"{api}/{kind}s/{sha}"},
        }


def stamp(at: dt.datetime) -> str:
    """Return a time as GitHub writes it: 2023-01-07T00:10:50Z."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def node(kind: str, of: object) -> str:
    """Return a made-up GraphQL id."""
    return f"{kind}_{hashlib.sha256(f'{kind}{of}'.encode()).hexdigest()[:16]}"
