"""Hear a comment: from its words and its author's role to the mark that is remembered. Pure.

The role comes first: what somebody with rights writes about their own project is never pressure; it is only looked
through for a disclosure of illness, overload or being alone, since a demand soon after one is part of the pattern.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import replace

from github_app.comments import Mark
from github_app.fact import CommentWritten, Fact
from github_app.identity import wears_bot_name
from github_app.ledger import LedgerView
from github_app.model import Person, Power
from workers.pressure._lists import ALSO_NAMES
from workers.pressure.reading import own_words
from workers.pressure.signals import BY_NAME, DISCLOSURE, discloses, read

STANDING = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""GitHub's `author_association` of those who hold rights."""
STRANGERS = frozenset({"", "NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN"})
RECENT = dt.timedelta(days=365)
"""Whose work landed within this time counts as a contributor who may gain rights."""

_WRITTEN = frozenset({"opened", "created", "edited"})
_LANDING = (Power.COMMITTER, Power.MERGER, Power.ADMIN, Power.OWNER)
_MENTION = re.compile(r"(?<![\w/])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))(?![\w/])")
_MOST_NAMED = 5
_SHORTEST_NAME = 3


def hear(fact: Fact, ledger: LedgerView) -> Fact:
    """Return a comment together with its mark; every other fact as it is."""
    if not isinstance(fact, CommentWritten) or fact.action not in _WRITTEN or fact.actor is None:
        return fact
    return replace(fact, mark=_mark(fact, fact.actor, ledger))


def _mark(fact: CommentWritten, who: Person, ledger: LedgerView) -> Mark:
    association = fact.association.upper()
    held = {h.power for h in ledger.powers_of(who) if h.revoked_at is None} - {Power.AUTHOR}
    standing = association in STANDING or bool(held)
    mark = Mark(
        thread=fact.thread,
        comment=fact.comment_id,
        at=fact.at,
        author=who,
        standing=standing,
        stranger=not standing and association in STRANGERS,
        joined_at=fact.actor_created_at,
        url=fact.url,
    )
    if who.bot or wears_bot_name(who):
        return mark
    if standing:
        signals = (DISCLOSURE.name,) if discloses(fact.text) else ()
        return replace(mark, signals=signals)
    reading = read(fact.text)
    if not reading.signals:
        return mark
    helped = beneficiaries(fact, ledger, claims="access-claim" in reading.names or "access-request" in reading.names)
    return replace(mark, signals=reading.names, score=reading.score, beneficiaries=helped)


def beneficiaries(fact: CommentWritten, ledger: LedgerView, *, claims: bool) -> tuple[Person, ...]:
    """Return whom a comment would help: those it names, who wrote the patch it is about, or its author who asks for rights.

    Whoever can land work here already gains nothing: a maintainer who is addressed by name is no beneficiary.
    """
    found = [*named(fact.text, contributors(ledger, fact.at))]
    writer, who = fact.thread_author, fact.actor
    if writer is not None and not _same(ledger, writer, who) and (fact.on_pull or ledger.holding(Power.AUTHOR, writer)):
        found.append(writer)
    if claims and who is not None:
        found.append(who)
    kept: list[Person] = []
    for person in found:
        lands = any(h.power in _LANDING and h.revoked_at is None for h in ledger.powers_of(person))
        itself = _same(ledger, person, who) and not claims
        if not lands and not itself and not person.bot and not any(_same(ledger, person, k) for k in kept):
            kept.append(person)
    return tuple(kept[:_MOST_NAMED])


def names_people(text: str) -> bool:
    """Say whether a comment presses and could name somebody, so that it matters who contributed lately."""
    return any(BY_NAME[name].weight or name == "endorses" for name in read(text).names)


def contributors(ledger: LedgerView, at: dt.datetime) -> tuple[Person, ...]:
    """Return people whose work landed here lately and who are known to the ledger at hand."""
    held = ledger.holders(Power.AUTHOR)
    return tuple(h.person for h in held if h.last_used is not None and at - h.last_used <= RECENT and not h.person.bot)


def mentioned(text: str) -> tuple[str, ...]:
    """Return the accounts that a comment names with an @, outside of quotes and code."""
    return tuple(dict.fromkeys(_MENTION.findall(own_words(text))))[:_MOST_NAMED]


def named(text: str, people: Iterable[Person]) -> tuple[Person, ...]:
    """Return accounts named with an @, and those of `people` whose name stands in the text as a name, in capitals."""
    words = own_words(text)
    by_login = {p.login.lower(): p for p in people if p.login}
    found = [by_login.get(login.lower(), Person(login=login)) for login in mentioned(text)]
    capitals = set(re.findall(r"\b[A-Z]\w{2,40}", words))
    if capitals:
        found += [p for p in people if _is_named(p, words, capitals)]
    return tuple(dict.fromkeys(found))


def _is_named(person: Person, text: str, capitals: set[str]) -> bool:
    if not person.name or len(person.name) < _SHORTEST_NAME:
        return bool(person.login) and person.login in capitals
    first = person.name.split()[0]
    if person.name in text or (person.login and person.login in capitals):
        return True
    return len(first) >= _SHORTEST_NAME and first in capitals and first.lower() not in ALSO_NAMES


def _same(ledger: LedgerView, one: Person, other: Person | None) -> bool:
    return other is not None and (one == other or ledger.same(one, other))
