"""All escaping: text from outside becomes plain text in every place we show it, and pings nobody.

First `plain` takes away what no reader can see or what moves the reader's cursor; then one function per place makes
sure that the place's own markup is read as letters. Lengths are bounded before and after.
"""

from __future__ import annotations

import html
import re

from github_app.plain import isolated, plain, safe_url


def terminal(text: str, limit: int = 500) -> str:
    """Return text for a terminal: no character can move the cursor, change colours or ring the bell."""
    return plain(text, limit)


def html_text(text: str, limit: int = 300) -> str:
    """Return text for HTML, inside an element or a quoted attribute."""
    return html.escape(plain(text, limit), quote=True)


# -- Slack -------------------------------------------------------------------------------------------------------

_BROADCAST = re.compile(r"@(?=(?:channel|here|everyone|group)(?![^\W_]))", re.IGNORECASE)


def slack_plain(text: str, limit: int = 300) -> str:
    """Return text for a `plain_text` object or a rich text element, which Slack does not read as markup; `-` for none.

    https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
    """
    return isolated(plain(text, limit - 2) or "-")


def slack_mrkdwn(text: str, limit: int = 300) -> str:
    """Return text for a message's `text`, which Slack does read as markup.

    `& < >` are its only escapes (docs.slack.dev/messaging/formatting-message-text), and without them no mention and no
    link is possible. Bold, italic, strike and code have no escape: their signs are replaced by look-alikes.
    """
    line = _BROADCAST.sub("\uff20", plain(text, limit))
    line = _SLACK_SIGN.sub(lambda found: _SLACK_LOOK_ALIKES[found[0]], line)
    return isolated(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def slack_link(label: str, url: str, limit: int = 100) -> str:
    """Return a link for a message's `text`; only the label where the URL is not one."""
    shown, target = (
        slack_mrkdwn(label, limit).replace("|", "\uff5c"),
        safe_url(url).replace("&", "&amp;").replace("|", "%7C"),
    )
    return f"<{target}|{shown}>" if target else shown


_SLACK_SIGN = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")  # an underscore between two letters formats nothing
_SLACK_LOOK_ALIKES = {"*": "\u2217", "~": "\u223c", "`": "\u02cb", "_": "\uff3f"}

# -- GitHub Markdown ---------------------------------------------------------------------------------------------

# A word goes into a code span, where GitHub links nothing, when it could mention (@x, @org/team), refer (#1, GH-1,
# a/b#1, a commit's id), link by itself, be an emoji or start mathematics.
_RISKY = re.compile(r"@|#\d|GH-\d|://|www\.|[0-9a-f]{7}|:[+\w-]+:|\$|GHSA-|CVE-|mailto:|xmpp:", re.IGNORECASE)
_WORD = re.compile(r"(?P<open>[(\[{\"'\u201c]*)(?P<core>.*?)(?P<close>[)\]}\"'\u201d,.;:!?\u2026]*)", re.DOTALL)
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#|~!^=])")
_STARTS_A_BLOCK = re.compile(r"^([-+>]|\d{1,9}(?=[.)]))")


def markdown(text: str, limit: int = 300) -> str:
    """Return text for GitHub Markdown, one line that mentions, refers to and closes nothing; `-` for none.

    GitHub looks for mentions and references after reading the Markdown, so backslashes and entities do not stop them;
    in code it does not look (github.github.com/gfm, docs.github.com "Basic writing and formatting syntax").
    """
    words = [_markdown_word(word) for word in (plain(text, limit) or "-").split(" ")]
    line = _STARTS_A_BLOCK.sub(_escaped_start, " ".join(words))
    return isolated(line)


def markdown_code(text: str, limit: int = 200) -> str:
    """Return text as a code span; a backtick inside becomes a look-alike."""
    inner = plain(text, limit).replace("`", "\u02cb").strip()
    return f"`{inner}`" if inner else "``\u02cb``"


def markdown_link(label: str, url: str, limit: int = 100) -> str:
    """Return a link whose label is code, so that it can mention nobody; only the label where the URL is not one."""
    target = safe_url(url).replace("&", "&amp;")
    return f"[{markdown_code(label, limit)}]({target})" if target else markdown_code(label, limit)


def _markdown_word(word: str) -> str:
    match = _WORD.fullmatch(word)
    if match is None or not _RISKY.search(word):
        return _letters(word)
    core = match["core"]
    if not core or _RISKY.search(match["open"] + match["close"]):
        return markdown_code(word, len(word))
    return f"{_letters(match['open'])}{markdown_code(core, len(core))}{_letters(match['close'])}"


def _letters(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _escaped_start(match: re.Match[str]) -> str:
    found = match[1]
    return f"&#{ord(found[0])};{found[1:]}" if found.isdigit() else f"\\{found}"


# -- shared ------------------------------------------------------------------------------------------------------
