"""The digest in Slack: what was too small for a message of its own, by repository. Nobody has to decide anything.

Text from outside stands only in rich text elements, as in `slack_alert`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, MarkdownTextObject, PlainTextObject, RichTextBlock

from github_app import words
from github_app.links import Links
from github_app.model import Alert, State
from workers.render.escape import slack_mrkdwn, slack_plain
from workers.render.message import Message
from workers.render.slack_alert import SlackMessage
from workers.render.slack_parts import Element, Part, link, own, rows, section, text

_MOST_LINES = 8
_MOST_HERE = 3
_WHY = "Nobody has to decide about these; if one is not what you would expect, type /trust incident, its number and why."


def render(message: Message, links: Links) -> SlackMessage:
    """Return the digest, however many alerts there are: eight lines, and how many more."""
    by_place: dict[str, list[Alert]] = defaultdict(list)
    for alert in sorted(message.alerts, key=lambda a: (-a.finding.severity.rank, a.at, a.id)):
        by_place[alert.repository.full_name].append(alert)
    places = sorted(by_place.values(), key=lambda found: (-found[0].finding.severity.rank, -len(found), found[0].id))
    first, last = min(a.at for a in message.alerts), max(a.at for a in message.alerts)
    total = len(message.alerts)
    head = (
        f"\U0001f4cb {words.count(total, 'small trust change')} in {words.count(len(places), 'repository', 'repositories')}"
    )
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=slack_plain(head, 150), emoji=True)),
        RichTextBlock(elements=[section(own(_span(first, last) + ". " + _WHY))]),
    ]
    left = _MOST_LINES
    for found in places:
        if left <= 0:
            break
        shown = found[: min(left, _MOST_HERE)]
        left -= len(shown)
        blocks.append(RichTextBlock(elements=_place(found, shown, message, links)))
    if (more := total - (_MOST_LINES - left)) > 0:
        see = [own(": see "), link("the dashboard", links.dashboard)] if links.dashboard else []
        blocks.append(RichTextBlock(elements=[section(own(f"and {more} more"), *see)]))
    numbers = f"Alerts {min(a.id for a in message.alerts)} to {max(a.id for a in message.alerts)}"
    blocks.append(ContextBlock(elements=[MarkdownTextObject(text=numbers)]))
    names = ", ".join(found[0].repository.full_name for found in places[:3])
    return SlackMessage(text=slack_mrkdwn(f"{head}: {names}.", 900), blocks=[block.to_dict() for block in blocks])


def _place(found: Sequence[Alert], shown: Sequence[Alert], message: Message, links: Links) -> list[Element]:
    name = link(found[0].repository.full_name, links.repository(found[0].repository), 100)
    count = [own(f" ({len(shown)} of {len(found)})")] if len(found) > len(shown) else []
    lines: list[list[Part]] = [
        [
            link(f"Alert {a.id}", links.alert(a.id)),
            own(f" \u00b7 {a.finding.severity}, {words.day(a.at)}: "),
            text(a.finding.title, 160),
            *_state(a, message),
            *_evidence(a, links),
        ]
        for a in shown
    ]
    return [section(name, *count), rows(lines)]


def _state(alert: Alert, message: Message) -> list[Part]:
    if alert.state is State.OPEN:
        return []
    return [own(" ("), text(words.state_line(alert, message.decided(alert)), 120), own(")")]


def _evidence(alert: Alert, links: Links) -> list[Part]:
    for item in alert.finding.evidence:
        kind, value = words.evidence(item)
        if url := links.evidence(alert.repository, item):
            return [own(" "), link(f"{kind} {value}", url, 60)]
    return []


def _span(first: dt.datetime, last: dt.datetime) -> str:
    begins, ends = words.day(first), words.day(last)
    return f"On {begins}" if begins == ends else f"From {begins} to {ends}"
