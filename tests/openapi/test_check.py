"""What the check of our requests against GitHub's description lets through and what it does not."""

from __future__ import annotations

import re

import pytest
import requests

from tests.openapi.check import complaints, operation_of
from tests.openapi.extract import wanted

RUN = '{"name": "Trust", "head_sha": "a", "status": "completed", "conclusion": "neutral"}'


@pytest.mark.parametrize(
    ("verb", "url", "body"),
    [
        ("GET", "https://api.github.com/orgs/acme/members?role=admin&per_page=100", None),
        ("GET", "/repos/acme/app/git/ref/tags/v1/rc", None),
        ("GET", "/api/v3/repos/acme/app/branches/release/1.x/protection", None),
        ("GET", "/repositories/12/git/tags/aaaa", None),
        ("POST", "/repos/acme/app/check-runs", RUN),
        ("POST", "/app/installations/7/access_tokens", '{"permissions": {"contents": "read"}}'),
        ("POST", "/app/hook/deliveries/7/attempts", None),
    ],
)
def test_what_github_describes_passes(verb: str, url: str, body: str | None) -> None:
    """A request as GitHub describes it is no complaint, whatever its path holds."""
    assert complaints(verb, url, body) == []


@pytest.mark.parametrize(
    ("verb", "url", "body", "said"),
    [
        ("GET", "/repos/acme/app/webhooks", None, r"operations\.txt and run tests/openapi/extract\.py"),
        ("DELETE", "/repos/acme/app/keys/1", None, "no operation"),
        ("GET", "/orgs/acme/members?roles=admin", None, "unknown parameter 'roles'"),
        ("GET", "/orgs/acme/members?role=owner", None, "not one of"),
        ("GET", "/orgs/acme/members?per_page=200", None, "at most 100"),
        ("GET", "/orgs/acme/members?page=two", None, "no number"),
        ("POST", "/repos/acme/app/check-runs", '{"name": "Trust"}', "head_sha is required"),
        ("POST", "/repos/acme/app/check-runs", RUN.replace("neutral", "fine"), "not one of"),
        ("POST", "/repos/acme/app/check-runs", RUN.replace('"status"', '"state"'), "state is unknown"),
        ("POST", "/repos/acme/app/issues/1/comments", '{"body": "x", "private": true}', "private is unknown"),
        ("POST", "/repos/acme/app/issues/1/comments", None, "required"),
        ("POST", "/app/installations/7/access_tokens", '{"permissions": {"contents": "all"}}', "not one of"),
        ("POST", "/app/installations/7/access_tokens", '{"repositories": "app"}', "is str, not array"),
    ],
)
def test_what_github_does_not_describe_is_said(verb: str, url: str, body: str | None, said: str) -> None:
    """An unknown path, parameter, field or value is a complaint that says what is wrong."""
    found = complaints(verb, url, body)
    assert len(found) == 1
    assert re.search(said, found[0]), found


def test_the_extract_holds_what_the_list_names() -> None:
    """The list and the extract made from it belong together."""
    plain = [(name.split(" ")[0], name.split(" ")[1].replace("{", "").replace("}", "")) for name in wanted()]
    assert [operation_of(verb, path) for verb, path in plain] == wanted()


def test_requests_of_the_app_are_looked_at(github_complaints: list[str]) -> None:
    """The check sits where requests leave, so no caller can pass it by; what is not GitHub's is not looked at."""
    for headers in ({"X-GitHub-Api-Version": "2022-11-28"}, {}):
        with pytest.raises(requests.ConnectionError):
            requests.get("http://127.0.0.1:9/repos/acme/app/webhooks", headers=headers, timeout=1)
    assert [c.partition(":")[0] for c in github_complaints] == ["GET /repos/acme/app/webhooks"]
    github_complaints.clear()
