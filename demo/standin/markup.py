"""Draw what the app wrote the way the two services would: GitHub's Markdown and Slack's mrkdwn, made safe.

GitHub renders Markdown, then keeps a list of tags and drops the rest (github.com/github/markup, "GitHub Markup",
step 2); HTML comments vanish, `@name` outside of code becomes a link that notifies. Slack: docs.slack.dev,
"Formatting message text".
"""

from __future__ import annotations

import datetime as dt
import re
from html import escape
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markupsafe import Markup

_ALLOWED = {
    *("a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "s", "span", "strike", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "th", "thead", "tr", "tt", "ul"),
}
_DROPPED = {"script", "style", "title", "textarea", "iframe", "xmp", "noembed", "noframes", "plaintext"}
_EMPTY = {"br", "hr"}
_MENTION = re.compile(r"(?<![\w/@`])@([A-Za-z\d](?:-?[A-Za-z\d]){0,38}(?:/[\w-]+)?)")
_MARKDOWN = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
EMOJI = {
    "rotating_light": "🚨", "warning": "⚠️", "red_circle": "🔴", "large_orange_circle": "🟠", "large_yellow_circle": "🟡",
    "large_green_circle": "🟢", "large_blue_circle": "🔵", "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌",
    "eyes": "👀", "zzz": "💤", "key": "🔑", "information_source": "\u2139\ufe0f", "bell": "🔔", "lock": "🔒", "mag": "🔍",
    "large_yellow_square": "🟨", "large_red_square": "🟥", "large_orange_square": "🟧", "white_circle": "⚪",
}  # fmt: skip


class _Sanitizer(HTMLParser):
    """Keeps allowed tags and safe links, drops comments and dangerous elements, marks mentions."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)  # a mention written with entities notifies all the same
        self.out: list[str] = []
        self._open: list[str] = []
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an allowed tag; of its attributes only links, `open` and numbers of cells survive."""
        if tag in _DROPPED:
            self._dropping += 1
        if self._dropping or tag not in _ALLOWED:
            return
        kept = ""
        for name, value in attrs:
            if name == "href" and re.match(r"https?://|mailto:|#|/", value or ""):
                kept += f' href="{escape(value or "")}" rel="nofollow"'
            elif name == "open" or (name in {"colspan", "rowspan", "start"} and (value or "").isdigit()):
                kept += f' {name}="{escape(value or "")}"'
        self.out.append(f"<{tag}{kept}>")
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag that is open."""
        if tag in _DROPPED:
            self._dropping = max(0, self._dropping - 1)
        if tag in self._open:
            while self._open:
                last = self._open.pop()
                self.out.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        """Write text; outside of code and links a mention becomes one."""
        if self._dropping:
            return
        text = escape(data, quote=False)
        if not {"code", "pre", "a"} & set(self._open):
            text = _MENTION.sub(r'<a class="mention" title="GitHub would notify @\1" href="/\1">@\1</a>', text)
        self.out.append(text)


def markdown(text: str) -> Markup:
    """Return a GitHub comment as safe HTML."""
    parser = _Sanitizer()
    parser.feed(_MARKDOWN.render(text))
    parser.close()
    while parser._open:
        parser.out.append(f"</{parser._open.pop()}>")
    return Markup("".join(parser.out))  # noqa: S704  # built from escaped text and an allow-list above


def mrkdwn(text: str, names: dict[str, str] | None = None) -> Markup:
    """Return Slack's mrkdwn as safe HTML. `names` maps user ids to names for `<@U1>`."""
    parts = re.split(r"(```.*?```|`[^`\n]+`)", text, flags=re.DOTALL)
    done = [_code(part) if number % 2 else _prose(part, names or {}) for number, part in enumerate(parts)]
    return Markup("".join(done))  # noqa: S704  # every piece was escaped


def plain(text: str, *, emoji: bool = True) -> Markup:
    """Return Slack's plain_text as safe HTML."""
    safe = escape(text, quote=False)
    return Markup((_emoji(safe) if emoji else safe).replace("\n", "<br>"))  # noqa: S704


def _code(text: str) -> str:
    if text.startswith("```"):
        return f"<pre>{_safe(text[3:-3].strip())}</pre>"
    return f"<code>{_safe(text[1:-1])}</code>"


def _safe(text: str) -> str:
    """Slack wants &, < and > written as entities, so decode those three before escaping everything."""
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return escape(text, quote=True)


def _prose(text: str, names: dict[str, str]) -> str:
    pieces = re.split(r"<([^<>]+)>", text)
    out = ""
    for number, piece in enumerate(pieces):
        out += _special(piece, names) if number % 2 else _styled(_safe(piece))
    lines = [f"<blockquote>{line[5:]}</blockquote>" if line.startswith("&gt; ") else line for line in out.split("\n")]
    return "<br>".join(lines).replace("</blockquote><br>", "</blockquote>")


def _styled(text: str) -> str:
    for mark, tag in (("*", "strong"), ("_", "em"), ("~", "del")):
        m = re.escape(mark)
        text = re.sub(rf"(?<![\w{m}]){m}(?=\S)([^{m}\n]*?\S){m}(?![\w{m}])", rf"<{tag}>\1</{tag}>", text)
    return _emoji(text)


def _special(text: str, names: dict[str, str]) -> str:
    target, _, label = text.partition("|")
    if target.startswith("@"):
        return f'<span class="ping">@{_safe(label or names.get(target[1:], target[1:]))}</span>'
    if target.startswith("!date^"):
        return _safe(label or _date(target))
    if target.startswith("!"):
        return f'<span class="ping" title="Slack would notify everybody">@{_safe(target[1:])}</span>'
    if target.startswith("#"):
        return f'<span class="ping">#{_safe(label or target[1:])}</span>'
    if re.match(r"https?://|mailto:", target):
        return f'<a href="{_safe(target)}">{_safe(label or target)}</a>'
    return _safe(f"<{text}>")


def _date(text: str) -> str:
    seconds = text.split("^")[1]
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).strftime("%Y-%m-%d %H:%M UTC") if seconds.isdigit() else text


def _emoji(text: str) -> str:
    return re.sub(r":([a-z0-9_+-]+):", lambda m: EMOJI.get(m[1], m[0]), text)
