"""An alert as a Slack message: what happened, why it matters, the evidence, who should look, and the buttons.

Text from outside stands only in `plain_text` objects and rich text elements, which Slack shows letter by letter:
there a mention or a link cannot be written. Limits: 50 blocks, 3,000 characters to a block, 150 to a header,
75 to a button (docs.slack.dev/reference/block-kit/blocks).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextSectionElement,
)

from github_app import words
from github_app.links import Links
from github_app.model import Alert, State
from github_app.review import Action, DecisionRecord
from workers.render import slack_case, slack_support
from workers.render.escape import slack_mrkdwn, slack_plain
from workers.render.message import Message
from workers.render.slack_parts import Element, Part, bold, italic, line, link, own, rows, section, text

MOST_LINES = 12
"""How long a message may be, an offer of support and the buttons aside; what has no room is told where the link leads."""
SIGNS = {"critical": "\U0001f6a8", "high": "\U0001f534", "medium": "\U0001f7e0"}
_MOST_EVIDENCE = 8
_MOST_REVIEWERS = 3
_MOST_STEPS = 8
_MOST_DECISIONS = 6
_LEAST_ROOM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMessage:
    """What goes to chat.postMessage and chat.update; `text` is what notifications and screen readers get."""

    text: str
    blocks: list[dict[str, object]]


def render(message: Message, links: Links) -> SlackMessage:
    """Return the message of one alert as it stands now."""
    alert, decisions = message.alert, message.decided(message.alert)
    story, evidence = _story(alert, decisions, message, links), _evidence(alert, message, links)
    people = _people(alert, links) if alert.state is not State.RESOLVED else []
    room = MOST_LINES - len(story) - len(people) - 2  # the header and the last line
    if message.case is not None and len(evidence) > 1 and room - len(evidence) < _LEAST_ROOM:
        evidence = evidence[:-1]  # the steps of the case matter more than those to the power
    room -= len(evidence)
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=slack_plain(_header(alert), 150), emoji=True)),
        RichTextBlock(elements=story),
    ]
    if message.case is not None:
        # The line about the state has the latest decision already.
        steps = max(room - 1 - (2 if decisions else 0), min(2, room - 1))
        shown = min(len(message.case.alerts), steps)
        blocks.append(slack_case.block(message.case, shown, links.alert(alert.id)))
        room -= 1 + shown
    if evidence:
        blocks.append(RichTextBlock(elements=evidence))
    if people:
        blocks.append(RichTextBlock(elements=people))
    if message.support is not None:
        blocks.append(slack_support.block(message.support, alert, links))
    if decisions and room >= 2:
        blocks.append(RichTextBlock(elements=_so_far(alert, decisions, room - 1, links)))
    blocks.extend(controls(alert))
    blocks.append(ContextBlock(elements=[MarkdownTextObject(text=_footer(alert))]))
    return SlackMessage(text=_fallback(message, decisions), blocks=[block.to_dict() for block in blocks])


def thread_line(alert: Alert, record: DecisionRecord) -> str:
    """Return what is said in the message's thread about one step; markup is escaped."""
    said = words.step(record).rstrip(".")
    return slack_mrkdwn(f"{said}. Now: {words.state(alert).lower()}.", 1_200)


def _header(alert: Alert) -> str:
    sign = SIGNS.get(alert.finding.severity, "\U0001f535")
    if alert.state is State.RESOLVED:
        sign = "\U0001f6a8" if alert.verdict == "incident" else "\u2705"
    lock = " (private)" if alert.finding.private else ""
    return f"{sign} {words.state(alert)} \u00b7 {alert.finding.severity} trust change{lock}"


def _story(
    alert: Alert, decisions: Sequence[DecisionRecord], message: Message, links: Links
) -> list[RichTextSectionElement]:
    finding = alert.finding
    where = [link(message.repository.full_name, links.repository(message.repository), 100)]
    if finding.pull is not None:
        where += [own(", "), link(f"pull request {finding.pull}", links.pull(message.repository, finding.pull))]
    where.append(own(f", {words.minute(alert.at)}"))
    if alert.state is not State.OPEN or decisions:
        where += [own(". "), text(words.state_line(alert, decisions), 300)]
    private: list[Part] = [italic(words.PRIVATE)] if finding.private else []
    sections = [section(bold(finding.title, 400)), section(*where)]
    if alert.state is not State.RESOLVED:
        change = f"{finding.before} \u2192 {finding.after}"
        why = [text(finding.why, 900), *([own(" ")] if private and finding.why else []), *private]
        sections += [
            section(own("Why it matters: ", bold=True), *why),
            section(own("Changed: ", bold=True), text(change, 400)),
        ]
    elif private:
        sections.append(section(*private))
    return sections


def _evidence(alert: Alert, message: Message, links: Links) -> list[Element]:
    shown: list[list[Part]] = []
    for item in alert.finding.evidence[:_MOST_EVIDENCE]:
        kind, value = words.evidence(item)
        shown.append([text(kind, 40), own(" "), link(value, links.evidence(message.repository, item))])
    if (more := len(alert.finding.evidence) - _MOST_EVIDENCE) > 0:
        shown.append([text(f"and {more} more")])
    parts: list[Element] = [line("Evidence: ", shown)] if shown else []
    steps = words.ladder(alert.ladder)
    if len(steps) > 1 and alert.state is not State.RESOLVED:
        parts.append(line("Steps to power here: ", [[text(s)] for s in steps[-_MOST_STEPS:]], between="; "))
    return parts


def _so_far(alert: Alert, decisions: Sequence[DecisionRecord], room: int, links: Links) -> list[Element]:
    """Return the latest decisions, one to a line."""
    shown = decisions[-min(room, _MOST_DECISIONS) :]
    head: list[Part] = [own("So far", bold=True)]
    if (more := len(decisions) - len(shown)) > 0:
        head += [own(" ("), link(f"\u2026 {more} more", links.alert(alert.id)), own(")")]
    return [section(*head), rows([text(words.step(r), 400)] for r in shown)]


def _people(alert: Alert, links: Links) -> list[Element]:
    if not alert.reviewers:
        nobody = section(own("Who should look: ", bold=True), text(words.nobody_to_ask(alert), 300))
        return [nobody, _what_to_do(alert)]
    asked = [
        [link(r.person.label, links.person(r.person.login)), own(f": {words.why_reviewer(r)}")]
        for r in alert.reviewers[:_MOST_REVIEWERS]
    ]
    return [line("Who should look: ", asked, between="; "), _what_to_do(alert)]


def _what_to_do(alert: Alert) -> RichTextSectionElement:
    return section(
        own("What to do: ", bold=True), own(words.WHAT_TO_DO_PRIVATE if alert.finding.private else words.WHAT_TO_DO)
    )


def controls(alert: Alert) -> Iterable[Block]:
    """Return the buttons of an alert, as its state has them."""
    if alert.state is State.RESOLVED:
        yield ActionsBlock(block_id=_block_id(alert, "actions"), elements=[_button(alert, Action.REOPEN, "Reopen")])
        return
    waits = alert.state is State.ACKNOWLEDGED
    snoozed = alert.state is State.SNOOZED
    last = _button(alert, Action.REOPEN, "Wake") if snoozed else _button(alert, Action.SNOOZE, "Snooze")
    yield ActionsBlock(
        block_id=_block_id(alert, "actions"),
        elements=[
            *([] if waits else [_button(alert, Action.ACKNOWLEDGE, "Acknowledge")]),
            _button(alert, Action.EXPECTED, "Expected", style="primary"),
            _button(alert, Action.HARMLESS, "Harmless"),
            _button(alert, Action.INCIDENT, "Incident", style="danger"),
            last,
        ],
    )


_LABELS = {
    Action.ACKNOWLEDGE: "Acknowledge alert {id}: I am looking into it",
    Action.EXPECTED: "Mark alert {id} expected: the change was meant",
    Action.HARMLESS: "Mark alert {id} harmless: not meant, but no harm",
    Action.INCIDENT: "Mark alert {id} an incident: somebody must act",
    Action.SNOOZE: "Snooze alert {id}: it comes back by itself",
    Action.REOPEN: "Reopen alert {id}",
}


def _button(alert: Alert, action: Action, text: str, *, style: str | None = None) -> ButtonElement:
    return ButtonElement(
        text=PlainTextObject(text=text),
        action_id=action.button,
        value=str(alert.id),
        style=style,
        accessibility_label=_LABELS[action].format(id=alert.id),
    )


def _footer(alert: Alert) -> str:
    return f"Alert {alert.id} \u00b7 {slack_mrkdwn(alert.finding.detector, 60)}"


def _fallback(message: Message, decisions: Sequence[DecisionRecord]) -> str:
    alert = message.alert
    text = (
        f"{alert.finding.severity.capitalize()} trust change in {message.repository.full_name}: {alert.finding.title}. "
        f"{words.state_line(alert, decisions)}."
    )
    return slack_mrkdwn(text, 900) + (f" {slack_case.short(message.case)}" if message.case else "")


def _block_id(alert: Alert, what: str) -> str:
    return f"{what}:{alert.id}:{alert.version}"
