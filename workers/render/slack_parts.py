"""The pieces of rich text in Slack: text from outside is shown letter by letter, and cannot mention or link.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import RichTextElementParts, RichTextListElement, RichTextSectionElement

from workers.render.escape import slack_plain

Text = RichTextElementParts.Text
Link = RichTextElementParts.Link
Part = Text | Link
Element = RichTextSectionElement | RichTextListElement


def own(words: str, *, bold: bool = False) -> Text:
    """Return our own words, with their blanks and line breaks."""
    return Text(text=words, style=RichTextElementParts.TextStyle(bold=True) if bold else None)


def text(words: str, limit: int = 200) -> Text:
    """Return text from outside."""
    return Text(text=slack_plain(words, limit))


def bold(words: str, limit: int = 200) -> Text:
    """Return text from outside, in bold."""
    return Text(text=slack_plain(words, limit), style=RichTextElementParts.TextStyle(bold=True))


def italic(words: str, limit: int = 300) -> Text:
    """Return text from outside, in italics."""
    return Text(text=slack_plain(words, limit), style=RichTextElementParts.TextStyle(italic=True))


def link(words: str, url: str, limit: int = 150) -> Part:
    """Return a link, or only its words where there is no address."""
    shown = slack_plain(words, limit)
    return Link(url=url, text=shown) if url else Text(text=shown)


def section(*parts: Part) -> RichTextSectionElement:
    """Return a paragraph."""
    return RichTextSectionElement(elements=list(parts))


def label(words: str) -> RichTextSectionElement:
    """Return a heading of our own."""
    return section(own(words, bold=True))


def line(words: str, items: Iterable[Sequence[Part]], *, between: str = ", ") -> RichTextSectionElement:
    """Return a heading of our own and what it is about, in one line that wraps where it must."""
    parts: list[Part] = []
    for item in items:
        parts += [*([own(between)] if parts else []), *item]
    return section(own(words, bold=True), *parts)


def rows(lines: Iterable[Sequence[Part]]) -> RichTextListElement:
    """Return a list."""
    return RichTextListElement(style="bullet", elements=[section(*line) for line in lines])
