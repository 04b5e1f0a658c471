"""The comment that answers `/trust` in a thread on GitHub: one, edited, with the latest answers. Mentions nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from github_app.store import Order
from workers.render.escape import markdown, markdown_code

_MARKER = "<!-- trust-change-alerts:answers {repository}/{thread} -->"
_FOUND = re.compile(r"\A<!-- trust-change-alerts:answers (\d+/\d+) -->", re.ASCII)
_MOST_LINES = 16


def render(orders: Sequence[Order]) -> str:
    """Return the comment for the orders of one thread, the newest first."""
    newest = orders[-1]
    lines = [_MARKER.format(repository=newest.repository_id, thread=newest.thread), "### Answers to /trust", ""]
    for order in reversed(orders):
        first, *rest = order.said.splitlines() or ["Done."]
        asked = markdown_code(f"/trust {order.text}".strip(), 120)
        lines.append(f"- {markdown_code(f'@{order.person.login}', 60)} {asked}: {markdown(first, 700)}")
        lines += [f"  - {markdown(line, 300)}" for line in rest[:_MOST_LINES]]
    return "\n".join(lines)


def is_ours(body: str, repository_id: int, thread: int) -> bool:
    """Say whether one of our comments is the one with the answers of a thread."""
    found = _FOUND.match(body)
    return found is not None and found[1] == f"{repository_id}/{thread}"
