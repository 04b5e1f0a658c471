"""The stand-in's GraphQL API: the same state as its REST API, and GitHub's ways to refuse, to limit and to fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLResolveInfo

from github_app.settings import Settings
from tests.facts.conftest import APP_ID, Keys, app_keys
from tests.graphql.check import schema
from tests.standin import graphql
from tests.standin.estate import Estate, Repo
from tests.standin.furnished import everything, furnished, one
from tests.standin.github import Answer, GitHub, serving
from tests.standin.graph_nodes import Refused
from tests.standin.graphql import TROUBLE
from workers.github import GitHubApp

__all__ = ["app_keys"]
INSTALLATION = 99
BY_ID = "query($ids:[ID!]!){nodes(ids:$ids){...on Repository{databaseId %s}}}"


@pytest.fixture(params=["", "/api/v3"], ids=["github.com", "server"])
def estate(app_keys: Keys, request: pytest.FixtureRequest) -> Iterator[Estate]:
    """Serve an organisation, on github.com's paths and on those of a server of one's own."""
    with serving(GitHub(app_id=APP_ID, public_key=app_keys.public, prefix=request.param)) as github:
        yield Estate(github)


@pytest.fixture
def app(estate: Estate, app_keys: Keys) -> Iterator[GitHubApp]:
    """Return the app that is installed there."""
    settings = Settings(github_app_id=APP_ID, github_private_key=app_keys.private, github_api_url=estate.github.url)
    made = GitHubApp(settings, pause=0, pause_writes=0)
    yield made
    made.close()


def ask(app: GitHubApp, query: str, **variables: object) -> dict[str, Any]:
    """Ask as the app does."""
    requester = app.client(INSTALLATION).requester
    sent = {"query": query, "variables": variables}
    answer: dict[str, Any] = requester.requestJsonAndCheck("POST", requester.graphql_url, input=sent)[1]
    return answer


def about(app: GitHubApp, fields: str, *repos: Repo) -> Any:
    """Ask for fields of repositories; an error fails."""
    answer = ask(app, BY_ID % fields, ids=[r.shown({})["node_id"] for r in repos])
    assert "errors" not in answer, answer
    return answer["data"]["nodes"]


@pytest.mark.parametrize("estate", [""], ids=["github.com"], indirect=True)
def test_every_field_of_the_schema_has_an_answer(estate: Estate, app: GitHubApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the extract has is unknown to the stand-in, and no answer breaks GitHub's types."""
    furnished(estate)
    answered: set[str] = set()

    def noted(source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
        answered.add(f"{info.parent_type.name}.{info.field_name}")
        return resolve(source, info, **args)

    resolve = graphql._field
    monkeypatch.setattr(graphql, "_field", noted)
    given = {
        "name": '"production"', "qualifiedName": '"refs/tags/v3"', "refPrefix": '"refs/tags/"', "tagName": '"v1"',
        "databaseId": "8", "expression": f'"{"1" * 40}:src/main.c"', "path": '"src/main.c"',
    }  # fmt: skip
    repository = schema().type_map["Repository"]
    parts = [one(repository, name, given, {"Repository"}) for name in repository.fields]  # type: ignore[attr-defined]
    parts.append("merged:pullRequests(first:1){nodes{mergedBy{...on Bot{id databaseId login}}}}")
    parts.append(f'folder:object(expression:"{"1" * 40}:src"){{...on Tree{{id oid abbreviatedOid}}}}')
    answer = ask(app, f'{{repository(owner:"acme",name:"app"){{{" ".join(parts)}}}}}')
    assert "errors" not in answer, answer["errors"][:3]
    limits = everything(schema().type_map["RateLimit"], {}, set())
    rest = ask(app, f'{{id rateLimit{{{limits}}} organization(login:"acme"){{id}} node(id:"?"){{id}} nodes(ids:[]){{id}}}}')
    assert rest["data"]["organization"] == {"id": "O_kgDOAAAARg"}
    kinds = [t for t in schema().type_map.values() if isinstance(t, GraphQLObjectType) and not t.name.startswith("__")]
    assert {f"{kind.name}.{name}" for kind in kinds for name in kind.fields} - answered == set()


def test_one_change_shows_in_both_apis(estate: Estate, app: GitHubApp) -> None:
    """REST and GraphQL are two views of one state, with one id by which a repository is asked for."""
    repo = furnished(estate)
    listed = app.client(INSTALLATION).requester.requestJsonAndCheck("GET", "/installation/repositories")[1]["repositories"]
    fields = "id pushedAt deployKeys(first:9){nodes{title readOnly}}"
    assert about(app, fields, repo)[0]["deployKeys"]["nodes"] == [{"title": "ci", "readOnly": False}]
    repo.keys[0]["read_only"] = True
    repo.pushed_at = "2024-02-02T02:02:02Z"
    (shown,) = about(app, fields, repo)
    assert (shown["id"], shown["pushedAt"]) == (listed[0]["node_id"], "2024-02-02T02:02:02Z")
    assert shown["deployKeys"]["nodes"][0]["readOnly"] is True
    keys = app.client(INSTALLATION).requester.requestJsonAndCheck("GET", "/repos/acme/app/keys")[1]
    assert keys[0]["read_only"] is True


def test_what_stands_around_a_repository_is_told_in_the_schemas_words(estate: Estate, app: GitHubApp) -> None:
    """Roles, guards and objects that REST spells differently."""
    repo = furnished(estate)
    (shown,) = about(
        app,
        "collaborators(first:9,affiliation:DIRECT){edges{permission permissionSources{roleName} node{login}}}"
        "branchProtectionRules(first:9){nodes{pattern requiredApprovingReviewCount isAdminEnforced allowsForcePushes "
        "bypassPullRequestAllowances(first:9){nodes{actor{...on User{login}...on Team{slug}...on App{slug}}}}}}"
        "rulesets(first:9){nodes{name target enforcement source{__typename}bypassActors(first:9){nodes{organizationAdmin "
        "repositoryRoleName deployKey actor{__typename}}}}}"
        'refs(refPrefix:"refs/tags/",first:2,orderBy:{field:ALPHABETICAL,direction:DESC}){totalCount nodes{name '
        "target{__typename oid}}}",
        repo,
    )
    people = [(e["node"]["login"], e["permission"], e["permissionSources"]) for e in shown["collaborators"]["edges"]]
    assert people == [
        ("olivia", "MAINTAIN", [{"roleName": "maintain"}]),
        ("rita", "WRITE", [{"roleName": "release-manager"}]),
    ]
    (rule,) = shown["branchProtectionRules"]["nodes"]
    passing = [a["actor"] for a in rule.pop("bypassPullRequestAllowances")["nodes"]]
    assert passing == [{"login": "olivia"}, {"slug": "core"}, {"slug": "helper"}]
    assert rule == {
        "pattern": "main", "requiredApprovingReviewCount": 2, "isAdminEnforced": True, "allowsForcePushes": False,
    }  # fmt: skip
    own, parents = shown["rulesets"]["nodes"]
    assert (own["target"], own["enforcement"], own["source"]["__typename"]) == ("TAG", "ACTIVE", "Repository")
    assert (parents["target"], parents["enforcement"], parents["source"]["__typename"]) == (
        "BRANCH",
        "EVALUATE",
        "Organization",
    )
    actors = own["bypassActors"]["nodes"]
    assert [(a["actor"] or {}).get("__typename") for a in actors] == ["App", "Team", None, None, None]
    assert [a["repositoryRoleName"] for a in actors] == [None, None, "triage", None, None]
    tags = [{"name": "v3", "target": {"__typename": "Tag", "oid": "3" * 40}}]
    tags.append({"name": "v2", "target": {"__typename": "Commit", "oid": "2" * 40}})
    assert shown["refs"] == {"totalCount": 3, "nodes": tags}


def test_a_list_is_read_page_by_page(estate: Estate, app: GitHubApp) -> None:
    """A cursor goes on where the page before ended, and the last page says that it is the last."""
    repo = estate.repo("app")
    repo.tags = {f"v{n}": "a" * 40 for n in range(5)}
    query = BY_ID.replace("!){", "!,$after:String){", 1) % (
        'refs(refPrefix:"refs/tags/",first:2,after:$after){nodes{name}pageInfo{hasNextPage endCursor}}'
    )
    names: list[str] = []
    after, more = None, True
    while more:
        found = ask(app, query, ids=[repo.shown({})["node_id"]], after=after)["data"]["nodes"][0]["refs"]
        names += [n["name"] for n in found["nodes"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    assert names == ["v0", "v1", "v2", "v3", "v4"]
    assert estate.graphql_requests == 3


def test_what_a_permission_lacks_for_is_null_beside_the_rest(estate: Estate, app: GitHubApp) -> None:
    """GitHub refuses the field and not the question; who may bypass a ruleset is null without a word."""
    repo = furnished(estate)
    estate.refuse("administration")
    answer = ask(
        app, BY_ID % "rulesets(first:1){nodes{bypassActors(first:1){totalCount}}} object(expression:\"main\"){oid}",
        ids=[repo.shown({})["node_id"]],
    )  # fmt: skip
    assert "errors" not in answer
    assert answer["data"]["nodes"][0]["rulesets"]["nodes"] == [{"bypassActors": None}]
    estate.refuse("contents")
    answer = ask(app, BY_ID % 'refs(refPrefix:"refs/tags/",first:1){totalCount}', ids=[repo.shown({})["node_id"]])
    assert answer["data"]["nodes"] == [{"databaseId": repo.id, "refs": None}]
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["nodes", 0, "refs"])
    assert error["message"] == "Resource not accessible by integration"
    # A list that cannot be null takes the repository with it.
    answer = ask(app, BY_ID % "deployKeys(first:1){totalCount}", ids=[repo.shown({})["node_id"]])
    assert (answer["data"]["nodes"], answer["errors"][0]["path"]) == ([None], ["nodes", 0, "deployKeys"])


def test_what_is_gone_is_null_with_an_error(estate: Estate, app: GitHubApp) -> None:
    """An id of nothing leaves its place in the list empty; a name of nothing is no repository."""
    repo, gone = estate.repo("app"), estate.repo("gone")
    del estate.repos[gone.id]
    answer = ask(app, BY_ID % "", ids=[gone.shown({})["node_id"], repo.shown({})["node_id"]])
    assert answer["data"]["nodes"] == [None, {"databaseId": repo.id}]
    assert [(e["type"], e["path"]) for e in answer["errors"]] == [("NOT_FOUND", ["nodes", 0])]
    named = ask(app, '{repository(owner:"acme",name:"gone"){id}}')
    assert (named["data"], named["errors"][0]["type"]) == ({"repository": None}, "NOT_FOUND")


def test_an_app_that_is_not_shown_is_refused_where_it_is_named(estate: Estate, app: GitHubApp) -> None:
    """GitHub may refuse to name one app to another; everybody else in the list stands."""
    repo = furnished(estate)
    estate.graph.hidden_apps.add("helper")
    fields = "branchProtectionRules(first:1){nodes{pushAllowances(first:9){nodes{actor{__typename}}}}}"
    answer = ask(app, BY_ID % fields, ids=[repo.shown({})["node_id"]])
    (rule,) = answer["data"]["nodes"][0]["branchProtectionRules"]["nodes"]
    assert [(n["actor"] or {}).get("__typename") for n in rule["pushAllowances"]["nodes"]] == ["User", "Team", None]
    assert [(e["type"], e["path"][-2:]) for e in answer["errors"]] == [("FORBIDDEN", [2, "actor"])]


def test_points_are_counted_and_limited_apart_from_rest(estate: Estate, app: GitHubApp) -> None:
    """Going over the limit is an answer with status 200; REST goes on."""
    repo = furnished(estate)
    query = "query($ids:[ID!]!){rateLimit{cost remaining nodeCount}nodes(ids:$ids){...on Repository{%s}}}"
    deep = query % "rulesets(first:50){nodes{rules(first:9){totalCount}bypassActors(first:9){totalCount}}}"
    limits = ask(app, deep, ids=[repo.shown({})["node_id"]] * 10)["data"]["rateLimit"]
    assert limits == {"cost": 10, "remaining": 4990, "nodeCount": 9500}
    assert (estate.points, estate.counted, estate.graphql_requests) == (10, 0, 1)
    estate.graph.limit = 10
    over = ask(app, deep, ids=[])
    assert (over.get("data"), over["errors"][0]["type"]) == (None, "RATE_LIMITED")
    assert (estate.points, estate.graphql_requests) == (10, 2)
    headers = app.client(INSTALLATION).requester.requestJson(
        "POST", "/graphql", input={"query": deep, "variables": {"ids": []}}
    )[1]
    assert (headers["x-ratelimit-resource"], headers["x-ratelimit-remaining"]) == ("graphql", "0")
    assert app.client(INSTALLATION).requester.requestJsonAndCheck("GET", "/repos/acme/app/keys")[1]
    estate.graph.limit = None
    assert ask(app, deep, ids=[])["data"]["rateLimit"] is None


def test_it_fails_on_demand(estate: Estate, app: GitHubApp) -> None:
    """A part that GitHub could not find out, half an answer, and none at all."""
    repo = furnished(estate)
    ids = [repo.shown({})["node_id"]]
    estate.graph.broken["Repository.rulesets"] = Refused(TROUBLE, "")
    answer = ask(app, BY_ID % "rulesets(first:1){totalCount}", ids=ids)
    assert answer["data"]["nodes"] == [{"databaseId": repo.id, "rulesets": None}]
    assert answer["errors"][0]["path"] == ["nodes", 0, "rulesets"]
    assert "type" not in answer["errors"][0]
    estate.github.fail("POST", "/graphql", Answer(raw=b'{"data": {"nodes": [{"databa'), Answer(status=502, body={}))
    requester = app.client(INSTALLATION).requester
    got = [requester.requestJson("POST", "/graphql", input={"query": "{rateLimit{cost}}"})[0] for _ in range(3)]
    assert got == [200, 502, 200]
