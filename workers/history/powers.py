"""Who held which power in a history, and when: what a report draws as lanes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from github_app.ledger import Holding, Ledger
from github_app.model import Alert, Person, Power

MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A person with their powers, oldest first; `alerts` are positions in the report's list. `key` is set for a signing key.

    A key nobody is known to own stands for itself: then `person` is empty.
    """

    person: Person
    powers: tuple[Holding, ...]
    alerts: tuple[int, ...] = ()
    key: str = ""

    @property
    def label(self) -> str:
        """A short name, not escaped."""
        return self.key or self.person.label

    @property
    def since(self) -> dt.datetime:
        """When they first did anything (UTC)."""
        return self.powers[0].since


def lanes(ledger: Ledger, alerts: Sequence[Alert]) -> tuple[tuple[Lane, ...], int]:
    """Return the people worth drawing, in the order they came, and how many others hold a power beyond the author's.

    Whoever an alert is about comes first, the worst alert before others; then those with the most powers, used the longest.
    """
    mine = _alerts(ledger, alerts)
    found = [
        lane for lane in _everybody(ledger, mine) if lane.alerts or any(h.power is not Power.AUTHOR for h in lane.powers)
    ]
    found.sort(key=lambda lane: _weight(lane, alerts), reverse=True)
    kept = sorted(found[:MOST_PEOPLE], key=lambda lane: (lane.since, lane.label))
    return tuple(kept), len(found) - len(kept)


def _alerts(ledger: Ledger, alerts: Sequence[Alert]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, alert in enumerate(alerts):
        subject = alert.finding.subject
        found.setdefault(ledger.resolve(subject.person) or subject.key, []).append(position)
    return found


def _everybody(ledger: Ledger, mine: dict[str, list[int]]) -> list[Lane]:
    held: dict[str, list[Holding]] = {}
    for power in Power:
        for holding in ledger.holders(power) if power is not Power.CUSTOM else ():
            owner = ledger.resolve(holding.person) if power is Power.SIGNER else ""
            if holding.first_used is not None:
                held.setdefault(owner or holding.subject, []).append(holding)
    return [
        Lane(
            person=max((h.person for h in holdings), key=lambda p: len(p.name)),
            powers=tuple(sorted(holdings, key=lambda h: h.since)),
            alerts=tuple(mine.get(subject, ())),
            key=subject if subject.startswith(("pgp:", "ssh:", "x509:")) else "",
        )
        for subject, holdings in held.items()
    ]


def _weight(lane: Lane, alerts: Sequence[Alert]) -> tuple[int, int, int, dt.timedelta, str]:
    worst = max((alerts[i].finding.severity.rank for i in lane.alerts), default=-1)
    beyond = [h for h in lane.powers if h.power is not Power.AUTHOR]
    used = max(((h.last_used or h.since) - h.since for h in beyond), default=dt.timedelta(0))
    return worst, len(lane.alerts), len({h.power for h in beyond}), used, lane.label
