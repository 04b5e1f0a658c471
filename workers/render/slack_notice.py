"""What is said in Slack about no single alert: a case that became worse, and first reports."""

from __future__ import annotations

from github_app.links import Links
from workers.render import slack_case, slack_report
from workers.render.message import Announcement, Story
from workers.render.slack_alert import SlackMessage


def render(what: Announcement, links: Links) -> SlackMessage:
    """Return the message; a case's is one line of text."""
    if isinstance(what.content, Story):
        return SlackMessage(text=slack_case.risen(what.content), blocks=[])
    return slack_report.render(what.content, links)
