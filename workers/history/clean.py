"""Make text out of a git repository harmless at the edge: bounded, printable, valid Unicode, one line."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from github_app.identity import WEB_FLOW_EMAIL, normalise_email
from github_app.model import Person

MOST_NAME, MOST_EMAIL, MOST_TITLE, MOST_PATH = 200, 320, 200, 4096
_JOINERS = "\u200c\u200d"  # needed by some scripts; every other invisible character only hides something


def line(text: str, most: int) -> str:
    """Return one printable line of at most `most` characters.

    Control characters (terminal escapes, newlines, NUL) become spaces, invisible and text-direction characters are
    dropped, so that neither a terminal nor a reader sees anything but what is written.
    """
    cut = text[: 4 * most]
    if not cut.isprintable():
        cut = "".join(_shown(character) for character in cut)
    return " ".join(cut.split())[:most].rstrip() if "  " in cut or cut != cut.strip() else cut[:most]


def decoded(raw: bytes, most: int) -> str:
    """Return bytes as one printable line; what is not UTF-8 shows as the replacement character."""
    return line(raw[: 16 * most].decode("utf-8", "replace"), most)


def path(raw: bytes) -> str:
    """Return a path as text. Spaces stay as they are: a name is compared, not only shown."""
    text = raw[: 4 * MOST_PATH].decode("utf-8", "replace")
    if not text.isprintable():
        text = "".join(_shown(character) or "\ufffd" for character in text)
    return text[:MOST_PATH]


def person(name: bytes, email: bytes) -> Person:
    """Return somebody as a commit or tag names them."""
    return _person(name[: 16 * MOST_NAME], email[: 16 * MOST_EMAIL])


@lru_cache(maxsize=20_000)
def _person(name: bytes, email: bytes) -> Person:
    address = "".join(decoded(email, MOST_EMAIL).split())
    # Brackets cannot be in a login that a person chooses, so this address is an app's own. Anybody can write it, though.
    local, _, host = normalise_email(address).partition("@")
    bot = local.endswith("[bot]") and host == "users.noreply.github.com"
    return Person(name=decoded(name, MOST_NAME), email=address, bot=bot and address != WEB_FLOW_EMAIL)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    if category == "Cs":
        return "\ufffd"
    return "" if category in {"Cf", "Co", "Cn"} and character not in _JOINERS else character
