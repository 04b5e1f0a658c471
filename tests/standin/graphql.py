"""GitHub's GraphQL API in the stand-in: questions are executed over GitHub's own schema, by `graphql-core`.

As GitHub does: what an installation may not see is null with an error beside the data, the limit counts points and is not
that of REST, and going over it is an answer with status 200.
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLResolveInfo, execute_sync

from tests.graphql.check import Cost, cost, schema, understood, wrong_with
from tests.standin.github import Answer, Request
from tests.standin.graph_nodes import Json, Refused
from tests.standin.graph_repository import Shown

if TYPE_CHECKING:
    from tests.standin.estate import Estate

TROUBLE = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."
)
"""What GitHub says of a part that it could not find out, in an error without a type."""


class Unanswered(Exception):  # noqa: N818 - it says what the question was
    """The stand-in does not know a field that the schema has."""


@dataclass
class Graph:
    """The endpoint of one installation.

    `points` were spent since it was last set to 0; a `limit` of None, as on GitHub Enterprise Server, is not told.
    `broken` has what a field's value is instead, by type and field like "Repository.releases" wherever it is asked for, or
    of one object only, by its number, like "Repository.releases 7";
    `hidden_apps` are slugs of apps that GitHub refuses to name to another app.
    """

    estate: Estate
    limit: int | None = 5000
    requests: int = 0
    points: int = 0
    over_limit: Json = field(default_factory=lambda: {"type": "RATE_LIMITED"})
    broken: dict[str, Refused] = field(default_factory=dict)
    hidden_apps: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Answer:
        """Answer a request of an installation."""
        self.requests += 1
        body = request.body
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return Answer(status=400, body={"message": "Problems parsing JSON"})
        if self.limit is not None and self.points >= self.limit:
            said = f"API rate limit exceeded for installation ID {request.installation}."
            return Answer(body={"errors": [{**self.over_limit, "message": said}]}, headers=self._limits())
        query, variables = body["query"], body.get("variables") or {}
        wrong = wrong_with(query, variables)
        if wrong:
            return Answer(body={"errors": [{"message": w} for w in wrong]}, headers=self._limits())
        spent = cost(query, variables)
        self.points += spent.points
        shown = Shown(self.estate, self.estate.permissions, self.hidden_apps)
        return Answer(body=executed(query, variables, self._root(shown, spent), self.broken), headers=self._limits())

    def _root(self, shown: Shown, spent: Cost) -> Json:
        def organisation(args: Mapping[str, Any]) -> Json:
            if args["login"].lower() != self.estate.owner["login"].lower():
                raise Refused(f"Could not resolve to an Organization with the login of '{args['login']}'.", "NOT_FOUND")
            return shown.organisation()

        return {
            "repository": lambda args: shown.by_name(args["owner"], args["name"]),
            "organization": organisation,
            "node": lambda args: shown.by_id(args["id"]),
            "nodes": lambda args: [shown.by_id(i) for i in args["ids"]],
            "rateLimit": lambda _: self._told(spent),
            "id": "MDU6UXVlcnk=",
        }

    def _told(self, spent: Cost) -> Json | None:
        if self.limit is None:
            return None
        reset = dt.datetime.fromtimestamp(_reset(), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "cost": spent.points, "limit": self.limit, "nodeCount": spent.nodes, "used": self.points,
            "remaining": max(self.limit - self.points, 0), "resetAt": reset,
        }  # fmt: skip

    def _limits(self) -> dict[str, str]:
        if self.limit is None:
            return {}
        return {
            "X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(max(self.limit - self.points, 0)),
            "X-RateLimit-Used": str(self.points), "X-RateLimit-Reset": str(_reset()), "X-RateLimit-Resource": "graphql",
        }  # fmt: skip


def executed(query: str, variables: Mapping[str, Any], root: Json, broken: Mapping[str, Refused] | None = None) -> Json:
    """Return the answer to a question that was found good.

    Args:
        query: the question.
        variables: what it is asked with.
        root: the object that it begins at.
        broken: what fields give instead of their value, like "Repository.releases".

    Raises:
        Unanswered: a field that nobody taught the stand-in.
    """
    document, _ = understood(query)
    assert document is not None
    result = execute_sync(
        schema(),
        document,
        root_value=root,
        context_value=broken or {},
        variable_values=dict(variables),
        field_resolver=_field,
    )
    for error in result.errors or ():
        if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
            raise error.original_error
    errors = [_told(error) for error in result.errors or ()]
    return {"data": result.data, "errors": errors} if errors else {"data": result.data}


def _field(source: Json, info: GraphQLResolveInfo, **args: Any) -> Any:
    kind = info.parent_type.name
    name = f"{kind}.{info.field_name}"
    if info.context and (instead := info.context.get(name) or info.context.get(f"{name} {source.get('databaseId')}")):
        raise Refused(instead.message, instead.kind)
    try:
        value = source[info.field_name]
    except KeyError:
        raise Unanswered(f"the stand-in knows no {kind}.{info.field_name}") from None
    return value(args) if callable(value) else value


def _told(error: GraphQLError) -> Json:
    found = error.original_error if isinstance(error.original_error, Refused) else error
    kind = getattr(found, "kind", "")
    told: Json = {"type": kind} if kind else {}
    if kind == "FORBIDDEN":
        told["extensions"] = {"saml_failure": False}
    places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    return {**told, "path": error.path, "locations": places, "message": error.message}


def _reset() -> int:
    return int(time.time()) + 1800
