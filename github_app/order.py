"""An order: somebody on GitHub asks the app for something, by `/trust ...` in a comment or a button of a check run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from github_app.fact import Fact

PREFIX = "/trust"
"""The first word of a comment that is an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGiven(Fact):
    """`actor` gave an order; it moves no power and no detector looks at it.

    `thread` is the issue or pull request. `text` is what stands after `/trust`; "" where a button was pressed, which
    `button` then names. `allowed` says whether the actor may write to the repository, None while nobody asked.
    """

    kind: ClassVar[str] = "order_given"
    thread: int
    comment_id: int = 0
    text: str = ""
    button: str = ""
    on_pull: bool = False
    allowed: bool | None = None


def order_in(text: str) -> str | None:
    """Return what stands after `/trust` where that is the first word of a text, None otherwise."""
    words = text.split(maxsplit=1)
    if not words or words[0].lower() != PREFIX:
        return None
    return words[1] if len(words) > 1 else ""
