"""What the answer about many repositories says: a mark for each source of each, or nothing where that is not known.

https://docs.github.com/en/graphql/guides/forming-calls-with-graphql; GitHub answers 200 also to what it refuses, with the
reasons beside what there is of an answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from github_app.store import Check
from workers.github import Refused
from workers.github_graphql import OVER_LIMIT
from workers.reconcile.glance_query import FIELDS, NotWholeError, mark

_TOO_MUCH = {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"}
"""The first is in no reference; since July 2026 it comes with what there is of an answer (raycast/extensions#29578)."""
_LIMIT_AGAIN = dt.timedelta(minutes=15)
_MOST_WAIT = dt.timedelta(hours=2)


class TooMuchError(Exception):
    """GitHub did not answer the whole question in time."""


class PointsSpentError(Exception):
    """GraphQL's limit is reached until `resets_at`."""

    def __init__(self, resets_at: dt.datetime) -> None:
        super().__init__(f"GraphQL's limit is reached until {resets_at:%H:%M} UTC")
        self.resets_at = resets_at


@dataclass(slots=True)
class Seen:
    """What an answer told: marks by source and scope, "" for a field that GitHub does not show the app.

    `unsure` are the scopes of which a source could not be told this time, and `too_much` says that GitHub would have told
    of fewer repositories. `hidden` are the fields whose refusal took a whole repository with it, by scope; it has to be
    asked for without them.
    """

    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    hidden: dict[str, set[str]] = field(default_factory=dict)
    unsure: dict[str, set[str]] = field(default_factory=dict)
    too_much: bool = False
    spare_until: dt.datetime | None = None

    def put(self, source: str, scope: str, found: str) -> None:
        """Keep the mark of a source of a repository."""
        self.marks.setdefault(source, {})[scope] = found

    def add(self, other: Seen) -> None:
        """Add what another answer told."""
        for source, marks in other.marks.items():
            self.marks.setdefault(source, {}).update(marks)
        for source, scopes in other.unsure.items():
            self.unsure.setdefault(source, set()).update(scopes)
        self.too_much = self.too_much or other.too_much


def read(answer: Mapping[str, Any], batch: Sequence[Check], asked: Collection[str]) -> Seen:
    """Read what GitHub told about the repositories of a batch.

    A field that was not asked for, or that GitHub does not show the app, gets an empty mark; one that failed gets none and
    is unsure.

    Raises:
        NotWholeError: it is not the answer to the question.
        PointsSpentError, TooMuchError, Refused: GitHub gave no answer.
    """
    listed = answer.get("errors")
    errors = [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
    data = answer.get("data")
    nodes = data.get("nodes") if isinstance(data, dict) else None
    if not isinstance(nodes, list):
        raise _no_answer(errors)
    if len(nodes) != len(batch):
        raise NotWholeError(f"it tells of {len(nodes)}")
    hidden, unsure = _errors(errors)
    seen = Seen(spare_until=_spare_until(data.get("rateLimit") if isinstance(data, dict) else None))
    seen.too_much = any(str(error.get("type")) in _TOO_MUCH for error in errors)
    for number, (node, check) in enumerate(zip(nodes, batch, strict=True)):
        # One that vanished is told by the list of repositories, and nothing may be concluded about another one.
        if isinstance(node, dict) and f"repo:{node.get('databaseId')}" == check.scope:
            for name, (source, _) in FIELDS.items():
                if (number, name) in hidden or name not in asked:
                    seen.put(source, check.scope, "")
                elif {(number, name), (number, "")} & unsure or name not in node:
                    seen.unsure.setdefault(source, set()).add(check.scope)
                else:
                    seen.put(source, check.scope, mark(name, node[name]) if node[name] is not None else "")
        elif node is None and (lost := {name for n, name in hidden if n == number} & set(asked)):
            seen.hidden[check.scope] = lost
        else:
            for source, _ in FIELDS.values():
                seen.unsure.setdefault(source, set()).add(check.scope)
    return seen


def _errors(errors: Sequence[Mapping[str, Any]]) -> tuple[set[tuple[int, str]], set[tuple[int, str]]]:
    """Return the fields that are hidden from the app, and those that failed, by the number of the repository."""
    hidden: set[tuple[int, str]] = set()
    unsure: set[tuple[int, str]] = set()
    for error in errors:
        path = error.get("path")
        if path is None and str(error.get("type")) in _TOO_MUCH:
            continue
        if not (isinstance(path, list) and len(path) >= 2 and path[0] == "nodes" and type(path[1]) is int):
            raise NotWholeError(str(error.get("message", "it holds an error"))[:200])
        name = path[2] if len(path) > 2 and isinstance(path[2], str) else ""
        (hidden if error.get("type") == "FORBIDDEN" and len(path) == 3 else unsure).add((path[1], name))
    return hidden, unsure


def _no_answer(errors: Sequence[Mapping[str, Any]]) -> Exception:
    said = "; ".join(str(e.get("message", "")) for e in errors)[:300] or "it holds no data"
    kinds = {str(e.get("type")) for e in errors}
    if kinds & OVER_LIMIT:
        return PointsSpentError(dt.datetime.now(dt.UTC) + _LIMIT_AGAIN)
    if kinds & _TOO_MUCH:
        return TooMuchError(said)
    if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"} or any("extensions" in e for e in errors):
        return Refused(f"GitHub does not answer questions about many repositories: {said}")
    if errors:
        return TooMuchError(said)
    return NotWholeError(said)


def _spare_until(limit: object) -> dt.datetime | None:
    """Return until when glances wait because half of GraphQL's limit is used: the rest is for other questions."""
    told = limit if isinstance(limit, dict) else {}
    most, left, resets = told.get("limit"), told.get("remaining"), told.get("resetAt")
    if type(most) is not int or type(left) is not int or left * 2 > most:
        return None
    try:
        at = dt.datetime.fromisoformat(str(resets))
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return min(at, dt.datetime.now(dt.UTC) + _MOST_WAIT)
