"""`trust-alerts pressure`: comments in, one line of JSON per comment in, what was heard out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from workers.pressure.signals import FLAGGED, Reading, read

STANDING = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""GitHub's `author_association` of those who hold rights: what they say about their own project is never pressure."""


def lines(comments: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield for each line `{"id", "score", "signals", "flagged"}`; `error` as well where a line cannot be read."""
    for number, line in enumerate(comments, 1):
        if line.strip():
            yield _answer(line, number)


def _answer(line: str, number: int) -> dict[str, Any]:
    try:
        comment = json.loads(line)
    except (ValueError, RecursionError):
        return _told(None, Reading()) | {"error": f"line {number}: not JSON"}
    if not isinstance(comment, dict) or not isinstance(comment.get("text"), str):
        named = comment.get("id") if isinstance(comment, dict) else None
        return _told(named, Reading()) | {"error": f'line {number}: no "text"'}
    role = comment.get("author_association")
    standing = isinstance(role, str) and role.upper() in STANDING
    return _told(comment.get("id"), Reading() if standing or _is_bot(comment.get("author")) else read(comment["text"]))


def _is_bot(author: object) -> bool:
    return isinstance(author, str) and author.endswith("[bot]")


def _told(named: object, reading: Reading) -> dict[str, Any]:
    return {"id": named, "score": reading.score, "signals": list(reading.names), "flagged": reading.score >= FLAGGED}
