"""First reports in Slack: one repository in full, or a whole installation in one message.

Text from outside stands only in rich text elements, as in `slack_alert`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextSectionElement,
)

from github_app import words
from github_app.links import Links
from github_app.report import Report, alone
from workers.render import case_text, report_text
from workers.render.escape import slack_mrkdwn, slack_plain
from workers.render.slack_alert import SlackMessage

_ROWS = (12, 8, 5, 3, 2, 1)
"""How many rows a list may have; fewer where the message would become too long."""
_LONGEST, _LONGEST_BLOCK = 11_000, 4_000
"""Slack refuses a message whose blocks are longer than about 13,000 characters of JSON (`msg_blocks_too_long`), and a
block with more than 3,000 of text."""
_NOTHING_TO_DO = "This is for your information: nobody has to decide anything. From now on, changes are told as they happen."
_LONGEST_LINK = 300
"""A repository's real name is far shorter; what is longer is no name of GitHub's."""

Text = RichTextElementParts.Text
Link = RichTextElementParts.Link
Row = Sequence[Text | Link]
_BOLD = RichTextElementParts.TextStyle(bold=True)


def render(reports: Sequence[Report], links: Links) -> SlackMessage:
    """Return one message, however many reports there are and however long."""
    for most in _ROWS:
        shown = _one(reports[0], links, most) if len(reports) == 1 else _many(reports, links, most)
        sizes = [len(json.dumps(block, ensure_ascii=False)) for block in shown.blocks]
        if sum(sizes) <= _LONGEST and max(sizes) <= _LONGEST_BLOCK:
            break
    return shown


def _one(report: Report, links: Links, most: int) -> SlackMessage:
    name = report.repository.full_name
    past = f"{report_text.read(report)} were read." if report.learned else "Its past is not known."
    parts: list[Block] = [
        _header("First report"),
        RichTextBlock(elements=[_section(_link(report, links), Text(text=f" is watched now. {past}"))]),
    ]
    held = [
        [
            Text(text=f"{words.power(h.power)}: ", style=_BOLD),
            Text(text=f"{report_text.how_many(h)}: {slack_plain(report_text.people(h), 160)}"),
        ]
        for h in report.held
    ]
    parts += _list("Who holds which power today", held, len(held), "Nobody is known to hold one yet.")
    if hanging := alone(report.held):
        parts += _list("What hangs on one person, or on nobody", [[_text(line, 300)] for line in hanging], most)
    if report.learned:
        parts += _list("What the last 12 months would have raised", _raised(report), most, report_text.NOTHING_RAISED)
    parts += _gaps([report], most)
    parts.append(_foot(f"{_NOTHING_TO_DO} In full: `trust-alerts report {slack_mrkdwn(name, 200)}`"))
    return SlackMessage(
        text=slack_mrkdwn(f"First report: {name} is watched now. {report_text.sentence(report)}", 900), blocks=_dicts(parts)
    )


def _many(reports: Sequence[Report], links: Links, most: int) -> SlackMessage:
    learned = sum(r.learned for r in reports)
    noisy = [r for r in report_text.by_need(reports) if r.worst is not None]
    hanging = [r for r in report_text.by_need(reports) if r.learned and alone(r.held)]
    total = f"{len(reports)} repositories are watched now; the past of {learned} was learned."
    quiet = f"{learned - len(noisy)} of them would have been quiet in the last 12 months, {len(noisy)} not."
    parts: list[Block] = [
        _header("First report"),
        RichTextBlock(elements=[_section(Text(text=f"{total} {quiet}"))]),
    ]
    if noisy:
        rows = [
            [
                _link(r, links),
                Text(text=f": {words.count(len(r.raised), 'alert')}, at worst {r.worst}. "),
                _text(_latest(r), 200),
            ]
            for r in noisy
        ]
        parts += _list("What the last 12 months would have raised", rows, most)
    if hanging:
        rows = [
            [_link(r, links), Text(text=": "), _text(" ".join(alone(r.held)), 250), *_what_helps(r, links)] for r in hanging
        ]
        parts += _list("What hangs on one person, or on nobody", rows, most)
    parts += _gaps(reports, most)
    parts.append(_foot(f"{_NOTHING_TO_DO} One in full: `trust-alerts report OWNER/NAME`"))
    return SlackMessage(text=slack_mrkdwn(f"First report: {total} {quiet}", 900), blocks=_dicts(parts))


def _raised(report: Report) -> list[Row]:
    """Return what the alerts make together, then the alerts, the latest first."""
    rows: list[Row] = []
    for story in report_text.stories(report):
        about = slack_plain(case_text.who(story), 100)
        rows.append([
            Text(text=f"{words.count(len(story.alerts), 'of them is', 'of them are')} one case: ", style=_BOLD),
            Text(text=f"{case_text.summary(story)}, about {about}"),
        ])  # fmt: skip
    for alert in reversed(report.raised):
        title = slack_plain(alert.finding.title, 200)
        rows.append([Text(text=f"{words.day(alert.at)} ", style=_BOLD), Text(text=f"{title} ({alert.finding.severity})")])
    return rows


def _latest(report: Report) -> str:
    latest = report.raised[-1] if report.raised else None
    return f"The latest: {words.day(latest.at)}, {latest.finding.title}" if latest else ""


def _gaps(reports: Sequence[Report], most: int) -> list[Block]:
    """Return what could not be known; a gap that several repositories share is told once."""
    counted = Counter(gap for report in reports for gap in dict.fromkeys(report.gaps))
    rows: list[Row] = [
        [_text(gap, 300), *([Text(text=f" ({number} repositories)")] if number > 1 else [])]
        for gap, number in counted.most_common()
    ]
    return _list("What could not be known", rows, most) if rows else []


def _list(label: str, rows: Sequence[Row], most: int, empty: str = "") -> list[Block]:
    head = _section(Text(text=label, style=_BOLD))
    if not rows:
        return [RichTextBlock(elements=[head, _section(Text(text=empty))])]
    shown = list(rows[:most])
    if (more := len(rows) - len(shown)) > 0:
        shown.append([Text(text=f"and {more} more")])
    listed = RichTextListElement(style="bullet", elements=[_section(*row) for row in shown])
    return [RichTextBlock(elements=[head, listed])]


def _header(text: str) -> HeaderBlock:
    return HeaderBlock(text=PlainTextObject(text=f"\U0001f4cb {text}", emoji=True))


def _foot(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text)])


def _link(report: Report, links: Links) -> Text | Link:
    name, url = slack_plain(report.repository.full_name, 150), links.repository(report.repository)
    return Link(url=url, text=name) if 0 < len(url) <= _LONGEST_LINK else Text(text=name)


def _what_helps(report: Report, links: Links) -> list[Text | Link]:
    """Lead to the page that says whom to ask for help, with words to send."""
    url = links.powers(report.repository.id)
    return [Text(text=" "), Link(url=url, text="What helps")] if 0 < len(url) <= _LONGEST_LINK else []


def _text(text: str, limit: int) -> Text:
    return Text(text=slack_plain(text, limit))


def _section(*parts: Text | Link) -> RichTextSectionElement:
    return RichTextSectionElement(elements=list(parts))


def _dicts(blocks: Iterable[Block]) -> list[dict[str, object]]:
    return [block.to_dict() for block in blocks]
