"""What the entries of one chain come to: the holdings they explain, for comparing with those that are stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import orjson

from github_app.ledger import Holding
from github_app.model import Person, Power
from github_app.store.columns import moment, person_of

FIELDS = {
    "since": "held since",
    "granted_at": "granted at",
    "granted_by": "granted by",
    "first_used": "first used",
    "revoked_at": "revoked at",
    "expected": "marked as expected",
}
"""What entries say about a holding, in words. Uses after the first are counted, not recorded."""


class Replay:
    """Holdings rebuilt from entries as stored (times in microseconds), told in their order; see `Ledger`'s changes."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, Power], Holding] = {}
        self.linked: dict[str, set[str]] = {}
        self._names: dict[str, str] = {}

    def name(self, subject: str) -> str:
        """Return the name a subject has at the end of the chain."""
        return self._names.get(subject, subject)

    def tell(self, row: dict[str, Any]) -> None:
        """Apply one entry."""
        detail = orjson.loads(row["detail"])
        if row["kind"] == "alias":
            self._join(detail["key"], row["subject"])
        elif row["kind"] == "decision":
            for power in filter(None, detail.get("expected", "").split(",")):
                self._change(self.name(row["subject"]), Power(power), expected=True)
        elif row["power"] is not None:
            self._move(row, self.name(row["subject"]), Power(row["power"]))

    def _move(self, row: dict[str, Any], subject: str, power: Power) -> None:
        at = moment(row["at"])
        if row["kind"] == "revoke":
            self._change(subject, power, revoked_at=at, expected=False)
            return
        old = self.held.get((subject, power)) or Holding(
            subject=subject, power=power, person=person_of(row["person"]), since=at
        )
        if row["kind"] == "first_use":
            new = replace(old, since=min(old.since, at), first_used=min(old.first_used or at, at))
        else:
            by = None if row["by_person"] is None else person_of(row["by_person"])
            new = replace(old, granted_at=at, granted_by=by, revoked_at=None)
        self.held[(subject, power)] = new

    def _change(self, subject: str, power: Power, **changes: Any) -> None:
        if (old := self.held.get((subject, power))) is not None:
            self.held[(subject, power)] = replace(old, **changes)

    def _join(self, key: str, subject: str) -> None:
        self.linked.setdefault(key, set()).add(subject)
        target = self.name(subject)
        if key == target:
            return
        self._names |= {key: target, **{k: target for k, s in self._names.items() if s == key}}
        for old in [k for k in self.held if k[0] == key]:
            moved = replace(self.held.pop(old), subject=target)
            mine = self.held.get((target, old[1]))
            self.held[(target, old[1])] = mine.combined(moved) if mine else moved


def differences(replay: Replay, stored: list[dict[str, Any]]) -> list[str]:
    """Return where stored holdings (raw rows) disagree with the entries, in plain sentences."""
    found: list[str] = []
    held: dict[tuple[str, Power], Holding] = {}
    for row in sorted(stored, key=lambda row: (replay.name(row["subject"]) != row["subject"], str(row["subject"]))):
        try:
            holding = _holding(row)
        except (ValueError, TypeError, OverflowError):
            found.append(f"the holding of {row['power']} by {row['subject']} cannot be read")
            continue
        name = replay.name(holding.subject)
        mine, moved = held.get((name, holding.power)), replace(holding, subject=name)
        held[(name, holding.power)] = mine.combined(moved) if mine else moved
    for key in sorted(replay.held.keys() | held.keys()):
        found.extend(_compare(key, replay.held.get(key), held.get(key)))
    return found


def _compare(key: tuple[str, Power], said: Holding | None, stored: Holding | None) -> list[str]:
    subject, power = key
    if stored is None:
        return [f"the holding of {power} by {subject} is missing"]
    if said is None:
        return [f"{subject} holds {power}, and no entry explains it"]
    return [
        f"the holding of {power} by {subject} does not agree with the entries: {words}"
        for name, words in FIELDS.items()
        if getattr(said, name) != getattr(stored, name)
    ]


def _holding(row: dict[str, Any]) -> Holding:
    def time(name: str) -> dt.datetime | None:
        return None if row[name] is None else moment(row[name])

    return Holding(
        subject=str(row["subject"]),
        power=Power(row["power"]),
        person=Person(),
        since=moment(row["since"]),
        granted_at=time("granted_at"),
        granted_by=None if row["granted_by"] is None else person_of(row["granted_by"]),
        first_used=time("first_used"),
        revoked_at=time("revoked_at"),
        expected=bool(row["expected"]),
    )
