"""Text from outside as plain text: what cannot be seen is written out, and only real addresses are links.

The first step of all escaping. The markup of each place is dealt with where that place is written to.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

_BLANKS = re.compile(r"\s+")
_MARKS_IN_A_ROW = 3
# Letters by category that draw nothing: fillers of Hangul and Braille, often used as invisible names.
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def plain(text: str, limit: int = 300) -> str:
    """Return text as one line of visible characters, at most `limit` long.

    Line breaks and tabs become blanks. Control characters (terminal escapes among them), bidirectional overrides,
    zero-width and other invisible characters are written out, like `[U+202E]`: who hides something in a name is
    worth seeing. More than three combining marks in a row are dropped.
    """
    shown: list[str] = []
    marks = 0
    # Whatever is beyond cannot be shown anyway, and 100 kB of a title must not cost 100 kB of work.
    for character in _BLANKS.sub(" ", text[: 4 * limit]):
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks > _MARKS_IN_A_ROW or "\ufe00" <= character <= "\ufe0f":
            continue
        shown.append(f"[U+{ord(character):04X}]" if _invisible(character) else character)
    line = "".join(shown).strip()
    if len(line) <= limit and len(text) <= 4 * limit:
        return line
    return line[: limit - 1].rstrip() + "\u2026"


def _invisible(character: str) -> bool:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return hidden or character in _INVISIBLE_LETTERS or character >= "\U000e0000"


def safe_url(url: str, limit: int = 2_000) -> str:
    """Return an http(s) URL fit for an attribute, Markdown or Slack, or "" when it is not one.

    Credentials, blanks, quotes, brackets, angle brackets and everything outside ASCII are refused or percent-encoded.
    """
    if len(url) > limit or re.search(r"[\x00-\x20\x7f]", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not re.fullmatch(
        r"[\w.-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?", parts.netloc, re.ASCII
    ):
        return ""
    return quote(url.encode("utf-8", "replace"), safe="/:?#=&%+,;@~!$-._[]" if "[" in parts.netloc else "/:?#=&%+,;@~!$-._")


def path_part(text: str) -> str:
    """Return text as part of a URL's path, with slashes kept."""
    return quote(text.encode("utf-8", "replace"), safe="/")


def isolated(line: str) -> str:
    """Keep right-to-left letters from turning the words around them; our own isolates, always in pairs (UAX #9)."""
    if any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in line):
        return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}"
    return line
