"""A case in Slack: the short story in the message of an alert, and the line in a thread when a case becomes worse."""

from __future__ import annotations

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextListElement, RichTextSectionElement

from github_app import words
from workers.render import case_text
from workers.render.escape import slack_mrkdwn, slack_plain
from workers.render.message import Story

_FIRST = 2
"""How many steps are shown of the beginning of a long story, where there is room; the others are the latest."""
Text = RichTextElementParts.Text
Link = RichTextElementParts.Link
_BOLD = RichTextElementParts.TextStyle(bold=True)


def block(story: Story, room: int = 6, address: str = "") -> RichTextBlock:
    """Return the case as part of a message: what it comes to, and its first and latest steps with dates.

    Args:
        story: the case.
        room: how many lines there are for steps.
        address: where the steps can be read for which there is no room; none if empty.
    """
    told = case_text.lines(story)
    rows = [_row(line) for line in told]
    head: list[Text | Link] = [
        Text(text=f"Part of a case: {case_text.summary(story)}", style=_BOLD),
        Text(text=", about "),
        Text(text=slack_plain(case_text.who(story), 200)),
    ]
    if (more := len(told) - room) > 0:
        first = min(_FIRST, room // 2)
        rows = rows[:first] + rows[len(rows) - (room - first) :]
        left = f"\u2026 {more} more"
        head += [Text(text=" ("), Link(url=address, text=left) if address else Text(text=left), Text(text=")")]
    listed = [RichTextListElement(style="bullet", elements=rows)] if rows else []
    return RichTextBlock(elements=[_section(*head), *listed])


def short(story: Story) -> str:
    """Return the case in one sentence for notifications and screen readers; markup is escaped."""
    return slack_mrkdwn(f"Part of a case: {case_text.summary(story)}.", 200)


def risen(story: Story) -> str:
    """Return what is said in the thread, and to the channel, when a case becomes worse; markup is escaped."""
    latest = case_text.lines(story)[-1]
    text = (
        f"This case is {case_text.standing(story)} now: {words.count(len(story.alerts), 'step')} since "
        f"{words.day(story.alerts[0].at)} about {case_text.who(story)}. The latest, {words.span(latest.days)} after the "
        f"first: {latest.what}"
    )
    return slack_mrkdwn(text.rstrip(".") + ".", 1_500)


def _row(line: case_text.Line) -> RichTextSectionElement:
    after = f"{words.span(line.days)} later: " if line.days else ""
    decided = f", {line.decided}" if line.decided else ""
    return _section(
        Text(text=f"{words.day(line.at)} ", style=_BOLD),
        Text(text=after + slack_plain(line.what, 250)),
        Text(text=f" ({line.severity}{decided})"),
    )


def _section(*parts: Text | Link) -> RichTextSectionElement:
    return RichTextSectionElement(elements=list(parts))
