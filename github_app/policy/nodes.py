"""From bytes to YAML nodes with their places, within bounds, without building any object.

PyYAML composes recursively and shares aliased nodes, so depth and aliases are refused while events are read, which is
not recursive. https://yaml.org/spec/1.1/ is the language PyYAML reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent

from github_app.policy.model import Problem

MOST_BYTES = 64 * 1024
MOST_DEPTH = 12
MOST_PROBLEMS = 100


class Unreadable(Exception):  # noqa: N818  # it says what the file is
    """The text is not YAML that we read; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Notebook:
    """Collects problems and where keys stand while nodes are read; `repository` says whose file it is."""

    repository: bool = False
    problems: list[Problem] = field(default_factory=list)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)

    def say(self, node: yaml.Node, path: str, message: str, suggestion: str = "", *, note: bool = False) -> None:
        """Add a problem at a node; beyond a hundred nobody reads them."""
        if len(self.problems) < MOST_PROBLEMS:
            line, column = place(node)
            self.problems.append(
                Problem(line=line, column=column, path=path, message=message, suggestion=suggestion, note=note)
            )


def place(node: yaml.Node) -> tuple[int, int]:
    """Return line and column of a node, from 1."""
    mark = node.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def compose(data: bytes | str) -> yaml.Node | None:
    """Return the root node, or None for an empty file.

    Raises:
        Unreadable: with the problem to show.
    """
    text = _decoded(data)
    try:
        _look_through(text)
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        said += ": put a word that begins with ! in quotes" if "tag" in (error.context or "") else ""
        raise _unreadable(f"this is not YAML: {said}"[:300], *((mark.line, mark.column) if mark else (0, 0))) from error
    except yaml.reader.ReaderError as error:
        line, column = _position(text, int(error.position))
        raise _unreadable("this character cannot stand in YAML", line, column) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets a number through that is too large for a character or a version.
        raise _unreadable(f"this is not YAML: {error}"[:300], 0, 0) from error
    return root


def _decoded(data: bytes | str) -> str:
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise _unreadable(f"the file has {size:,} bytes; at most {MOST_BYTES:,} are read", 0, 0)
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        raise _unreadable("the file is not UTF-8", *_position(before, len(before))) from error


def _look_through(text: str) -> None:
    """Refuse what would be costly to compose, before it is composed."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        mark = event.start_mark or yaml.Mark("", 0, 0, 0, None, 0)
        if isinstance(event, AliasEvent):
            raise _unreadable("aliases (*name) are not read: write the value out", mark.line, mark.column)
        if getattr(event, "tag", None) is not None:
            raise _unreadable(
                "a word that begins with ! is a tag for YAML: put it in quotes, like '!sandbox-*'", mark.line, mark.column
            )
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _unreadable("a second document begins here: keep one", mark.line, mark.column)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise _unreadable(f"this is nested deeper than {MOST_DEPTH} levels", mark.line, mark.column)


def _position(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n"), index - before.rfind("\n") - 1


def _unreadable(message: str, line: int, column: int) -> Unreadable:
    return Unreadable(Problem(line=line + 1, column=column + 1, path="", message=message))
