"""Lenient reading of single values: the value in our type, or an empty one; wrong types, nulls and nonsense never raise.

Text is made storable here, once: PostgreSQL refuses NUL characters and UTF-8 has no lone surrogates.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from github_app.model import Person, Repository

_NOTHING: Mapping[str, Any] = {}
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_LARGEST = 2**63 - 1  # what a BIGINT column can hold


def table(value: object) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: object) -> list[Any]:
    """Return a JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def text(value: object, most: int = 500) -> str:
    """Return a string that can be stored, at most `most` characters long, or ""."""
    if not isinstance(value, str):
        return ""
    cut = value[:most]
    if cut.isascii():
        return cut.replace("\0", "\ufffd") if "\0" in cut else cut
    return cut.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def sha(value: object) -> str:
    """Return a full SHA-1 or SHA-256 object name, or ""."""
    return value if isinstance(value, str) and _SHA.fullmatch(value) else ""


def link(value: object) -> str:
    """Return an http(s) URL, or ""."""
    return text(value, 2000) if isinstance(value, str) and value.startswith(("https://", "http://")) else ""


def number(value: object) -> int:
    """Return a positive whole number, or 0; True is not a number."""
    return value if type(value) is int and 0 < value <= _LARGEST else 0


def when(value: object) -> dt.datetime | None:
    """Return a time in UTC from epoch seconds or ISO 8601 text, or None."""
    try:
        if type(value) is int:
            return dt.datetime.fromtimestamp(value, dt.UTC)
        if isinstance(value, str):
            at = dt.datetime.fromisoformat(value)
            return at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def person(user: object) -> Person | None:
    """Return a GitHub account, or None when neither id nor login is there."""
    if not isinstance(user, dict):
        return None
    number_, login = number(user.get("id")), text(user.get("login"), 100)
    if not number_ and not login:
        return None
    return Person(id=number_ or None, login=login, bot=user.get("type") == "Bot")


def repository(value: object) -> Repository | None:
    """Return the identity of a repository, or None when its id or name is missing."""
    found = table(value)
    number_, full_name = number(found.get("id")), text(found.get("full_name"), 200)
    if not number_ or "/" not in full_name:
        return None
    owner = table(found.get("owner"))
    return Repository(
        id=number_,
        full_name=full_name,
        owner_id=number(owner.get("id")),
        default_branch=text(found.get("default_branch")) or text(found.get("master_branch")),
    )
