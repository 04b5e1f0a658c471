"""Cut from GitHub's GraphQL schema what our questions need, into `schema.graphql`.

The schema is the one of https://docs.github.com/en/graphql/overview/public-schema, as the npm package
`@octokit/graphql-schema` (MIT licence) ships it. Run anew after adding to `fields.txt`, which names the fields of each
type; what they take and give, enumerations and pages among it, comes along whole:

    npm install --prefix FOLDER @octokit/graphql-schema
    python -m tests.graphql.extract FOLDER/node_modules/@octokit/graphql-schema
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    Visitor,
    assert_valid_schema,
    build_ast_schema,
    lexicographic_sort_schema,
    parse,
    print_schema,
    visit,
)

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.graphql"
_PAGES = ("Connection", "Edge", "PageInfo")
_TEXTS = re.compile(r'"""(?:.|\n)*?"""')
_BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}


def wanted() -> dict[str, set[str]]:
    """Return the fields the app may ask for, by type."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in (HERE / "fields.txt").read_text(encoding="utf-8").splitlines():
        name, _, fields = line.partition(":")
        found[name].update(fields.split())
    return dict(found)


class Schema:
    """The whole schema, to cut from."""

    def __init__(self, package: Path) -> None:
        about = json.loads((package / "package.json").read_text(encoding="utf-8"))
        self.version = f"{about['name']} {about['version']}"
        source = _TEXTS.sub("", (package / "schema.graphql").read_text(encoding="utf-8"))
        defined = parse(source, no_location=True).definitions
        self._types = {d.name.value: d for d in defined if isinstance(d, TypeDefinitionNode)}
        self._wanted = wanted()

    def cut(self) -> str:
        """Return the part that is wanted, as text.

        Raises:
            KeyError: GitHub has no such type or field, or a field leads to a type of which none is wanted.
        """
        made: dict[str, TypeDefinitionNode] = {}
        todo = sorted(self._wanted)
        while todo:
            name = todo.pop()
            if name in made or name in _BUILT_IN:
                continue
            made[name] = part = self._part(name)
            todo += _named_in(part)
        document = DocumentNode(definitions=tuple(made[name] for name in sorted(made)))
        schema = lexicographic_sort_schema(build_ast_schema(document))
        assert_valid_schema(schema)
        return print_schema(schema)

    def _part(self, name: str) -> TypeDefinitionNode:
        whole = self._types[name]
        if isinstance(whole, UnionTypeDefinitionNode):
            return UnionTypeDefinitionNode(name=whole.name, types=self._known(whole.types))
        if isinstance(whole, ScalarTypeDefinitionNode | EnumTypeDefinitionNode | InputObjectTypeDefinitionNode):
            return whole
        assert isinstance(whole, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode)
        fields = {f.name.value: f for f in whole.fields or ()}
        names = set(fields) if name.endswith(_PAGES) and name not in self._wanted else self._wanted[name]
        interfaces = self._known(whole.interfaces)
        names = names | {f for i in interfaces for f in self._wanted[i.name.value]}
        if strange := sorted(names - set(fields)):
            raise KeyError(f"GitHub's {name} has no {', '.join(strange)}")
        kept = tuple(fields[f] for f in sorted(names))
        return type(whole)(name=whole.name, interfaces=interfaces, fields=kept)

    def _known(self, names: tuple[NamedTypeNode, ...] | None) -> tuple[NamedTypeNode, ...]:
        return tuple(n for n in names or () if n.name.value in self._wanted)


def _named_in(part: TypeDefinitionNode) -> list[str]:
    found: list[str] = []

    class Names(Visitor):
        def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
            found.append(node.name.value)

    visit(part, Names())
    return found


def main(package: str) -> None:
    """Write the extract."""
    schema = Schema(Path(package))
    head = f"# Cut from {schema.version} by tests/graphql/extract.py. MIT licence, Copyright (c) GitHub\n\n"
    SCHEMA.write_text(head + schema.cut() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
