"""Signed deliveries for the benchmarks: a mix like GitHub's public stream, spread over many repositories.

Shares follow what the public event archive shows for a normal day, rounded: pushes a good half, then branch and
tag creation, pull requests, comments, stars, reviews, issues; access and key changes are rare.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SHARES = {
    "push": 54,
    "create": 12,
    "pull_request": 11,
    "issue_comment": 8,
    "star": 5,
    "pull_request_review": 4,
    "issues": 3,
    "delete": 2,
    "member": 0.5,
    "release": 0.5,
}
BODY_BYTES = 10_240
AT = 1_767_225_600  # 2026-01-01T00:00:00Z, so that runs repeat


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready to be written to a socket."""

    guid: str
    event: str
    body: bytes
    signature: str

    def wire(self, host: str) -> bytes:
        """Return the request as bytes for HTTP/1.1 with keep-alive."""
        head = (
            f"POST /webhooks/github HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"User-Agent: GitHub-Hookshot/bench\r\nX-GitHub-Event: {self.event}\r\nX-GitHub-Delivery: {self.guid}\r\n"
            f"X-Hub-Signature-256: {self.signature}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("ascii") + self.body


def _user(number: int) -> dict[str, Any]:
    return {"id": 5_000_000 + number, "login": f"person-{number}", "type": "User"}


def _repository(number: int) -> dict[str, Any]:
    return {
        "id": 1_000_000 + number,
        "name": f"repo-{number}",
        "full_name": f"org-{number % 50}/repo-{number}",
        "owner": {"id": 900_000 + number % 50, "login": f"org-{number % 50}", "type": "Organization"},
        "default_branch": "main",
        "pushed_at": AT,
    }


def _payload(event: str, repository: int, dice: random.Random) -> dict[str, Any]:
    """Build a payload with the fields GitHub documents for the event (docs.github.com, webhook events and payloads)."""
    who = _user(repository * 10 + min(int(dice.expovariate(1.2)), 9))
    base = {"repository": _repository(repository), "sender": who, "installation": {"id": 4242}}
    sha = f"{dice.getrandbits(160):040x}"
    text = {"number": dice.randrange(1, 900), "title": "Improve things", "user": who, "body": "It works for me."}
    if event == "push":
        git = {"name": who["login"], "email": f"{who['login']}@example.org", "username": who["login"]}
        commit = {
            "id": sha,
            "message": "Change",
            "author": git,
            "committer": git,
            "added": [],
            "removed": [],
            "modified": ["src/a.c"],
        }
        ref = "refs/heads/main" if dice.random() < 0.6 else f"refs/heads/topic-{dice.randrange(40)}"
        return base | {
            "ref": ref, "before": f"{dice.getrandbits(160):040x}", "after": sha, "created": False, "deleted": False,
            "forced": False, "pusher": {"name": who["login"], "email": git["email"]}, "commits": [commit], "head_commit": commit,
        }  # fmt: skip
    if event in {"create", "delete"}:
        return base | {
            "ref": f"topic-{dice.randrange(40)}",
            "ref_type": "branch",
            "master_branch": "main",
            "pusher_type": "user",
        }
    if event in {"pull_request", "pull_request_review"}:
        merged = event == "pull_request" and dice.random() < 0.35
        pull = text | {
            "head": {"sha": sha, "ref": "topic", "repo": base["repository"]}, "base": {"ref": "main", "sha": sha, "repo": base["repository"]},
            "merged": merged, "merged_by": who if merged else None, "merge_commit_sha": sha if merged else None, "draft": False,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "closed_at": "2026-01-01T00:00:00Z",
            "merged_at": "2026-01-01T00:00:00Z" if merged else None,
        }  # fmt: skip
        if event == "pull_request_review":
            review = {"id": 1, "user": who, "state": "approved", "commit_id": sha, "submitted_at": "2026-01-01T00:00:00Z"}
            return base | {"action": "submitted", "pull_request": pull, "review": review}
        return base | {"action": "closed" if merged else "opened", "number": text["number"], "pull_request": pull}
    if event in {"issues", "issue_comment"}:
        issue = text | {
            "author_association": "NONE",
            "created_at": "2026-01-01T00:00:00Z",
            "html_url": "https://example.org/1",
        }
        if event == "issues":
            return base | {"action": "opened", "issue": issue}
        comment = {"id": dice.getrandbits(40), "user": who, "body": "Thanks, that helped.", "author_association": "NONE",
                   "created_at": "2026-01-01T00:00:00Z", "html_url": "https://example.org/1#c"}  # fmt: skip
        return base | {"action": "created", "issue": issue, "comment": comment}
    if event == "member":
        return base | {"action": "added", "member": _user(repository * 10 + 9), "changes": {"permission": {"to": "write"}}}
    if event == "release":
        release = {"id": 1, "tag_name": "v1", "author": who, "draft": False, "published_at": "2026-01-01T00:00:00Z"}
        return base | {"action": "published", "release": release}
    return base | {"action": "created", "starred_at": "2026-01-01T00:00:00Z"}


def requests(count: int, *, repositories: int, secret: str, seed: int = 7) -> Iterator[Request]:
    """Yield signed deliveries of about `BODY_BYTES` each; the same seed gives the same bodies with fresh GUIDs."""
    dice = random.Random(seed)  # noqa: S311  # traffic, not secrets
    events, weights = list(SHARES), list(SHARES.values())
    for _ in range(count):
        event = dice.choices(events, weights)[0]
        payload = _payload(event, dice.randrange(repositories), dice)
        body = json.dumps(payload).encode()
        payload["organization"] = {"description": "x" * max(0, BODY_BYTES - len(body) - 40)}
        body = json.dumps(payload).encode()
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        yield Request(str(uuid.uuid4()), event, body, signature)


def repository_rows(count: int) -> Iterator[tuple[int, str, int]]:
    """Yield id, full name and owner id of every repository in the traffic."""
    for number in range(count):
        made = _repository(number)
        yield made["id"], made["full_name"], made["owner"]["id"]
