"""Facts as JSON, as `replay` prints them."""

from __future__ import annotations

import json

from tests.facts import payloads as p
from workers.facts.json import fact_to_json


def test_a_landing_as_json() -> None:
    """Plain values, the kind first, times in RFC 3339; fields that say nothing are left out."""
    shown = fact_to_json(p.only("push", p.push()))
    assert list(shown)[:2] == ["kind", "at"]
    assert json.loads(json.dumps(shown)) == {
        "kind": "commits_landed",
        "at": "2024-02-23T15:09:59+00:00",
        "source": "webhook",
        "repository": {"id": 553665726, "full_name": "tukaani-project/xz", "owner_id": 49617154, "default_branch": "master"},
        "actor": {"id": 69423178, "login": "JiaT75", "email": "jiat0218@gmail.com", "bot": False},
        "delivery": "guid-1",
        "url": "https://github.com/tukaani-project/xz/compare/111111111111...222222222222",
        "ref": "refs/heads/master",
        "before": p.OLD,
        "after": p.NEW,
        "forced": False,
        "guarded": True,
        "via": "push",
        "commits": [
            {
                "sha": p.NEW,
                "author": {"login": "JiaT75", "name": "Jia Tan", "email": "jiat0218@gmail.com", "bot": False},
                "committer": {"login": "JiaT75", "name": "Jia Tan", "email": "jiat0218@gmail.com", "bot": False},
                "title": "Tests: Update two test files.",
                "paths": [{"status": "M", "path": "tests/files/bad-3-corrupt_lzma2.xz"}],
                "authored_at": "2018-12-31T16:00:00+00:00",
                "zone": 480,
            }
        ],
    }


def test_what_is_false_is_said() -> None:
    """False and 0 are answers; only what nobody knows is left out."""
    shown = fact_to_json(p.only("issues", p.payload(p.issue()["user"], action="opened", issue=p.issue())))
    assert (shown["comment_id"], shown["on_pull"]) == (0, False)
    assert "actor_created_at" not in shown


def test_an_organisations_fact_names_it() -> None:
    """It has no repository."""
    body = {"action": "member_added", "membership": {"role": "admin", "user": p.JIA}, "organization": p.ORGANIZATION}
    shown = fact_to_json(p.only("organization", body))
    assert (shown["organization"], shown["organization_id"], shown["after"]) == ("tukaani-project", 49617154, "owner")
    assert "repository" not in shown
