"""Small payloads in GitHub's shape, with the people and commits of the xz take-over.

Shaped by https://docs.github.com/en/webhooks/webhook-events-and-payloads; only the keys that are read, and a few others.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from workers.facts.webhook import Parsed, parse

RECEIVED = dt.datetime(2024, 3, 29, 16, 0, tzinfo=dt.UTC)
PUSHED = dt.datetime(2024, 2, 23, 15, 9, 59, tzinfo=dt.UTC)
ZERO, OLD, NEW, OBJECT = "0" * 40, "1" * 40, "2" * 40, "f" * 40


def user(login: str, number: int, kind: str = "User") -> dict[str, Any]:
    """Return an account as payloads show it."""
    return {"login": login, "id": number, "node_id": "x", "type": kind, "site_admin": False}


LASSE = user("Larhzu", 217815)
JIA = user("JiaT75", 69423178)
BOT = user("dependabot[bot]", 49699333, "Bot")
ORGANIZATION = {"login": "tukaani-project", "id": 49617154}


def repository(**changes: Any) -> dict[str, Any]:
    """Return the repository as payloads show it."""
    shown = {
        "id": 553665726,
        "name": "xz",
        "full_name": "tukaani-project/xz",
        "private": False,
        "owner": user("tukaani-project", 49617154, "Organization"),
        "default_branch": "master",
        "pushed_at": int(PUSHED.timestamp()),
        "created_at": 1666093926,
        "html_url": "https://github.com/tukaani-project/xz",
    }
    return shown | changes


def payload(sender: dict[str, Any] | None = JIA, **fields: Any) -> dict[str, Any]:
    """Return the common parts of a payload with these fields."""
    return {"repository": repository(), "sender": sender, "installation": {"id": 99, "node_id": "x"}, **fields}


def commit(sha: str = NEW, **changes: Any) -> dict[str, Any]:
    """Return a commit as a push shows it."""
    author = {"name": "Jia Tan", "email": "jiat0218@gmail.com", "username": "JiaT75"}
    shown = {
        "id": sha,
        "message": "Tests: Update two test files.\n\nThe original files were generated with random local to my machine.",
        "timestamp": "2019-01-01T00:00:00+08:00",
        "author": author,
        "committer": author,
        "added": [],
        "modified": ["tests/files/bad-3-corrupt_lzma2.xz"],
        "removed": [],
    }
    return shown | changes


def push(ref: str = "refs/heads/master", before: str = OLD, after: str = NEW, **changes: Any) -> dict[str, Any]:
    """Return a push."""
    commits = changes.pop("commits", [commit(after)])
    shown = {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": after == ZERO,
        "forced": False,
        "compare": "https://github.com/tukaani-project/xz/compare/111111111111...222222222222",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": "JiaT75", "email": "jiat0218@gmail.com"},
    }
    return payload(**shown | changes)


def pull(**changes: Any) -> dict[str, Any]:
    """Return a pull request as payloads show it."""
    shown = {
        "number": 7,
        "title": "Docs: fix a typo",
        "user": JIA,
        "state": "open",
        "draft": False,
        "html_url": "https://github.com/tukaani-project/xz/pull/7",
        "created_at": "2023-01-10T08:00:00Z",
        "updated_at": "2023-01-11T08:00:00Z",
        "closed_at": None,
        "merged_at": None,
        "merged": False,
        "merged_by": None,
        "merge_commit_sha": NEW,
        "head": {"ref": "typo", "sha": OBJECT, "repo": {"id": 5, "full_name": "JiaT75/xz"}},
        "base": {"ref": "master", "sha": OLD, "repo": {"id": 553665726}},
    }
    return shown | changes


def issue(**changes: Any) -> dict[str, Any]:
    """Return an issue as payloads show it."""
    shown = {
        "number": 42,
        "title": "Is XZ for Java still maintained?",
        "body": "I asked a question a week ago.",
        "user": user("nobody-in-particular", 1001),
        "author_association": "NONE",
        "created_at": "2022-05-19T12:26:03Z",
        "updated_at": "2022-05-20T12:26:03Z",
        "html_url": "https://github.com/tukaani-project/xz/issues/42",
    }
    return shown | changes


def comment(**changes: Any) -> dict[str, Any]:
    """Return a comment as payloads show it."""
    shown = {
        "id": 900,
        "user": user("somebody-else", 1002),
        "body": "Patches spend years here.",
        "author_association": "CONTRIBUTOR",
        "created_at": "2022-06-07T09:00:00Z",
        "updated_at": "2022-06-07T10:00:00Z",
        "html_url": "https://github.com/tukaani-project/xz/issues/42#issuecomment-900",
    }
    return shown | changes


def read(event: str, body: dict[str, Any]) -> Parsed:
    """Parse a payload as if it had just come in."""
    return parse(event, body, received_at=RECEIVED, delivery="guid-1")


def only(event: str, body: dict[str, Any]) -> Any:
    """Return the one fact a payload leads to."""
    (fact,) = read(event, body).facts
    return fact
