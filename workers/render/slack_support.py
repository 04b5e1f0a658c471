"""What a message about pressure offers: an answer to paste, whom to ask for help, ways to give. Private channels only."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    Block,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from github_app.links import Links
from github_app.model import Alert
from github_app.support import Support
from workers.render.escape import slack_plain

Text = RichTextElementParts.Text
Link = RichTextElementParts.Link
_BOLD = RichTextElementParts.TextStyle(bold=True)
_MOST_LINKS = 3


def block(support: Support, alert: Alert, links: Links) -> Block:
    """Return the part of the message that helps; the page of the alert has more, where there is one."""
    elements: list[RichTextSectionElement | RichTextQuoteElement | RichTextListElement] = []
    if support.reply:
        elements += [
            _section(Text(text="An answer you could paste", style=_BOLD)),
            RichTextQuoteElement(elements=[Text(text=support.reply)]),
        ]
    rows = []
    if support.alone:
        people = "; ".join(f"{slack_plain(c.person.label, 60)} {c.why}" for c in support.candidates)
        who = people or "the ledger knows nobody who has been active here for a year"
        rows.append(_section(Text(text="Could share the work, if asked in person: ", style=_BOLD), Text(text=who)))
    if support.funding:
        shown: list[Text | Link] = [Text(text="The project asks for support: ", style=_BOLD)]
        for number, link in enumerate(support.funding[:_MOST_LINKS]):
            shown += [*([Text(text=", ")] if number else []), Link(url=link.url, text=slack_plain(link.name, 60))]
        rows.append(_section(*shown))
    if address := links.alert(alert.id):
        rows.append(_section(Text(text="More words to send: "), Link(url=address, text=f"alert {alert.id}")))
    if rows:
        elements.append(RichTextListElement(style="bullet", elements=rows))
    return RichTextBlock(elements=elements)


def _section(*parts: Text | Link) -> RichTextSectionElement:
    return RichTextSectionElement(elements=list(parts))
