"""What is said in Slack beside alerts: a case that became worse, first reports, and the report of an incident."""

from __future__ import annotations

from github_app.links import Links
from workers.render import incident, slack_case, slack_report
from workers.render.message import Announcement, Incident, Story
from workers.render.slack_alert import SlackMessage


def render(what: Announcement, links: Links) -> SlackMessage:
    """Return the message; a case's is one line of text."""
    if isinstance(what.content, Story):
        return SlackMessage(text=slack_case.risen(what.content), blocks=[])
    if isinstance(what.content, Incident):
        return incident.slack(what.content, links)
    return slack_report.render(what.content, links)
