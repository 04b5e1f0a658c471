"""Alerts that came too many at once, as one Slack message with a thread: how many, where, the worst with their buttons.

Text from outside stands only in rich text elements, or escaped in the lines of the thread, as in `slack_alert`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, MarkdownTextObject, PlainTextObject, RichTextBlock

from github_app import words
from github_app.links import Links
from github_app.model import Alert, Severity, State
from github_app.review import DecisionRecord
from workers.render.escape import slack_link, slack_mrkdwn, slack_plain
from workers.render.message import Message
from workers.render.slack_alert import SIGNS, SlackMessage, controls
from workers.render.slack_parts import Element, Part, bold, link, own, section, text

MOST_LINES = 12
"""Most lines of one answer in the thread."""
_WORST = 3
_MOST_PLACES = 3
_WHY = "They came faster than this channel's budget of messages; each has a line in the thread."
_WHAT_TO_DO = (
    "look at the worst first. If one event explains them (a new team, a migration), say so; if nobody can, take the access "
    "away first. Each can be decided by typing /trust expected, harmless or incident, its number and the reason."
)


def render(message: Message, links: Links) -> SlackMessage:
    """Return the message as it stands now."""
    alerts = message.alerts
    waiting = message.unresolved
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=slack_plain(_header(message), 150), emoji=True)),
        RichTextBlock(
            elements=[
                section(text(f"{_counts(alerts)}. {_states(alerts)}.", 300)),
                section(own("Where: ", bold=True), text(_places(alerts), 400)),
                section(own("Why one message: ", bold=True), own(_WHY)),
                *([section(own("What to do: ", bold=True), own(_WHAT_TO_DO))] if waiting else []),
            ]
        ),
    ]
    for alert in waiting[:_WORST]:
        blocks.append(RichTextBlock(elements=_worst(alert, message, links)))
        blocks.extend(controls(alert))
    if (more := len(waiting) - _WORST) > 0:
        where = [link("All alerts", links.dashboard), own(".")] if links.dashboard else []
        blocks.append(RichTextBlock(elements=[section(own(f"and {more} more in the thread. "), *where)]))
    numbers = f"Alerts {min(a.id for a in alerts)} to {max(a.id for a in alerts)}"
    blocks.append(ContextBlock(elements=[MarkdownTextObject(text=numbers)]))
    fallback = f"{_header(message)}. {_counts(alerts)}. {_states(alerts)}."
    return SlackMessage(text=slack_mrkdwn(fallback, 900), blocks=[block.to_dict() for block in blocks])


def line(alert: Alert, decisions: Sequence[DecisionRecord], links: Links) -> str:
    """Return an alert's line in the thread; markup is escaped."""
    state = f" ({slack_mrkdwn(words.state_line(alert, decisions), 120)})" if alert.state is not State.OPEN else ""
    what = slack_mrkdwn(f"{alert.finding.severity}, {alert.repository.full_name}: {alert.finding.title}", 220)
    return f"{slack_link(f'Alert {alert.id}', links.alert(alert.id))} \u00b7 {what}{state}"


def step(alert: Alert, record: DecisionRecord) -> str:
    """Return what is said in the thread about a decision; markup is escaped."""
    said = words.step(record).rstrip(".")
    return slack_mrkdwn(f"Alert {alert.id}: {said}. Now: {words.state(alert).lower()}.", 230)


def _header(message: Message) -> str:
    waiting = message.unresolved
    worst = max((a.finding.severity for a in waiting), key=lambda s: s.rank, default=None)
    sign = SIGNS.get(worst, "\U0001f535") if worst else "\u2705"
    return f"{sign} {words.count(len(message.alerts), 'more trust change')} in a short time"


def _counts(alerts: Sequence[Alert]) -> str:
    found = Counter(a.finding.severity for a in alerts)
    by_level = [f"{found[s]} {s}" for s in sorted(Severity, key=lambda s: -s.rank) if found[s]]
    return f"{words.count(len(alerts), 'alert')}: {', '.join(by_level)}"


def _states(alerts: Sequence[Alert]) -> str:
    found = Counter(words.state(a) for a in alerts)
    if found["Open"] == len(alerts):
        return "All are open"
    return "Now " + ", ".join(f"{number} {state.lower()}" for state, number in found.most_common())


def _places(alerts: Sequence[Alert]) -> str:
    found = Counter(a.repository.full_name for a in alerts).most_common()
    shown = [f"{name} ({number})" for name, number in found[:_MOST_PLACES]]
    more = [f"and {len(found) - _MOST_PLACES} more"] if len(found) > _MOST_PLACES else []
    return ", ".join([*shown, *more])


def _worst(alert: Alert, message: Message, links: Links) -> list[Element]:
    finding = alert.finding
    shown: list[list[Part]] = [
        [text(kind, 40), own(" "), link(value, links.evidence(alert.repository, item), 80)]
        for item in finding.evidence[:2]
        for kind, value in [words.evidence(item)]
    ]
    facts = [part for row in shown for part in (own(", "), *row)]
    head = section(
        link(f"Alert {alert.id}", links.alert(alert.id)),
        own(" \u00b7 "),
        bold(finding.title, 200),
        own(f"\n{finding.severity}, "),
        link(alert.repository.full_name, links.repository(alert.repository), 100),
        own(f", {words.minute(alert.at)}. "),
        text(words.state_line(alert, message.decided(alert)), 150),
        *facts,
    )
    return [head]
