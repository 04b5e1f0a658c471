"""The check run of a pull request: neutral while a trust change waits for people, so it never blocks by itself."""

from __future__ import annotations

from dataclasses import dataclass

from github_app import words
from github_app.links import Links
from github_app.model import State
from github_app.plain import plain
from workers.render.escape import markdown
from workers.render.message import Message

NAME = "Trust changes"
"""The name of the check run, as branch rules refer to it."""

_MOST = 30
_MOST_SUMMARY = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a check run shows. `external_id` names it as ours for one pull request."""

    external_id: str
    conclusion: str
    title: str
    summary: str
    details_url: str = ""
    actions: tuple[dict[str, str], ...] = ()


BUTTONS = (
    {"label": "Acknowledge", "description": "I am looking into it.", "identifier": "acknowledge"},
    {"label": "Snooze", "description": "Let it come back in seven days.", "identifier": "snooze"},
)
"""What can be said without a reason: 20 characters to a label and identifier, 40 to a description, three at most.

https://docs.github.com/en/rest/checks/runs#create-a-check-run
"""


def render(message: Message, links: Links) -> Check:
    """Return the check run: neutral while anything is open, failure on an incident, success when all was meant.

    Raises:
        ValueError: a private alert is among those to be shown.
    """
    if any(alert.finding.private for alert in message.alerts):
        raise ValueError("a private alert must not be shown on GitHub")
    return Check(
        external_id=external_id(message.target),
        conclusion=_conclusion(message),
        title=_title(message),
        summary=_summary(message)[:_MOST_SUMMARY],
        details_url=_where(message, links),
        actions=BUTTONS if any(a.state is State.OPEN for a in message.alerts) else (),
    )


def _where(message: Message, links: Links) -> str:
    """The pull request, where the comment says who can judge it; without this GitHub would link to the app's own page."""
    number = message.target.rpartition("/")[2]
    return links.pull(message.repository, int(number)) if number.isdecimal() else ""


def external_id(target: str) -> str:
    """Return how we name the check run of a pull request."""
    return f"trust-change-alerts:{target}"


def _conclusion(message: Message) -> str:
    if message.incident:
        return "failure"
    return "neutral" if message.unresolved else "success"


def _title(message: Message) -> str:
    if message.incident:
        return "A trust change was marked an incident"
    if message.unresolved:
        title = message.unresolved[0].finding.title
        return plain(title if len(message.unresolved) == 1 else f"{len(message.unresolved)} trust changes to confirm", 120)
    return "The trust changes were reviewed"


def _summary(message: Message) -> str:
    lines = []
    if message.incident:
        lines += ["Do not merge or release until whoever handles the incident says so.", ""]
    for alert in message.alerts[:_MOST]:
        state = markdown(words.state_line(alert, message.decided(alert)), 200)
        lines.append(f"- **{markdown(alert.finding.title, 200)}** *{state}.* {markdown(alert.finding.why, 500)}")
    if len(message.alerts) > _MOST:
        lines.append(f"- and {len(message.alerts) - _MOST} more")
    if message.unresolved:
        lines += ["", "The comment on the pull request says who can judge this, what to do, and what to type."]
    return "\n".join(lines)
