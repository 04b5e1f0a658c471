"""Short answers to somebody who pressed a button or typed a command in Slack; only they see them."""

from __future__ import annotations

from workers.render.escape import slack_mrkdwn

_MOST_LINES = 20


def render(text: str) -> str:
    """Return an answer of plain lines as Slack's `text`: every line is escaped and begins with a capital."""
    lines = [slack_mrkdwn(line, 600) for line in text[:20_000].split("\n")[:_MOST_LINES]]
    shown = "\n".join(lines).strip() or "-"
    return shown[0].upper() + shown[1:]
