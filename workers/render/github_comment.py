"""The sticky comment on a pull request: facts about powers, who can judge them, and what to do. Nothing private.

It is edited in place; a hidden marker says that it is ours and how severe what it shows is. Why somebody decided as he
did is not repeated here: reasons are given in a private channel. Nobody is mentioned: who should look is asked by a
review request, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from github_app import words
from github_app.links import Links
from github_app.model import Alert, Reviewer, Severity, State, Verdict
from github_app.review import standing
from workers.render.escape import markdown, markdown_code, markdown_link
from workers.render.message import Message

MOST = 60_000
"""Longest comment we write, in characters; GitHub takes 65,536."""

_MARKER = "<!-- trust-change-alerts:{target} severity={severity} -->"
_FOUND = re.compile(r"\A<!-- trust-change-alerts:(?P<target>\d+/\d+) severity=(?P<severity>[a-z]+) -->", re.ASCII)
_STOP = "Do not merge or release until whoever handles it says so."
_BEFORE, _BEFORE_MERGED = "before you merge or release", "before anything is built or released from it"
_SHORT = 2
_MOST_ALERTS = 40
_MOST_EVIDENCE = 6
_MOST_REVIEWERS = 3


def render(message: Message, links: Links, *, merged: bool = False) -> str:
    """Return the comment for a pull request, which may be merged already; its first line is the marker.

    Raises:
        ValueError: a private alert is among those to be shown.
    """
    if any(alert.finding.private for alert in message.alerts):
        raise ValueError("a private alert must not be shown on GitHub")
    waiting = sorted(message.unresolved, key=lambda a: -a.finding.severity.rank)
    lines = [_MARKER.format(target=message.target, severity=message.severity)]
    lines += list(_open(message, waiting, links, _BEFORE_MERGED if merged else _BEFORE) if waiting else _reviewed(message))
    text = "\n".join(lines)
    return text if len(text) <= MOST else text[: text.rindex("\n", 0, MOST)] + "\n</details>"


def severity_in(body: str, target: str) -> Severity | None:
    """Return how severe one of our comments says it is; None when it is not ours for this pull request."""
    match = _FOUND.match(body)
    if match is None or match["target"] != target or match["severity"] not in set(Severity):
        return None
    return Severity(match["severity"])


def superseded(message: Message, url: str) -> str:
    """Return what an earlier comment says once a newer one is needed because the severity rose."""
    marker = _MARKER.format(target=message.target, severity=Severity.INFO)
    where = f" See {markdown_link('the newer notice', url)}." if url else ""
    return f"{marker}\nThis notice has been replaced by a newer one.{where}"


def _open(message: Message, waiting: Sequence[Alert], links: Links, before: str) -> Iterator[str]:
    first, others = waiting[0], waiting[1:]
    yield f"### {words.count(len(waiting), 'trust change')} to confirm"
    yield ""
    for alert in (a for a in message.alerts if a.verdict is Verdict.INCIDENT):
        yield f"**An incident: {markdown(alert.finding.title, 200)}.** {_STOP}"
        yield ""
        break
    yield f"**{markdown(first.finding.title, 300)}**"
    yield f"{markdown(first.finding.why, 700)} {state_of(message, first)}"
    for alert in others[:_SHORT]:
        yield f"Also: **{markdown(alert.finding.title, 200)}** {state_of(message, alert)}"
    yield ""
    if shown := evidence_line(message, first, links):
        yield f"- **Evidence:** {shown}"
    yield f"- **Who should look:** {people_line(waiting, links)}"
    yield f"- **What to do:** {_what_to_do(message, first, before)}"
    yield "<details><summary>More about this</summary>"
    yield ""
    yield from _details(message, links)
    yield ""
    yield "</details>"


def _reviewed(message: Message) -> Iterator[str]:
    yield "### Trust changes reviewed"
    yield ""
    for alert in message.alerts[:4]:
        yield f"- {markdown(alert.finding.title, 200)}. {state_of(message, alert)}"
    if message.incident:
        yield ""
        yield f"This was marked an incident. {_STOP}"
    yield "<details><summary>More about this</summary>"
    yield ""
    if rest := message.alerts[4:_MOST_ALERTS]:
        yield from (f"- {markdown(alert.finding.title, 200)}. {state_of(message, alert)}" for alert in rest)
        yield ""
    yield from _about()
    yield ""
    yield "</details>"


def _details(message: Message, links: Links) -> Iterator[str]:
    for alert in message.alerts[:_MOST_ALERTS]:
        finding = alert.finding
        where = (
            ""
            if finding.pull is not None
            else " This did not happen in this pull request, but its author is whom it is about."
        )
        title = f"Alert {alert.id}: {markdown(finding.title, 200)}"
        yield f"- {title} ({words.minute(alert.at)}). {state_of(message, alert)}{where}"
        yield f"  - Before: {markdown(finding.before, 200)}. After: {markdown(finding.after, 200)}."
        if shown := evidence_line(message, alert, links):
            yield f"  - Evidence: {shown}"
        if len(alert.ladder) > 1:
            yield f"  - Steps to power here: {markdown('; '.join(words.ladder(alert.ladder)), 600)}"
    if (more := len(message.alerts) - _MOST_ALERTS) > 0:
        yield f"- and {more} more"
    yield ""
    yield from _about()


def _about() -> Iterator[str]:
    yield (
        "To decide, somebody who may write here types `/trust`, then `expected`, `harmless` or `incident`, the number of "
        "the alert and the reason, as the first words of a comment; `/trust help` lists the rest. Reasons typed here are "
        "public."
    )
    yield ""
    yield (
        "Trust Change Alerts reports changes of who can do what in this repository. It says nothing about people, and most "
        "changes are meant. Whom a change is about, or who granted it, cannot clear it."
    )


def state_of(message: Message, alert: Alert) -> str:
    """Return the state of an alert, in italics."""
    return f"*{markdown(words.state_line(alert, message.decided(alert)), 200)}.*"


def _what_to_do(message: Message, alert: Alert, before: str) -> str:
    where = f"by typing `/trust expected {alert.id}` and the reason in a comment here, or in Slack"
    if alert.state is State.ACKNOWLEDGED and standing(message.decided(alert)):
        return f"a second person has to agree, {where}. Please wait for it {before}."
    if alert.state is State.ACKNOWLEDGED:
        return f"somebody is looking into it. Please wait for the verdict {before}."
    return f"if you know that this was meant, say so {where}. If nobody knows, ask {before}."


def evidence_line(message: Message, alert: Alert, links: Links) -> str:
    """Return the evidence with links, "" where there is none."""
    items = alert.finding.evidence
    shown = []
    for item in items[:_MOST_EVIDENCE]:
        kind, value = words.evidence(item)
        shown.append(f"{kind} {markdown_link(value, links.evidence(message.repository, item))}")
    if len(items) > _MOST_EVIDENCE:
        shown.append(f"and {len(items) - _MOST_EVIDENCE} more")
    return ", ".join(shown)


def people_line(waiting: Sequence[Alert], links: Links) -> str:
    """Return who should look, and why they."""
    found: dict[str, Reviewer] = {}
    for alert in waiting:
        for reviewer in alert.reviewers:
            found.setdefault(reviewer.person.label, reviewer)
    if not found:
        return markdown(words.nobody_to_ask(waiting[0]), 300)
    return "; ".join(_reviewer(r, links) for r in list(found.values())[:_MOST_REVIEWERS])


def _reviewer(reviewer: Reviewer, links: Links) -> str:
    person = reviewer.person
    name = markdown_link(person.login, links.person(person.login)) if person.login else markdown_code(person.label)
    return f"{name}, who {words.why_reviewer(reviewer)}"
