"""How long somebody has been somebody here, and what the repository is used to: questions several detectors ask."""

from __future__ import annotations

import datetime as dt

from github_app.fact import Commit
from github_app.identity import keys
from github_app.ledger import Holding, LedgerView
from github_app.model import Person, Power
from github_app.remember import LANDINGS
from workers.detectors import Change

A_YEAR = dt.timedelta(days=365)

_LANDS = (Power.COMMITTER, Power.MERGER)
_LADDER = (*_LANDS, Power.WORKFLOW_EDITOR, Power.RELEASER, Power.ADMIN, Power.OWNER)


def stranger(ledger: LedgerView, who: Person) -> bool:
    """Say whether nothing at all is known of somebody here."""
    return not ledger.powers_of(who)


def known_for(ledger: LedgerView, who: Person, at: dt.datetime) -> dt.timedelta:
    """Return how long somebody has been known here in any role; nothing for a stranger."""
    held = ledger.powers_of(who)
    return at - held[0].since if held else dt.timedelta(0)


def landing_since(ledger: LedgerView, who: Person) -> dt.datetime | None:
    """Return when somebody first pushed or merged into a guarded branch here, None if never."""
    return min((h.first_used for h in _landed(ledger, who) if h.first_used is not None), default=None)


def old_hand(ledger: LedgerView, who: Person, at: dt.datetime) -> bool:
    """Say whether somebody has landed work here for a year or more."""
    since = landing_since(ledger, who)
    return since is not None and at - since >= A_YEAR


def landed_last(ledger: LedgerView, who: Person) -> dt.datetime | None:
    """Return when somebody last pushed or merged into a guarded branch here, None if never."""
    return max((h.last_used for h in _landed(ledger, who) if h.last_used is not None), default=None)


def promoted(ledger: LedgerView, who: Person, at: dt.datetime, within: dt.timedelta) -> bool:
    """Say whether somebody got to land work within this time, in a repository that was others' for a year before."""
    since, begun = landing_since(ledger, who), custom(ledger, LANDINGS)
    return since is not None and at - since < within and begun is not None and since - begun.since >= A_YEAR


def climbed(ledger: LedgerView, who: Person, at: dt.datetime) -> list[Holding]:
    """Return the powers somebody used for the first time within the last year, without those of everybody; oldest first."""
    held = (h for h in ledger.powers_of(who) if h.power in _LADDER and h.first_used is not None)
    return [h for h in held if h.first_used is not None and at - h.first_used < A_YEAR]


def last_seen(ledger: LedgerView, who: Person) -> dt.datetime | None:
    """Return when somebody last did anything here, None if never."""
    return max((h.last_used for h in ledger.powers_of(who) if h.last_used is not None), default=None)


def expected(ledger: LedgerView, who: Person) -> bool:
    """Say whether a reviewer called somebody's landing here expected, and it was not taken back since."""
    return any(h.expected and h.revoked_at is None for h in _landed(ledger, who))


def others_landed_since(ledger: LedgerView, who: Person, since: dt.datetime) -> list[Holding]:
    """Return who else pushed or merged after a time, one holding for each, the latest first."""
    found: dict[str, Holding] = {}
    for power in _LANDS:
        for held in ledger.holders(power):
            if held.last_used is not None and held.last_used > since and not ledger.same(held.person, who):
                found.setdefault(held.subject, held)
    return sorted(found.values(), key=lambda h: h.last_used or since, reverse=True)


def landed_by_old_hand(ledger: LedgerView, actor: Person | None, author: Person, at: dt.datetime) -> bool:
    """Say whether somebody else, who has landed work here for a year or more, let the author's work in."""
    return actor is not None and not ledger.same(actor, author) and old_hand(ledger, actor, at)


def strangers(change: Change) -> list[list[Commit]]:
    """Return the commits that came to a guarded branch from people nothing is known of, by any name, author by author."""
    fact = change.fact
    found: dict[tuple[str, ...], list[Commit]] = {}
    for commit in fact.commits if fact.guarded else ():
        if keys(commit.author) and not commit.author.bot and stranger(change.ledger, commit.author):
            found.setdefault(keys(commit.author), []).append(commit)
    return [commits for commits in found.values() if not change.ledger.namesakes(commits[0].author)]


def custom(ledger: LedgerView, name: str) -> Holding | None:
    """Return what the ledger knows of a custom of the repository, by its subject in `github_app.remember`."""
    return ledger.holding(Power.CUSTOM, name)


def _landed(ledger: LedgerView, who: Person) -> list[Holding]:
    return [h for h in ledger.powers_of(who) if h.power in _LANDS]
