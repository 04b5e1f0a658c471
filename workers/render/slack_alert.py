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
from workers.render.slack_parts import Element, Part, bold, italic, label, line, link, own, rows, section, text

SIGNS = {"critical": "\U0001f6a8", "high": "\U0001f534", "medium": "\U0001f7e0"}
_MOST_EVIDENCE = 8
_MOST_REVIEWERS = 3
_MOST_STEPS = 8
_MOST_DECISIONS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMessage:
    """What goes to chat.postMessage and chat.update; `text` is what notifications and screen readers get."""

    text: str
    blocks: list[dict[str, object]]


def render(message: Message, links: Links) -> SlackMessage:
    """Return the message of one alert as it stands now."""
    alert, decisions = message.alert, message.decided(message.alert)
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=slack_plain(_header(alert), 150), emoji=True)),
        RichTextBlock(elements=_story(alert, decisions, message, links)),
    ]
    if message.case is not None:
        blocks.append(slack_case.block(message.case))
    if evidence := _evidence(alert, message, links):
        blocks.append(RichTextBlock(elements=evidence))
    if alert.state is not State.RESOLVED:
        blocks.append(RichTextBlock(elements=_people(alert, links)))
    if message.support is not None:
        blocks.append(slack_support.block(message.support, alert, links))
    if decisions:
        steps = [[text(words.step(r), 400)] for r in decisions[-_MOST_DECISIONS:]]
        blocks.append(RichTextBlock(elements=[label("So far"), rows(steps)]))
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
    sections = [
        section(bold(finding.title, 400)),
        section(*where, own(f", {words.minute(alert.at)}")),
    ]
    if alert.state is not State.OPEN or decisions:
        sections.append(section(text(words.state_line(alert, decisions), 300)))
    if alert.state is not State.RESOLVED:
        change = f"{finding.before} \u2192 {finding.after}"
        sections += [
            section(own("Why it matters: ", bold=True), text(finding.why, 900)),
            section(own("Changed: ", bold=True), text(change, 400)),
        ]
    if finding.private:
        sections.append(section(italic(words.PRIVATE)))
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
