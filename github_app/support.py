"""Something to do for whoever is pressed, or carries a project alone: words to send, people to ask, ways to give. Pure.

Plain text in our own words, not escaped. It goes to private places only, and is sent by people or not at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from github_app.funding import FundingLink
from github_app.identity import keys
from github_app.ledger import Holding
from github_app.model import Alert, Person, Power, Step

STANDING = dt.timedelta(days=365)
"""For how long somebody must have been known before they are suggested: whoever is new may be part of the pattern."""
ACTIVE = dt.timedelta(days=365)
_MOST_PEOPLE = 3
_MANY_COMMITS = 5
_LANDS = frozenset({Power.COMMITTER, Power.MERGER})
_DID = {
    Power.APPROVER: "has approved changes",
    Power.RELEASER: "has made releases",
    Power.MERGER: "has merged changes",
    Power.COMMITTER: "has pushed changes",
    Power.AUTHOR: "has written code",
}
"""What counts as standing, the most telling first."""


class Kind(StrEnum):
    """What pressure asks for."""

    HANDOVER = "it asks for rights or the role"
    URGENCY = "it presses for speed"
    GUILT = "it makes somebody feel guilty"


_HEARD = {
    Kind.HANDOVER: {"handover-demand", "access-claim", "access-request", "guard-request", "one-beneficiary"},
    Kind.URGENCY: {
        "impatience", "time-counted", "deadline", "leverage", "threat", "decline", "repetition", "asks-maintained",
        "asks-progress", "returns",
    },
    Kind.GUILT: {"reproach", "moral-claim", "weakness-turned", "left-alone", "character", "after-disclosure"},
}  # fmt: skip
_REPLIES = {
    Kind.HANDOVER: (
        "Thank you for caring about this project. Rights here go to people we have worked with for a while, one step at a "
        "time and never on request. The best way in is small changes and reviews, and every one is welcome.",
        "Thanks for the suggestion. Who holds which rights is for the maintainers to settle among themselves, and without "
        "hurry, so I leave it at that in this thread. If a change matters to you, please open it as a pull request.",
    ),
    Kind.URGENCY: (
        "Thanks for asking. This project is looked after in people's spare time, so I cannot promise a date. A small pull "
        "request with tests is the fastest way to get something in; until then the last release can be patched locally.",
        "I have read this and will come back to it when I can look at it properly. A change made in a hurry would help "
        "nobody, so please give it the time it needs.",
    ),
    Kind.GUILT: (
        "I understand that you hoped for more from this project. I do what I can in the time I have. Help with reviews and "
        "tests is very welcome; what is said about people I leave unanswered.",
        "Thank you, I take the technical part of this with me. Let us keep this thread about the code.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could be asked to help: who, and what they did here since when."""

    person: Person
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What can be offered. `replies` are texts to paste by kind; `alone` says that one person alone lands work."""

    replies: tuple[tuple[Kind, tuple[str, ...]], ...] = ()
    alone: bool = False
    candidates: tuple[Candidate, ...] = ()
    funding: tuple[FundingLink, ...] = ()

    @property
    def reply(self) -> str:
        """The first text to paste, "" for none."""
        return self.replies[0][1][0] if self.replies else ""


def kinds(alert: Alert) -> tuple[Kind, ...]:
    """Return what an alert of pressure asks for, by the signals in its evidence; none for any other alert."""
    if alert.step is not Step.PRESSURE:
        return ()
    heard = {e.value for e in alert.finding.evidence if e.kind == "event"}
    return tuple(kind for kind in Kind if heard & _HEARD[kind]) or (Kind.HANDOVER,)


def replies(alert: Alert) -> tuple[tuple[Kind, tuple[str, ...]], ...]:
    """Return courteous answers to paste, for each kind of pressure in an alert."""
    return tuple((kind, _REPLIES[kind]) for kind in kinds(alert))


def is_alone(holdings: Iterable[Holding], excluded: Collection[str], now: dt.datetime) -> bool:
    """Say whether one person alone landed work in the last 365 days; apps and `excluded`, as below, do not count."""
    landed = (h for h in holdings if h.power in _LANDS and not h.person.bot and _active(h, now))
    return len({h.subject for h in landed if set(excluded).isdisjoint((h.subject, *keys(h.person)))}) == 1


def candidates(holdings: Iterable[Holding], excluded: Collection[str], now: dt.datetime) -> tuple[Candidate, ...]:
    """Return people with standing who could be asked to help, three at most.

    Known for a year or more, active within the last, no bots, and not whoever lands most, who is to be helped.

    Args:
        holdings: of the repository, authors too.
        excluded: identity keys of those who may be part of a pattern: never suggested.
        now: the time (UTC).
    """
    known = [h for h in holdings if h.power in _DID and h.revoked_at is None and not h.person.bot]
    carrying = max((h for h in known if h.power in _LANDS and _active(h, now)), key=lambda h: h.uses, default=None)
    taken = set(excluded) | ({carrying.subject, *keys(carrying.person)} if carrying else set())
    found: dict[str, Candidate] = {}
    for power, did in _DID.items():
        ranked = sorted((h for h in known if h.power is power and _stands(h, now)), key=lambda h: (-h.uses, h.subject))
        for held in ranked:
            if held.subject not in found and taken.isdisjoint((held.subject, *keys(held.person))):
                found[held.subject] = Candidate(person=held.person, why=f"{did} here since {held.since:%Y-%m-%d}")
    return tuple(found.values())[:_MOST_PEOPLE]


def request(name: str, repository: str) -> str:
    """Return a message to send to somebody who could help."""
    return (
        f"Hello {name}, I look after {repository} mostly alone and would like to share the work with somebody I know from "
        "there. Would you like to talk about it some time, without any hurry? We could begin by reviewing each other's "
        "changes; rights can follow later, step by step. A no is fine too."
    )


def _stands(held: Holding, now: dt.datetime) -> bool:
    many = held.power is not Power.AUTHOR or held.uses >= _MANY_COMMITS
    return now - held.since >= STANDING and _active(held, now) and many


def _active(held: Holding, now: dt.datetime) -> bool:
    return held.last_used is not None and now - held.last_used <= ACTIVE and held.revoked_at is None
