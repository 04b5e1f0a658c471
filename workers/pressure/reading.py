"""Reduce a comment to what its author says there: no quotes, no code, no hidden text, bounded, in plain words.

Every step takes time linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

MOST_CHARACTERS = 20_000
"""What is read of a comment; GitHub takes 65,536 characters, and whoever presses does not wait that long."""

_MOST_WORD = 40
_TIMES_REPEATED = 3
_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_INLINE_CODE = re.compile(r"`[^`\n]{0,300}`")
_ADDRESS = re.compile(r"https?://[^\s)>\]]{1,2000}")
_REPLY_HEADER = re.compile(r"(?:On|Am|Le|El) .{0,200}(?:wrote|schrieb|écrit|escribió) ?:\s*")
_END = re.compile(r"(?<=[.!?;:…])\s+|\n+|(?<=[?!])(?=[^\s?!])")
_NO_APOSTROPHES = dict.fromkeys(map(ord, "'\u2019\u02bc`"))
_WORD = re.compile(r"[^\W_]+|@(?=\w)|,")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as lower-case words with single spaces between and around them.

    Commas count as words, apostrophes are dropped (`dont`).
    """

    text: str
    asks: bool = False
    shouts: bool = False
    repeated: bool = False


def own_words(text: str) -> str:
    """Return a comment without quoted lines, code, HTML comments and addresses."""
    kept: list[str] = []
    fenced = False
    for line in _without_html_comments(text[:MOST_CHARACTERS]).splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and not line.lstrip().startswith(">") and not _REPLY_HEADER.fullmatch(line.strip()):
            kept.append(_ADDRESS.sub(" ", _INLINE_CODE.sub(" ", line)))
    return "\n".join(kept)


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return what the author says, sentence by sentence."""
    plain = unicodedata.normalize("NFKC", own_words(text))[:MOST_CHARACTERS]
    found = []
    for part in _END.split("".join(c for c in plain if unicodedata.category(c) != "Cf")):
        words = [word[:_MOST_WORD] for word in _WORD.findall(part.translate(_NO_APOSTROPHES))]
        if words:
            letters = [word for word in words if len(word) > 2 and word.isalpha()]
            shouts = len(letters) >= 4 and all(word.isupper() for word in letters)
            found.append(Sentence(f" {' '.join(words).lower()} ", asks="?" in part, shouts=shouts))
    times = Counter(s.text for s in found if s.text.count(" ") > 2)
    return tuple(replace(s, repeated=times[s.text] >= _TIMES_REPEATED) for s in found)


def _without_html_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start + 4)
        at = end + 3 if end >= 0 else len(text)
    return "".join([*kept, text[at:]])
