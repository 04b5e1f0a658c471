"""Reduce a comment to what its author says there: no quotes, no code, no hidden text, bounded, in plain words.

Every step takes time linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence, Set
from typing import NamedTuple

MOST_CHARACTERS = 4_000
"""What is read of an author's own words: whoever presses does not wait that long."""
_LONGEST = 65_536  # what GitHub takes

_MOST_WORD = 40
_MOST_WORDS = 60
_TIMES_REPEATED = 3
_MARKS = (">", "`", "~~~", "<!--", "://", "wrote", "schrieb", "crit", "escribi")
_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_INLINE_CODE = re.compile(r"`[^`\n]{0,300}`")
_ADDRESS = re.compile(r"https?://[^\s)>\]]{1,2000}")
_REPLY_HEADER = re.compile(r"(?:On|Am|Le|El) .{0,200}(?:wrote|schrieb|écrit|escribió) ?:\s*")
_END = re.compile(r"([.!?;:…]\s+|\n+|[?!](?=[^\s?!]))")
_NO_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019\u02bc`"))
_INVISIBLE = re.compile(  # Unicode's category Cf
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_APART = {c: " " for c in range(128) if not chr(c).isalnum() and chr(c) not in ",@"} | {ord("'"): None, ord("`"): None}
_ALL_APART = _APART | {ord(","): " ", ord("@"): " "}
"""For text in ASCII, where it is faster than `_WORD` and comes to the same."""
_SHOUTS = re.compile(r"[A-Z]{3,}[^a-z\n]{8,}")
_WORD = re.compile(r"[^\W_]+|@(?=\w)|,")


class Sentence(NamedTuple):
    """One sentence as lower-case words with single spaces between and around them.

    Commas count as words, apostrophes are dropped (`dont`).
    """

    text: str
    words: frozenset[str] = frozenset()
    asks: bool = False
    shouts: bool = False
    repeated: bool = False


def _plain(text: str) -> str:
    """Return text with one form for each character and without the invisible ones."""
    if text.isascii():
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)[:MOST_CHARACTERS])


def own_words(text: str) -> str:
    """Return a comment without quoted lines, code, HTML comments and addresses."""
    text = text[:_LONGEST]
    if not any(mark in text for mark in _MARKS):
        return text[:MOST_CHARACTERS]
    kept: list[str] = []
    fenced = False
    for line in _without_html_comments(text).splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and not line.lstrip().startswith(">") and not _is_reply_header(line.strip()):
            kept.append(_without_code_and_addresses(line))
    return "\n".join(kept)[:MOST_CHARACTERS]


def sentences(own: str) -> tuple[Sentence, ...]:
    """Return what an author says in their `own_words`, sentence by sentence."""
    plain = _plain(own)
    split = _ascii_words if plain.isascii() else _any_words
    may_shout = _SHOUTS.search(plain) is not None
    found = []
    parts = [*_END.split(plain if may_shout else plain.lower()), ""]
    for part, end in zip(parts[::2], parts[1::2], strict=True):
        words = split(part)
        asks = "?" in end or "?" in part
        for start in range(0, len(words), _MOST_WORDS):
            said = words[start : start + _MOST_WORDS]
            shouts = may_shout and _shouts(said)
            if may_shout:
                said = [word.lower() for word in said]
            found.append(Sentence(f" {' '.join(said)} ", frozenset(said), asks, shouts))
    times = Counter(s.text for s in found if len(s.words) > 1) if len(found) >= _TIMES_REPEATED else None
    if not times or max(times.values()) < _TIMES_REPEATED:
        return tuple(found)
    return tuple(s._replace(repeated=times[s.text] >= _TIMES_REPEATED) for s in found)


def _ascii_words(text: str) -> list[str]:
    words = text.replace(",", " , ").replace("@", " @ ").translate(_APART).split()
    if len(text) > _MOST_WORD and max(map(len, words), default=0) > _MOST_WORD:
        return [word[:_MOST_WORD] for word in words]
    return words


def _any_words(text: str) -> list[str]:
    return [word[:_MOST_WORD] for word in _WORD.findall(text.translate(_NO_APOSTROPHES))]


def _shouts(words: Sequence[str]) -> bool:
    letters = [word for word in words if len(word) > 2 and word.isalpha()]
    return len(letters) >= 4 and all(word.isupper() for word in letters)


def _is_reply_header(line: str) -> bool:
    return line.endswith(":") and _REPLY_HEADER.fullmatch(line) is not None


def _without_code_and_addresses(line: str) -> str:
    if "`" in line:
        line = _INLINE_CODE.sub(" ", line)
    return _ADDRESS.sub(" ", line) if "://" in line else line


def all_words(own: str) -> list[str]:
    """Return an author's own words in lower case, without their order in sentences, in a fraction of the time."""
    return (own if own.isascii() else _plain(own)).translate(_ALL_APART).lower().split()


def loud(own: str, words: Sequence[str], different: Set[str]) -> bool:
    """Say whether an author may be shouting, or saying the same again and again."""
    return len(words) > 2 * len(different) > 0 or _SHOUTS.search(own) is not None


def _without_html_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start + 4)
        at = end + 3 if end >= 0 else len(text)
    return "".join([*kept, text[at:]])
