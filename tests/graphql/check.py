"""Say what is wrong with a question in GraphQL, by GitHub's own schema and limits, and what it costs.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    get_variable_values,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
)

from tests.graphql.extract import SCHEMA

MOST_NODES = 500_000
MOST_IDS = 100
"""What GitHub looks up by id at once; it refuses more (error ARGUMENT_LIMIT)."""
_MOST_ON_A_PAGE = 100
_PARTS_OF_A_POINT = 100
_HOW = "if GitHub has it, add it to tests/graphql/fields.txt and run tests/graphql/extract.py"


@dataclass(frozen=True, slots=True)
class Cost:
    """What GitHub asks for an answer that is as large as it may become: points of the hourly limit, and nodes."""

    points: int
    nodes: int


@cache
def schema() -> GraphQLSchema:
    """Return the part of GitHub's schema that the app may use."""
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


@lru_cache(maxsize=512)
def understood(query: str) -> tuple[DocumentNode | None, tuple[str, ...]]:
    """Return the question and what GitHub's schema does not know about it; no question where it is no GraphQL at all."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, (f"not GraphQL: {error.message}",)
    wrong = validate(schema(), document, [*specified_rules, NoDeprecatedCustomRule])
    return document, tuple(_explained(error.message) for error in wrong)


def _explained(message: str) -> str:
    return f"{message} ({_HOW})" if message.startswith(("Cannot query", "Unknown")) else message


def complaints(body: bytes | str | None) -> list[str]:
    """Return what GitHub would not accept of a request's body; nothing when all is well.

    Args:
        body: as sent: JSON with `query` and `variables`.
    """
    try:
        sent = json.loads(body or b"")
    except ValueError:
        return ["the body is not JSON"]
    if not isinstance(sent, dict) or not isinstance(sent.get("query"), str):
        return ["the body holds no query"]
    strange = sorted(set(sent) - {"query", "variables", "operationName"})
    variables = sent.get("variables") or {}
    if strange or not isinstance(variables, dict):
        return [f"the body holds what GraphQL has not: {strange or 'variables that are none'}"]
    return wrong_with(sent["query"], variables)


def wrong_with(query: str, variables: Mapping[str, Any]) -> list[str]:
    """Return what GitHub would not accept of a question; nothing when all is well."""
    document, wrong = understood(query)
    if document is None or wrong:
        return list(wrong)
    (operation, *others) = _operations(document)
    if others:
        return ["more than one operation"]
    known = {v.variable.name.value for v in operation.variable_definitions or ()}
    found = [f"variable ${name} is not in the question" for name in sorted(set(variables) - known)]
    values = get_variable_values(schema(), operation.variable_definitions or (), dict(variables))
    if isinstance(values, list):
        return found + [error.message for error in values]
    measured = _Measure(document, values.coerced)
    measured.operation(operation)
    if measured.nodes > MOST_NODES:
        measured.wrong.append(f"it asks for {measured.nodes} nodes, and GitHub gives at most {MOST_NODES}")
    return found + measured.wrong


def cost(query: str, variables: Mapping[str, Any]) -> Cost:
    """Return what a valid question costs: the requests GitHub needs for all pages of children, by hundreds, at least one."""
    document, _ = understood(query)
    assert document is not None
    (operation, *_) = _operations(document)
    values = get_variable_values(schema(), operation.variable_definitions or (), dict(variables))
    assert not isinstance(values, list)
    measured = _Measure(document, values.coerced)
    measured.operation(operation)
    return Cost(max(1, round(measured.requests / _PARTS_OF_A_POINT)), measured.nodes)


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]


class _Measure:
    """Walks through a question as if every page were full. What is asked twice under one name counts once."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._variables = dict(variables)
        self.requests, self.nodes = 0, 0
        self.wrong: list[str] = []

    def operation(self, operation: OperationDefinitionNode) -> None:
        root = schema().get_root_type(operation.operation)
        assert root is not None
        self._inside(root, [operation.selection_set], 1)

    def _inside(self, kind: GraphQLNamedType, sets: Sequence[SelectionSetNode], parents: int) -> None:
        together: dict[tuple[str, str], list[FieldNode]] = {}
        for at, field in (found for s in sets for found in self._fields(kind, s)):
            together.setdefault((at.name, (field.alias or field.name).value), []).append(field)
        for (on, _), fields in together.items():
            if not fields[0].name.value.startswith("__"):
                self._field(on, fields, parents)

    def _fields(self, kind: GraphQLNamedType, selected: SelectionSetNode) -> Iterator[tuple[GraphQLNamedType, FieldNode]]:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                yield kind, node
                continue
            inside = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(inside, FragmentDefinitionNode | InlineFragmentNode)
            narrowed = schema().get_type(inside.type_condition.name.value) if inside.type_condition else kind
            assert narrowed is not None
            yield from self._fields(narrowed, inside.selection_set)

    def _field(self, on: str, fields: Sequence[FieldNode], parents: int) -> None:
        name = fields[0].name.value
        kind = get_named_type(schema().type_map[on].fields[name].type)  # type: ignore[attr-defined]
        sets = [f.selection_set for f in fields if f.selection_set]
        given = {a.name.value: value_from_ast_untyped(a.value, self._variables) for a in fields[0].arguments or ()}
        if kind.name.endswith("Connection"):
            self.requests += parents
            parents *= self._page(f"{on}.{name}", given, any(f in {"nodes", "edges"} for f in self._names(kind, sets)))
            self.nodes += parents
        elif (on, name) == ("Query", "nodes"):
            parents *= len(given["ids"])
            if len(given["ids"]) > MOST_IDS:
                self.wrong.append(f"{len(given['ids'])} ids, and GitHub looks up at most {MOST_IDS} at once")
        self._inside(kind, sets, parents)

    def _names(self, kind: GraphQLNamedType, sets: Sequence[SelectionSetNode]) -> set[str]:
        return {field.name.value for s in sets for _, field in self._fields(kind, s)}

    def _page(self, where: str, given: Mapping[str, Any], read: bool) -> int:
        """Return how many nodes a page may hold; one that is only counted needs no bounds."""
        bounds = [given[b] for b in ("first", "last") if given.get(b) is not None]
        if len(bounds) != 1:
            if read or bounds:
                self.wrong.append(f"{where} needs either first or last")
            return 0
        if not 1 <= bounds[0] <= _MOST_ON_A_PAGE:
            self.wrong.append(f"{where} asks for {bounds[0]} at once, and GitHub gives 1 to {_MOST_ON_A_PAGE}")
        return int(bounds[0])
