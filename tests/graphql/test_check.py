"""What the check of our GraphQL questions lets through, what it does not, and what it says they cost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests

from tests.graphql.check import complaints, cost, schema
from tests.graphql.extract import wanted

PLAIN = "query($owner:String!,$name:String!){repository(owner:$owner,name:$name){%s}}"
BOTH = {"owner": "acme", "name": "app"}


def sent(query: str, variables: dict[str, Any] | None = None, **more: object) -> bytes:
    """Return a request's body."""
    return json.dumps({"query": query, "variables": variables or {}, **more}).encode()


def repository(fields: str, **variables: object) -> bytes:
    """Return a question about one repository."""
    return sent(PLAIN % fields, {**BOTH, **variables})


@pytest.mark.parametrize(
    "body",
    [
        repository("id isArchived defaultBranchRef{name}"),
        repository("rulesets{totalCount}"),
        repository("rulesets(first:100,includeParents:false){nodes{name source{__typename ...on Organization{login}}}}"),
        repository("releases(last:100,orderBy:{field:CREATED_AT,direction:DESC}){edges{node{...R}}}").replace(
            b'"query": "', b'"query": "fragment R on Release{tagName} '
        ),
        sent("query($ids:[ID!]!){nodes(ids:$ids){...on Repository{id}}}", {"ids": ["R_1"] * 100}),
        sent("{rateLimit{cost remaining}}", operationName=None),
    ],
)
def test_what_github_describes_passes(body: bytes) -> None:
    """A question as GitHub's schema has it, within GitHub's limits, is no complaint."""
    assert complaints(body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (repository("secretKey"), r"Cannot query field 'secretKey'.*fields\.txt and run tests/graphql/extract\.py"),
        (repository("rulesets(first:1,deep:true){totalCount}"), "Unknown argument 'deep'"),
        (repository("rulesets(first:1){nodes{...on Repository{id}}}"), "can never be of type"),
        (repository("refs(first:1){nodes{name}}"), r"refs\(refPrefix:\)' of type 'String!' is required"),
        (repository("id", nmae="app"), r"variable \$nmae is not in the question"),
        (sent(PLAIN % "id", {"owner": "acme"}), r"\$name' has invalid value: Expected a value"),
        (repository("id", name=7), "String cannot represent a non string value"),
        (sent("query($first:Int){rateLimit{cost}}", {}), "never used"),
        (repository("deployKeys{nodes{id}}"), r"Repository\.deployKeys needs either first or last"),
        (repository("deployKeys(first:1,last:1){nodes{id}}"), "needs either first or last"),
        (repository("deployKeys(first:101){nodes{id}}"), "asks for 101 at once"),
        (repository("deployKeys(first:0){nodes{id}}"), "asks for 0 at once"),
        (sent("query($ids:[ID!]!){nodes(ids:$ids){id}}", {"ids": ["R_1"] * 101}), "101 ids"),
        (sent("query{a:rateLimit{cost}} query B{rateLimit{cost}}"), "anonymous operation"),
        (sent("{rateLimit{cost}"), "not GraphQL"),
        (sent("{rateLimit{cost}}", extensions={}), "extensions"),
        (b"{rateLimit}", "not JSON"),
        (b"[]", "no query"),
        (b"", "not JSON"),
    ],
)
def test_what_github_would_refuse_is_said(body: bytes, said: str) -> None:
    """An unknown field, argument, type or variable, a page without bounds or beyond them is one complaint."""
    found = complaints(body)
    assert len(found) == 1, found
    assert re.search(said, found[0]), found


# The two questions by which GitHub's documentation explains the limits have fields that the app never asks for; the same
# shapes are asked here of what it does.
def test_the_cost_is_counted_as_documented() -> None:
    """Requests for all pages of children by hundreds; nodes of all pages together; the same page twice counts once."""
    rules = "branchProtectionRules(first:100){nodes{a:pushAllowances(first:50){nodes{id}}%s}}"
    assert cost(PLAIN % (rules % ""), BOTH) == cost(PLAIN % (rules % "" + rules % ""), BOTH)
    one = cost(PLAIN % (rules % ""), BOTH)
    assert (one.points, one.nodes) == (1, 100 + 100 * 50)  # 1 + 100 requests
    two = cost(PLAIN % (rules % "b:reviewDismissalAllowances(first:60){nodes{id}}"), BOTH)
    assert (two.points, two.nodes) == (2, 100 + 100 * 50 + 100 * 60)  # 1 + 100 + 100 requests
    many = "query($ids:[ID!]!,$n:Int!){nodes(ids:$ids){...on Repository{...P}}} fragment P on Repository{%s}"
    asked = cost(many % "rulesets(first:$n){nodes{rules(first:10){nodes{type}}}}", {"ids": ["R_1"] * 100, "n": 50})
    assert (asked.points, asked.nodes) == (51, 100 * 50 + 100 * 50 * 10)  # 100 + 5000 requests


def test_too_many_nodes_are_said() -> None:
    """More nodes than GitHub gives in one answer are a complaint, however few there are in truth."""
    deep = "query($ids:[ID!]!){nodes(ids:$ids){...on Repository{rulesets(first:%d){nodes{rules(first:100){nodes{type}}}}}}}"
    ids = {"ids": ["R_1"] * 100}
    assert complaints(sent(deep % 49, ids)) == []
    assert complaints(sent(deep % 50, ids)) == ["it asks for 505000 nodes, and GitHub gives at most 500000"]


def test_the_extract_holds_what_the_list_names() -> None:
    """The list and the extract made from it belong together."""
    for kind, fields in wanted().items():
        assert fields <= set(schema().type_map[kind].fields), kind  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/graphql", "/api/graphql"])
def test_questions_of_the_app_are_looked_at(github_complaints: list[str], path: str) -> None:
    """The check sits where requests leave, so no caller can pass it by; what is not GitHub's is not looked at."""
    for headers in ({"X-GitHub-Api-Version": "2022-11-28"}, {}):
        with pytest.raises(requests.ConnectionError):
            requests.post(f"http://127.0.0.1:9{path}", json={"query": "{viewer{password}}"}, headers=headers, timeout=1)
    assert [c.partition("'")[0] for c in github_complaints] == ["POST /graphql: Cannot query field "]
    github_complaints.clear()
