"""What is read from an answer about many repositories, and what is not concluded from it."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_app.store import Check
from github_app.store.checks import GLANCE, ORGANISATION, PARTLY, WHOLE
from workers.github import Refused
from workers.reconcile.glance_answer import PointsSpentError, TooMuchError, read
from workers.reconcile.glance_query import FIELDS, NotWholeError, mark

NOW = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
FORBIDDEN = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}


def batch(*numbers: int) -> list[Check]:
    """Return glances at repositories."""
    return [
        Check(installation_id=9, scope=f"repo:{n}", source=GLANCE, priority=ORGANISATION, due_at=NOW, hint=f"R_{n}")
        for n in numbers
    ]


def listed(*nodes: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    """Return a connection."""
    return {"totalCount": len(nodes) if total is None else total, "nodes": list(nodes)}


def repository(number: int, **fields: Any) -> dict[str, Any]:
    """Return what GitHub tells of a repository with nothing in it."""
    plain = {name: listed() for name in FIELDS if name != "collaborators"}
    return {"databaseId": number, "collaborators": {"totalCount": 0, "edges": []}, **plain, **fields}


def answer(*nodes: object, errors: list[Any] | None = None, **limit: object) -> dict[str, Any]:
    """Return GitHub's answer."""
    told = {"cost": 1, "limit": 5000, "remaining": 4999, "resetAt": "2024-03-01T01:00:00Z", **limit}
    return {"data": {"rateLimit": told, "nodes": list(nodes)}, **({"errors": errors} if errors else {})}


KEY = {"id": "K_1", "title": "ci", "readOnly": True}


def test_a_mark_moves_with_what_it_stands_for_and_not_with_the_order() -> None:
    """The same things in another order are the same."""
    other = {**KEY, "id": "K_2"}
    assert mark("deployKeys", listed(KEY, other)) == mark("deployKeys", listed(other, KEY))
    assert mark("deployKeys", listed(KEY)) != mark("deployKeys", listed({**KEY, "readOnly": False}))
    assert mark("deployKeys", listed(KEY)) != mark("deployKeys", listed())


def test_an_edit_of_a_ruleset_of_all_is_no_change_of_each() -> None:
    """That it applies no longer is one, and so is an edit of a repository's own."""
    ruleset = {"databaseId": 8, "enforcement": "ACTIVE", "updatedAt": "2024-01-01T00:00:00Z"}
    for source, moves in (("Repository", True), ("Organization", False)):
        told = {**ruleset, "source": {"__typename": source}}
        edited = {**told, "updatedAt": "2024-01-02T00:00:00Z"}
        assert (mark("rulesets", listed(told)) != mark("rulesets", listed(edited))) == moves
        assert mark("rulesets", listed(told)) != mark("rulesets", listed())


def test_a_part_is_marked_as_a_part() -> None:
    """What does not fit into the answer is left to the full look; of environments it never tells the secrets."""
    assert mark("deployKeys", listed(KEY)).startswith(WHOLE)
    assert mark("deployKeys", listed(KEY, total=2)).startswith(PARTLY)
    assert mark("environments", listed({"name": "production", "protectionRules": listed()})).startswith(PARTLY)
    rule = {"id": "B_1", "bypassPullRequestAllowances": listed(total=60), "reviewDismissalAllowances": listed()}
    assert mark("branchProtectionRules", listed(rule)).startswith(PARTLY)


def test_a_field_the_app_may_not_see_gets_an_empty_mark() -> None:
    """Refused is known, so the source is read in its turn; other repositories are not concerned."""
    error = {**FORBIDDEN, "path": ["nodes", 0, "deployKeys"]}
    seen = read(answer(repository(1, deployKeys=None), repository(2), errors=[error]), batch(1, 2), FIELDS)
    assert seen.marks["deploy-keys"]["repo:1"] == ""
    assert seen.marks["deploy-keys"]["repo:2"].startswith(WHOLE)
    assert seen.marks["repository-collaborators"]["repo:1"].startswith(WHOLE)


def test_a_refusal_that_hides_a_whole_repository_is_known() -> None:
    """Most fields are never null in GitHub's schema: the question is to be asked again without such a one."""
    error = {**FORBIDDEN, "path": ["nodes", 1, "deployKeys"]}
    seen = read(answer(repository(1), None, errors=[error]), batch(1, 2), FIELDS)
    assert seen.hidden == {"repo:2": {"deployKeys"}}
    assert read(answer(repository(1), repository(2)), batch(1, 2), {"releases"}).marks["deploy-keys"] == {
        "repo:1": "",
        "repo:2": "",
    }


@pytest.mark.parametrize(
    "path", [["nodes", 0, "releases"], ["nodes", 0, "releases", "nodes", 1, "releaseAssets"], ["nodes", 0]]
)
def test_a_field_that_failed_says_nothing(path: list[object]) -> None:
    """GitHub stumbled over it: nothing is known, and nothing changed."""
    error = {"message": "Something went wrong while executing your query.", "path": path}
    seen = read(answer(repository(1, releases=None), errors=[error]), batch(1), FIELDS)
    assert "repo:1" not in seen.marks.get("releases", {})


def test_too_much_for_one_question_is_known_beside_what_was_told() -> None:
    """GitHub tells what it can, and that it was too much: the rest is unsure, and fewer are to be asked for."""
    error = {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}
    told = answer(repository(1), None, errors=[{**error, "path": ["nodes", 1, "releases"]}])
    seen = read(told, batch(1, 2), FIELDS)
    assert seen.too_much
    assert seen.marks["releases"]["repo:1"].startswith(WHOLE)
    assert seen.unsure["releases"] == {"repo:2"}
    assert seen.unsure["deploy-keys"] == {"repo:2"}
    assert read(answer(repository(1), errors=[error]), batch(1), FIELDS).too_much
    with pytest.raises(TooMuchError):
        read({"data": None, "errors": [error]}, batch(1), FIELDS)


def test_a_repository_that_is_gone_or_another_one_says_nothing() -> None:
    """The list of repositories tells what vanished."""
    gone = {"type": "NOT_FOUND", "path": ["nodes", 0], "message": "Could not resolve to a node"}
    seen = read(answer(None, repository(3), repository(4), errors=[gone]), batch(1, 2, 4), FIELDS)
    assert {scope for marks in seen.marks.values() for scope in marks} == {"repo:4"}


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, PointsSpentError),
        ({"data": None, "errors": [{"message": "Something went wrong. This may be the result of a timeout"}]}, TooMuchError),
        ({"errors": [{"message": "Field 'rulesets' doesn't exist", "extensions": {"code": "undefinedField"}}]}, Refused),
        ({"errors": [FORBIDDEN]}, Refused),
        ({}, NotWholeError),
        ({"data": {"nodes": []}}, NotWholeError),
        ({"data": {"nodes": {}}}, NotWholeError),
        (answer(repository(1), errors=[{"message": "no path"}]), NotWholeError),
        (answer(repository(1, deployKeys={"totalCount": 1})), NotWholeError),
        (answer(repository(1, deployKeys=[])), NotWholeError),
    ],
)  # fmt: skip
def test_what_is_no_answer(told: dict[str, Any], error: type[Exception]) -> None:
    """Each leads to waiting, asking for less, or reading everything in its turn."""
    with pytest.raises(error):
        read(told, batch(1), FIELDS)


def test_half_of_the_limit_is_left_to_others() -> None:
    """Glances wait for the next hour before they use all of GraphQL's points."""
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=20)).replace(microsecond=0)
    told = answer(repository(1), remaining=2400, resetAt=soon.isoformat())
    assert read(told, batch(1), FIELDS).spare_until == soon
    assert read(answer(repository(1), remaining=2600), batch(1), FIELDS).spare_until is None
    far = answer(repository(1), remaining=0, resetAt="2999-01-01T00:00:00Z")
    until = read(far, batch(1), FIELDS).spare_until
    assert until is not None
    assert until < dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)


NAMES = [*FIELDS, "nodes", "edges", "node", "totalCount", "type", "path", "message", "extensions", "releaseAssets"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("nodes"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(node=st.dictionaries(st.sampled_from([*FIELDS, "databaseId"]), JSON), errors=JSON, data=st.booleans())
def test_no_answer_crashes_it(node: dict[str, Any], errors: Any, *, data: bool) -> None:
    """Whatever comes, it is read or refused as what it is."""
    told = {**answer({**node, "databaseId": 1}), "errors": errors} if data else {"errors": errors}
    with contextlib.suppress(NotWholeError, TooMuchError, PointsSpentError, Refused):
        assert read(told, batch(1), FIELDS).marks.keys() <= {source for source, _ in FIELDS.values()}
