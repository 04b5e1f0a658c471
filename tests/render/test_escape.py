"""Text from outside is plain text everywhere, and stays readable."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from markdown_it import MarkdownIt

from tests.render.hostile import LONG, TEXT, UNSEEN, unpaired_isolates
from workers.render import escape

MARKDOWN = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
# As GitHub looks for them where there is neither code nor a link: mentions, references, addresses, emoji, mathematics.
LINKED = re.compile(r"@[\w-]|#\d|\bGH-\d|https?://|www\.|:[+\w-]+:|\$|\b[0-9a-f]{7,40}\b", re.IGNORECASE)


def readable(markdown: str) -> list[tuple[str, str]]:
    """Return (kind, content) of each piece that GitHub would show."""
    found = []
    for token in MARKDOWN.parse(markdown):
        found += [(child.type, child.content) for child in token.children or [(token)] if child.type != "softbreak"]
    return [(kind, content) for kind, content in found if kind not in {"paragraph_open", "paragraph_close"}]


@settings(max_examples=400, deadline=None)
@given(TEXT)
@example(LONG)
def test_markdown_is_text_and_code_only(text: str) -> None:
    """Nothing from outside becomes a link, an image, HTML, a list, a mention or a reference."""
    shown = escape.markdown(text, 300)
    pieces = readable(shown)
    assert {kind for kind, _ in pieces} <= {"text", "code_inline", "text_special", "inline"}
    outside_code = "\x00".join(content for kind, content in pieces if kind in {"text", "text_special"})
    assert not LINKED.search(outside_code.replace("\x00", ""))
    assert "\n" not in shown
    assert not UNSEEN.search(shown)
    assert not unpaired_isolates(shown)


@settings(max_examples=400, deadline=None)
@given(TEXT)
@example(LONG)
@example("__0")
@example("@channel_")
def test_slack_markup_is_impossible(text: str) -> None:
    """In a message's text there is no angle bracket, no sign of formatting and no group mention left."""
    shown = escape.slack_mrkdwn(text, 300)
    assert "<" not in shown
    assert ">" not in shown
    assert not re.search(r"[*~`]|(?<!\w)_\w", shown)
    assert not re.search(r"@(channel|here|everyone)\b", shown, re.IGNORECASE)
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    assert not UNSEEN.search(shown)


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes = [value for _, value in attrs]


@settings(max_examples=200, deadline=None)
@given(TEXT)
def test_html_is_text_only(text: str) -> None:
    """In HTML, as content and as an attribute, nothing becomes an element or leaves its quotes."""
    parser = _Elements()
    parser.feed(f'<p title="{escape.html_text(text)}">{escape.html_text(text)}</p>')
    assert parser.tags == ["p"]
    assert len(parser.attributes) == 1


@settings(max_examples=200, deadline=None)
@given(TEXT)
@example(LONG)
def test_plain_is_one_visible_bounded_line(text: str) -> None:
    """A terminal or a log gets one line, never longer than asked for, without anything unseen."""
    shown = escape.terminal(text, 80)
    assert len(shown) <= 80
    assert "\n" not in shown
    assert not UNSEEN.search(shown)
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jia Tan (@JiaT75) merged", "Jia Tan \\(`@JiaT75`\\) merged"),
        ("closes #12 and GH-3", "closes `#12` and `GH-3`"),
        ("ask @acme/core, please", "ask `@acme/core`, please"),
        ("see https://x.example/a.", "see `https://x.example/a`."),
        ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
        ("1. first", "&#49;. first"),
        ("pushed to main", "pushed to main"),
    ],
)
def test_markdown_reads_well(text: str, shown: str) -> None:
    """Escaping leaves a sentence a sentence."""
    assert escape.markdown(text) == shown


def test_what_is_hidden_is_written_out() -> None:
    """An override or an invisible character in a name can be seen by whoever reads the alert."""
    assert escape.plain("Jia\u202etan \u200b") == "Jia[U+202E]tan [U+200B]"


def test_right_to_left_names_stay_in_their_place() -> None:
    """Letters written from right to left are kept and cannot turn the words around them."""
    assert escape.slack_plain("\u05d0\u05d1 (@x)") == "\u2068\u05d0\u05d1 (@x)\u2069"


def test_long_text_is_cut_visibly() -> None:
    """Whatever is left out is announced by an ellipsis."""
    assert escape.plain("a" * 50, 10) == "aaaaaaaaa\u2026"
    assert escape.plain(" " * 5_000 + "x", 10) == "\u2026"


def test_a_hundred_kilobytes_cost_nothing() -> None:
    """A title of 100 kB is cut before it is worked on."""
    started = time.perf_counter()
    for _ in range(20):
        escape.markdown(LONG, 300)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "https://a@evil.example/", "https://", "//evil.example", "https://e\nvil.example",
        "https://evil.example" + "a" * 3_000, "https://[::1", "ftp://x.example", "https://ex ample.com", "",
    ],
)  # fmt: skip
def test_only_web_addresses_are_linked(url: str) -> None:
    """Anything that is not a plain http(s) address is no link."""
    assert escape.safe_url(url) == ""


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://github.com/a/b/tree/x)y", "https://github.com/a/b/tree/x%29y"),
        ('https://github.com/"><script>', "https://github.com/%22%3E%3Cscript%3E"),
        ("https://github.com/a?b=1&c=2#d", "https://github.com/a?b=1&c=2#d"),
        ("http://127.0.0.1:8000/alerts/3", "http://127.0.0.1:8000/alerts/3"),
        ("https://github.com/\u202e\ud800", "https://github.com/%E2%80%AE?"),
    ],
)
def test_addresses_are_encoded(url: str, safe: str) -> None:
    """What could end a link early is percent-encoded."""
    assert escape.safe_url(url) == safe


def test_an_ampersand_in_a_link_is_no_entity() -> None:
    """`&copy=1` in an address stays what it is."""
    (link,) = [
        t for t in MARKDOWN.parse(escape.markdown_link("x", "https://x.example/?a=1&copy=1"))[1].children or [] if t.attrs
    ]
    assert link.attrs["href"] == "https://x.example/?a=1&copy=1"
