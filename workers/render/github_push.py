"""The issue about a push that came without a pull request: facts about powers, who can judge them, what to do.

Nothing private and nobody is mentioned, as in the comment on a pull request. The first line is a hidden marker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_app import words
from github_app.links import Links
from github_app.model import State
from workers.render.escape import markdown, markdown_link
from workers.render.github_comment import evidence_line, people_line, state_of
from workers.render.message import Message

MOST = 60_000
_MARKER = "<!-- trust-change-alerts:{target} -->"
_SHORT = 3
_MOST_ALERTS = 40
_FOUND = re.compile(r"\A<!-- trust-change-alerts:(push:\d+:[0-9a-f]{7,64}) -->", re.ASCII)


def title(message: Message) -> str:
    """Return the issue's title, in our own words."""
    count = words.count(len(message.alerts), "trust change")
    return f"{count} in a push to {message.repository.full_name}"[:200]


def render(message: Message, links: Links) -> str:
    """Return the issue's text.

    Raises:
        ValueError: a private alert is among those to be shown.
    """
    if any(alert.finding.private for alert in message.alerts):
        raise ValueError("a private alert must not be shown on GitHub")
    lines = [_MARKER.format(target=key_of(message.target)), *_told(message, links)]
    text = "\n".join(lines)
    return text if len(text) <= MOST else text[: text.rindex("\n", 0, MOST)] + "\n</details>"


def key_of(target: str) -> str:
    """Return what names a push in a target: `push:REPOSITORY-ID:COMMIT`."""
    return target.partition("@")[0]


def key_in(body: str) -> str:
    """Return which push one of our issues is about, "" when it is not ours."""
    found = _FOUND.match(body)
    return found[1] if found else ""


def _told(message: Message, links: Links) -> Iterator[str]:
    where = markdown_link(message.repository.full_name, links.repository(message.repository))
    first = message.unresolved[0] if message.unresolved else message.alerts[0]
    yield f"This was pushed to {where} on {words.minute(first.at)}, without a pull request."
    yield ""
    for alert in message.alerts[:_SHORT]:
        yield f"**{markdown(alert.finding.title, 200)}** {state_of(message, alert)}"
    yield ""
    yield markdown(first.finding.why, 700)
    yield ""
    if shown := evidence_line(message, first, links):
        yield f"- **Evidence:** {shown}"
    if message.unresolved:
        yield f"- **Who should look:** {people_line(message.unresolved, links)}"
        yield f"- **What to do:** {_what_to_do(message, links)}"
    elif message.incident:
        yield "- This was marked an incident. Do not release until whoever handles it says so."
    yield "<details><summary>More about this</summary>"
    yield ""
    for alert in message.alerts[:_MOST_ALERTS]:
        finding = alert.finding
        yield f"- Alert {alert.id}: {markdown(finding.title, 200)} ({words.minute(alert.at)}). {state_of(message, alert)}"
        yield f"  - Before: {markdown(finding.before, 200)}. After: {markdown(finding.after, 200)}."
    if (more := len(message.alerts) - _MOST_ALERTS) > 0:
        yield f"- and {more} more"
    yield ""
    yield (
        "Trust Change Alerts reports changes of who can do what in a repository. It says nothing about people, and most "
        "changes are meant. Whom a change is about, or who granted it, cannot clear it. This issue is closed once all of it "
        "is decided."
    )
    yield ""
    yield "</details>"


def _what_to_do(message: Message, links: Links) -> str:
    alert = message.unresolved[0]
    page = links.alert(alert.id)
    where = f"in Slack or on {markdown_link(f'the page of alert {alert.id}', page)}" if page else "in Slack"
    if alert.state is State.ACKNOWLEDGED:
        return "somebody is looking into it. Please wait for the verdict before anything is released."
    return f"if you know that this was meant, say so {where}. If nobody knows, ask before anything is released from it."
