"""Sentences that detectors of guards and inventory share. Plain text: nothing is escaped here."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from github_app.estate import Settings, differences
from github_app.fact import Fact
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Subject
from github_app.rules import Rule
from workers.detectors import _words

KEEPERS = (Power.ADMIN, Power.OWNER, Power.MERGER, Power.COMMITTER)
"""Whose judgement is asked about what guards a repository."""
_MOST = 8


def doer(fact: Fact) -> str:
    """Return who did it, for the beginning of a sentence."""
    return _words.named(fact.actor) if fact.actor else "Somebody GitHub does not name"


def where(fact: Fact) -> str:
    """Return the repository or organisation, for a sentence."""
    return fact.repository.full_name if fact.repository else fact.organization or "this account"


def about(fact: Fact, ledger: LedgerView) -> str:
    """Return a sentence about how whoever did it first appeared here, with a space before it."""
    return f" {_words.path(ledger, fact.actor, fact.at)}" if fact.actor is not None and fact.repository is not None else ""


def unsaid(fact: Fact) -> str:
    """Return a sentence about what is not known of a fact, with a space before it."""
    return f" {fact.gap[:1].upper()}{fact.gap[1:]}." if fact.gap else ""


def day(fact: Fact) -> str:
    """Return the date of a fact in UTC."""
    return _words.day(fact.at)


def in_spite_of(rules: Sequence[Rule]) -> str:
    """Return a sentence about guards that forbid what was done, with a space before it; nothing where none does."""
    named = listed([rule.guard for rule in rules])
    return f" Forbidden by {named}: whoever did it may pass." if rules else ""


def listed(sentences: Sequence[str]) -> str:
    """Return several short sentences as one."""
    shown = "; ".join(sentences[:_MOST])
    return f"{shown}; and {len(sentences) - _MOST} more" if len(sentences) > _MOST else shown


def state(settings: Settings | None, other: Settings | None, since: dt.datetime | None = None) -> str:
    """Return how a thing was or is, for `Finding.before` and `.after`: what differs in words, the whole by a hash.

    The same settings give the same words, whoever told us, so a webhook and a poll of one change make one alert. `since`
    tells a second time from the first.
    """
    seen = f", seen {_words.stamp(since)}" if since is not None else ""
    if settings is None:
        return "not known"
    if not settings:
        return f"not there{seen}"
    mark = hashlib.sha256(repr([(s.name, s.value) for s in settings]).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    changed = {d.name for d in differences(settings, other or ())}
    told = ", ".join(f"{s.name} {s.value}" for s in settings if s.name in changed)[:300]
    return f"{told or 'as it was'} [{mark}]{seen}"


def finding(
    fact: Fact,
    severity: Severity,
    title: str,
    why: str,
    *,
    before: str,
    after: str,
    what: str = "",
    subject: Subject | None = None,
    powers: tuple[Power, ...] = KEEPERS,
    grantor: Person | None = None,
    pull: int | None = None,
    private: bool = False,
    gains: tuple[Power, ...] = (),
) -> Finding:
    """Return a finding with what all of them share: the link as evidence, the keepers asked, whoever did it named."""
    if before == after:
        after = f"{after}, again on {_words.stamp(fact.at)}"
    return Finding(
        severity=severity,
        subject=subject or Subject(person=fact.actor or Person()),
        title=title,
        why=why,
        before=before,
        after=after,
        evidence=(Evidence(kind="event", value=what or title[:200], url=fact.url),),
        powers=powers,
        grantor=grantor,
        pull=pull,
        private=private,
        gains=gains,
    )
