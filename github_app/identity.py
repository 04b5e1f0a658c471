"""Which names belong to one person: numeric id first, then verified e-mail, then login.

A person's *keys* are strings, strongest first: `id:42`, `mail:a@b`, `login:x`. GitHub's no-reply addresses carry
the account (`42+octocat@users.noreply.github.com`, docs.github.com "Setting your commit email address") and are
reduced to it. Logins can be renamed and taken by somebody else, so `login:` only counts where no id is known.
"""

from __future__ import annotations

import re
from functools import lru_cache

from github_app.model import Person

_NOREPLY = re.compile(r"(?:(\d{1,12})\+)?([a-z0-9](?:[a-z0-9-]{0,38})(?:\[bot\])?)@users\.noreply\.github\.com", re.ASCII)
WEB_FLOW_EMAIL = "noreply@github.com"
"""Committer address of everything made with a button on github.com; it says nothing about who pressed it."""


def normalise_email(email: str) -> str:
    """Return the address trimmed, in lower case, without angle brackets; at most 320 characters (RFC 3696)."""
    return email.strip().strip("<>").strip().lower()[:320]


_MOST_KNOWN = 16_384
_known: dict[int, tuple[Person, tuple[str, ...]]] = {}


def keys(person: Person) -> tuple[str, ...]:
    """Return the identity keys of a person, strongest first; empty when nothing names them."""
    # Asked many times for each commit: the object itself is found faster than what it says can be compared.
    known = _known.get(id(person))
    if known is not None and known[0] is person:
        return known[1]
    found = _keys(person)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[id(person)] = (person, found)
    return found


@lru_cache(maxsize=_MOST_KNOWN)
def _keys(person: Person) -> tuple[str, ...]:
    found: list[str] = []
    if person.id is not None:
        found.append(f"id:{person.id}")
    login = person.login.strip().lower()
    email = normalise_email(person.email)
    if match := _NOREPLY.fullmatch(email):
        number, account = match.groups()
        if number and person.id is None:
            found.append(f"id:{int(number)}")
        login = login or account
    elif "@" in email and email != WEB_FLOW_EMAIL:
        found.append(f"mail:{email}")
    if login:
        found.append(f"login:{login}")
    if not found and person.name.strip():
        found.append(f"name:{person.name.strip().lower()[:200]}")
    return tuple(dict.fromkeys(found))


def is_bot(person: Person) -> bool:
    """Say whether GitHub itself calls this account a bot; a name that only looks like one does not count."""
    return person.bot


def wears_bot_name(person: Person) -> bool:
    """Say whether somebody carries a bot's name; with a person's account behind it that is a finding."""
    text = f"{person.name} {person.login}".lower()
    return "[bot]" in text or person.name.lower() in {"dependabot", "renovate", "github-actions"}


def is_web_flow(person: Person) -> bool:
    """Say whether this is GitHub's own committer for changes made with a button."""
    return normalise_email(person.email) == WEB_FLOW_EMAIL or person.login.lower() == "web-flow"
