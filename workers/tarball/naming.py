"""Names made to be taken for others: letters of two scripts in one word, signs nobody sees, names that a disk may merge."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
"""Scripts with letters that look alike (Unicode TR 39, "Confusable Detection"); Chinese beside Latin is no trick."""
_INVISIBLE = frozenset({"Cf", "Zl", "Zp", "Cc"})


def deceptive(name: str) -> str:
    """Return in a phrase why a path looks like another one, "" when it does not."""
    if name.isascii():
        return ""
    if any(unicodedata.category(c) in _INVISIBLE for c in name):
        return "its name holds signs that nobody sees"
    for part in name.replace(".", "/").split("/"):
        scripts = {s for c in part if c.isalpha() for s in _SCRIPTS if unicodedata.name(c, "").startswith(s)}
        if len(scripts) > 1:
            return f"its name mixes letters of {' and '.join(sorted(s.capitalize() for s in scripts))} that look alike"
    return ""


def merged(name: str) -> str:
    """Return what a file system that ignores case and forms of letters takes a path for (Windows, macOS)."""
    return unicodedata.normalize("NFKC", name).casefold()


def twins(names: Collection[str]) -> frozenset[str]:
    """Return the names that such a file system takes for another one's."""
    seen: dict[str, list[str]] = {}
    for name in names:
        seen.setdefault(merged(name), []).append(name)
    return frozenset(name for same in seen.values() if len(same) > 1 for name in same)
