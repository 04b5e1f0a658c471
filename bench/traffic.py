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

from github_app.model import Person

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
STRANGERS = 0.003
"""The share of acts by somebody who is not among a repository's regulars; most of them lead to an alert."""
_FIRST_REPOSITORY = 1_000_000
AT, WHEN = 1_767_225_600, "2026-01-01T00:00:00Z"  # the same moment twice; fixed, so that runs repeat
_FIRST_REPOSITORY = 1_000_000


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


def regulars(repository_id: int) -> list[Person]:
    """Return the three people who do most of the work in a repository."""
    first = (repository_id - _FIRST_REPOSITORY) * 10
    return [Person(id=u["id"], login=u["login"]) for u in map(_user, range(first, first + 3))]


def _repository(number: int) -> dict[str, Any]:
    return {
        "id": _FIRST_REPOSITORY + number,
        "name": f"repo-{number}",
        "full_name": f"org-{number % 50}/repo-{number}",
        "owner": {"id": 900_000 + number % 50, "login": f"org-{number % 50}", "type": "Organization"},
        "default_branch": "main",
        "pushed_at": AT,
    }


def _payload(event: str, repository: int, dice: random.Random) -> dict[str, Any]:
    """Build a payload with the fields GitHub documents for the event (docs.github.com, webhook events and payloads)."""
    stranger = dice.random() < STRANGERS
    who = _user(repository * 10 + (dice.randrange(3, 10) if stranger else min(int(dice.expovariate(1.5)), 2)))
    base = {"repository": _repository(repository), "sender": who, "installation": {"id": 4242}}
    make = _MAKERS.get(event)
    return base | (make(base, who, dice) if make else {"action": "created"})


def _sha(dice: random.Random) -> str:
    return f"{dice.getrandbits(160):040x}"


def _push(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    mail = f"{who['login']}@example.org"
    git = {"name": who["login"], "email": mail, "username": who["login"]}
    commit = {"id": _sha(dice), "message": "Change", "author": git, "committer": git, "added": [], "modified": ["src/a.c"]}
    ref = "refs/heads/main" if dice.random() < 0.6 else f"refs/heads/topic-{dice.randrange(40)}"
    return {
        "ref": ref, "before": _sha(dice), "after": commit["id"], "created": False, "deleted": False, "forced": False,
        "pusher": {"name": who["login"], "email": mail}, "commits": [commit], "head_commit": commit,
    }  # fmt: skip


def _branch(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    return {"ref": f"topic-{dice.randrange(40)}", "ref_type": "branch", "master_branch": "main", "pusher_type": "user"}


def _pull_request(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    merged, sha = dice.random() < 0.35, _sha(dice)
    pull = {
        "number": dice.randrange(1, 900), "title": "Improve things", "user": who, "draft": False,
        "head": {"sha": sha, "ref": "topic", "repo": base["repository"]},
        "base": {"ref": "main", "sha": sha, "repo": base["repository"]},
        "merged": merged, "merged_by": who if merged else None, "merge_commit_sha": sha if merged else None,
        "created_at": WHEN, "updated_at": WHEN, "closed_at": WHEN, "merged_at": WHEN if merged else None,
    }  # fmt: skip
    return {"action": "closed" if merged else "opened", "number": pull["number"], "pull_request": pull}


def _review(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    pull = _pull_request(base, _user(0), dice)["pull_request"]
    review = {"id": 1, "user": who, "state": "approved", "commit_id": _sha(dice), "submitted_at": WHEN}
    return {"action": "submitted", "pull_request": pull, "review": review}


def _issue(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    issue = {
        "number": dice.randrange(1, 900), "title": "A question", "user": who, "body": "It works for me.",
        "author_association": "NONE", "created_at": WHEN, "html_url": "https://example.org/1",
    }  # fmt: skip
    return {"action": "opened", "issue": issue}


def _comment(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    comment = {
        "id": dice.getrandbits(40), "user": who, "body": "Thanks, that helped.", "author_association": "NONE",
        "created_at": WHEN, "html_url": "https://example.org/1#c",
    }  # fmt: skip
    return _issue(base, who, dice) | {"action": "created", "comment": comment}


def _member(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    return {"action": "added", "member": _user(dice.randrange(20_000)), "changes": {"permission": {"to": "write"}}}


def _release(base: dict[str, Any], who: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    release = {"id": dice.getrandbits(40), "tag_name": "v1", "author": who, "draft": False, "published_at": WHEN}
    return {"action": "published", "release": release}


_MAKERS = {
    "push": _push, "create": _branch, "delete": _branch, "pull_request": _pull_request, "pull_request_review": _review,
    "issues": _issue, "issue_comment": _comment, "member": _member, "release": _release,
}  # fmt: skip


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
