"""Somebody approved a pull request for the first time, where the past of approving is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.fact import ReviewGiven
from github_app.identity import keys
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _standing, _words

_KNOWN = dt.timedelta(days=90)
"""Git tells of no approvals: nobody is new at them until they were heard of for so long."""

_INSIDE = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_WRITES = (Power.COMMITTER, Power.MERGER, Power.ADMIN, Power.OWNER)


def detect(change: Change) -> Iterable[Finding]:
    """Report a first approval; it is loud where neither approver nor author has landed work for a year."""
    fact: ReviewGiven = change.fact
    ledger, who = change.ledger, fact.actor
    if fact.verdict != "approved" or who is None or not keys(who) or ledger.same(who, fact.author):
        return ()
    held = ledger.holding(Power.APPROVER, who)
    others = [h for h in ledger.holders(Power.APPROVER) if _words.used(h) and not ledger.same(h.person, who)]
    quiet = _words.used(held) or _words.accepted(held) or _standing.expected(ledger, who)
    heard = [others[0].since] if others else []
    heard += [ledger.settled_at] if ledger.settled_at is not None else []
    if quiet or not heard or fact.at - min(heard) < _KNOWN or _standing.old_hand(ledger, who, fact.at):
        return ()
    counts = (
        who.bot
        or fact.association in _INSIDE
        or any(h.power in _WRITES and h.revoked_at is None for h in ledger.powers_of(who))
    )
    both_new = counts and not _standing.old_hand(ledger, fact.author, fact.at)
    first = not others and not _standing.old_hand(ledger, fact.author, fact.at)
    reach = (
        f"{_others(len(others))}, theirs can now let work in."
        if counts
        else "No right to write is known of them; then GitHub does not count it."
    )
    return [
        Finding(
            severity=Severity.MEDIUM if both_new or first else Severity.LOW,
            subject=Subject(person=who),
            title=f"{_words.named(who)} approved a pull request {_words.again(held)}",
            why=f"{_words.path(ledger, who, fact.at)} {reach} {_author(ledger, fact.author, fact.at)}",
            before=_words.before(held),
            after="approves",
            evidence=(Evidence(kind="pull", value=f"#{fact.number}", url=fact.url),),
            powers=(Power.APPROVER, Power.MERGER, Power.COMMITTER),
            pull=fact.number or None,
        )
    ]


def _others(count: int) -> str:
    if count == 0:
        return "Where nobody else is known to approve"
    return f"Where {count} {'other has' if count == 1 else 'others have'} approved"


def _author(ledger: LedgerView, author: Person, at: dt.datetime) -> str:
    since = _standing.landing_since(ledger, author)
    if since is None:
        return f"Its author, {author.label}, has not landed work here themselves."
    return f"Its author, {author.label}, has landed work here since {_words.day(since)}, {_words.gap(at - since)} earlier."


DETECTOR = Detector(
    watches=(ReviewGiven,), stage=Stage.STABLE, step=Step.USE, severities=(Severity.LOW, Severity.MEDIUM), detect=detect
)
