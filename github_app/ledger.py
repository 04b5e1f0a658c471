"""The ledger of one repository in memory: who holds which power, since when, first and last used, granted by whom.

Pure: it is built from stored holdings, asked by detectors, told facts by the judge, and hands back what has to be
written. `github_app.store.ledger` keeps it in SQL with a hash chain over the entries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from github_app.comments import Comments, Mark
from github_app.holding import Entry, Holding, richer
from github_app.identity import keys
from github_app.model import Person, Power, Rung

__all__ = ["Entry", "Holding", "Ledger", "LedgerView"]


_MOST_RESOLVED = 16_384


class LedgerView(Protocol):
    """What a detector may ask. Everything is as it was before the fact at hand."""

    @property
    def settled_at(self) -> dt.datetime | None:
        """When the repository's past had been learned; None while nobody can be called new."""

    def holding(self, power: Power, who: Person | str) -> Holding | None:
        """Return the subject's holding of a power, also a revoked one, or None."""

    def holders(self, power: Power) -> tuple[Holding, ...]:
        """Return those who hold a power now, longest first. Authors are known only one by one."""

    def powers_of(self, who: Person | str) -> tuple[Holding, ...]:
        """Return everything a subject holds or held, oldest first."""

    def same(self, one: Person, other: Person) -> bool:
        """Say whether two names are known to be one person."""

    def namesakes(self, person: Person) -> tuple[Holding, ...]:
        """Return holdings of other subjects that carry the same display name."""

    def ladder(self, who: Person | str) -> tuple[Rung, ...]:
        """Return the subject's steps to power, with the days since the first."""

    def heard(self) -> tuple[Mark, ...]:
        """Return what is remembered of comments here, oldest first."""


class Ledger:
    """A repository's ledger; see `LedgerView` for the questions, `use`/`grant`/`revoke`/`link` for the changes."""

    def __init__(
        self,
        holdings: Iterable[Holding] = (),
        aliases: Mapping[str, str] | None = None,
        settled_at: dt.datetime | None = None,
    ) -> None:
        self.settled_at = settled_at
        self.comments = Comments()
        self._aliases: dict[str, str] = dict(aliases or {})
        self._held: dict[str, dict[Power, Holding]] = {}
        self._named: dict[str, dict[str, None]] = {}
        self._resolved: dict[int, tuple[Person, str]] = {}
        self._in_order: dict[str, tuple[Holding, ...]] = {}
        self._ids = {s: int(k[3:]) for k, s in self._aliases.items() if k.startswith("id:")}
        self.entries: list[Entry] = []
        self.changed: dict[tuple[str, Power], Holding] = {}
        self.new_aliases: dict[str, str] = {}
        for holding in holdings:
            self._put(holding)

    def resolve(self, who: Person | str) -> str:
        """Return the canonical subject of a person, or the name of a key unchanged; "" for nobody."""
        if isinstance(who, str):
            return self._aliases.get(who, who)
        found = self._resolved.get(id(who))
        if found is not None and found[0] is who:
            return found[1]
        if len(self._resolved) >= _MOST_RESOLVED:
            self._resolved.clear()
        subject = self._subject(who)
        self._resolved[id(who)] = (who, subject)
        return subject

    def _subject(self, who: Person) -> str:
        known = keys(who)
        for key in known:
            subject = self._filed(key)
            if subject is not None and not self._another_account(subject, who):
                return subject
        return known[0] if known else ""

    def holding(self, power: Power, who: Person | str) -> Holding | None:
        """See `LedgerView.holding`."""
        return self._held.get(self.resolve(who), {}).get(power)

    def holders(self, power: Power) -> tuple[Holding, ...]:
        """See `LedgerView.holders`."""
        found = (p[power] for p in self._held.values() if power in p)
        return tuple(sorted((h for h in found if h.revoked_at is None), key=lambda h: h.since))

    def powers_of(self, who: Person | str) -> tuple[Holding, ...]:
        """See `LedgerView.powers_of`."""
        subject = self.resolve(who)
        found = self._in_order.get(subject)
        if found is None:
            found = tuple(sorted(self._held.get(subject, {}).values(), key=lambda h: h.since))
            self._in_order[subject] = found
        return found

    def same(self, one: Person, other: Person) -> bool:
        """See `LedgerView.same`."""
        subject = self.resolve(one)
        return subject != "" and subject == self.resolve(other)

    def namesakes(self, person: Person) -> tuple[Holding, ...]:
        """See `LedgerView.namesakes`."""
        name = person.name.strip().lower()
        if len(name) < 3:
            return ()
        subject = self.resolve(person)
        others = (self._held.get(s, {}) for s in self._named.get(name, ()) if s != subject)
        return tuple(h for held in others for h in held.values() if h.person.name.strip().lower() == name)

    def ladder(self, who: Person | str) -> tuple[Rung, ...]:
        """See `LedgerView.ladder`."""
        held = self.powers_of(who)
        if not held:
            return ()
        start = held[0].since
        return tuple(Rung(power=h.power, at=h.since, days=(h.since - start).days) for h in held)

    def heard(self) -> tuple[Mark, ...]:
        """See `LedgerView.heard`."""
        return self.comments.all()

    def keys_of(self, who: Person | str) -> tuple[str, ...]:
        """Return every identity key known for a subject, for comparing people later."""
        subject = self.resolve(who)
        linked = [k for k, s in self._aliases.items() if s == subject]
        own = list(keys(who)) if isinstance(who, Person) else []
        return tuple(dict.fromkeys([*([subject] if subject else []), *own, *linked]))

    def link(self, person: Person, at: dt.datetime) -> str:
        """Remember that all keys of a person are one subject; only for names a platform vouches for together."""
        filed = (self._filed(key) for key in keys(person)) if person.id is None else ()
        # An account found under one key takes in what was learned under another, not the other way round.
        subject = next((s for s in filed if s in self._ids), None) or self.resolve(person)
        for key in keys(person):
            known = self._aliases.get(key)
            # A login moves to its new account, but not when it is the old account's own name here.
            if known in {subject, key} or (known is not None and not key.startswith("login:")):
                continue
            self._aliases[key] = self.new_aliases[key] = subject
            self._resolved.clear()
            if key.startswith("id:"):
                self._ids[subject] = int(key[3:])
            if key != subject:
                self.entries.append(Entry(at=at, kind="alias", subject=subject, person=person, detail={"key": key}))
                self._adopt(key, subject)
        return subject

    def use(self, power: Power, who: Person | str, at: dt.datetime, person: Person | None = None) -> None:
        """Record that a subject used a power; the first use is an entry. A lost power that is used was given again."""
        subject = self.resolve(who)
        if not subject:
            return
        shown = person or (who if isinstance(who, Person) else Person())
        old = self._held.get(subject, {}).get(power)
        if old is not None and old.revoked_at is not None and at > old.revoked_at:
            self.grant(power, who, at, None, {"how": "used after it was withdrawn"})
            old = self._held[subject][power]
        if old is None:
            new = Holding(subject=subject, power=power, person=shown, since=at, first_used=at, last_used=at, uses=1)
        else:
            new = Holding(  # dataclasses.replace takes ten times as long, and this is done several times for each commit
                subject=old.subject,
                power=power,
                person=self._one(who, old.person, shown),
                since=old.since,
                granted_at=old.granted_at,
                granted_by=old.granted_by,
                first_used=old.first_used or at,
                last_used=max(old.last_used or at, at),
                uses=old.uses + 1,
                revoked_at=old.revoked_at,
                expected=old.expected,
            )
        if old is None or old.first_used is None:
            self.entries.append(Entry(at=at, kind="first_use", subject=subject, power=power, person=shown))
        self._save(new)

    def grant(
        self, power: Power, who: Person | str, at: dt.datetime, by: Person | None, detail: Mapping[str, str] | None = None
    ) -> None:
        """Record that a subject was given a power."""
        subject = self.resolve(who)
        if not subject:
            return
        shown = who if isinstance(who, Person) else Person()
        old = self._held.get(subject, {}).get(power)
        fresh = Holding(subject=subject, power=power, person=shown, since=at, granted_at=at, granted_by=by)
        shown = shown if old is None else self._one(who, old.person, shown)
        new = fresh if old is None else replace(old, person=shown, granted_at=at, granted_by=by, revoked_at=None)
        self.entries.append(
            Entry(at=at, kind="grant", subject=subject, power=power, person=shown, by=by, detail=dict(detail or {}))
        )
        self._save(new)

    def revoke(self, power: Power, who: Person | str, at: dt.datetime, by: Person | None) -> None:
        """Record that a subject lost a power; nothing happens when it was not held."""
        old = self.holding(power, who)
        if old is None or old.revoked_at is not None:
            return
        self.entries.append(Entry(at=at, kind="revoke", subject=old.subject, power=power, person=old.person, by=by))
        self._save(replace(old, revoked_at=at, expected=False))

    def keep(self, subject: str, at: dt.datetime, person: Person, number: int) -> None:
        """Write a note of the repository's own in place of the one under this name; `uses` is what it counts."""
        old = self._held.get(subject, {}).get(Power.CUSTOM)
        if old is None:
            self.use(Power.CUSTOM, subject, at, person=person)
        note = self._held[subject][Power.CUSTOM]
        self._save(replace(note, person=person, last_used=at, uses=number))

    def expect(self, power: Power, who: Person | str) -> None:
        """Record that a reviewer called a holding expected; nothing happens when there is none."""
        old = self.holding(power, who)
        if old is not None:
            self._save(replace(old, expected=True))

    def settle(self, at: dt.datetime, how: str) -> None:
        """Record that the past has been learned (or could not be): from now on people can be new."""
        self.settled_at = at
        self.entries.append(Entry(at=at, kind="settled", subject="", detail={"how": how}))

    def _filed(self, key: str) -> str | None:
        return self._aliases.get(key) or (key if key in self._held else None)

    def _another_account(self, subject: str, who: Person) -> bool:
        """A login or an address may have passed to somebody else: the id decides."""
        return who.id is not None and self._ids.get(subject, who.id) != who.id

    def _one(self, who: Person | str, old: Person, shown: Person) -> Person:
        """A key may be used by several people; their names must not be mixed, so the first one stays."""
        if old is shown:
            return old
        one = isinstance(who, Person) or old == Person() or self.same(old, shown)
        return richer(old, shown) if one else old

    def _adopt(self, key: str, subject: str) -> None:
        moving = self._held.pop(key, {})
        self._in_order.pop(key, None)
        self._resolved.clear()
        for holding in moving.values():
            mine = self._held.get(subject, {}).get(holding.power)
            moved = replace(holding, subject=subject)
            self._save(mine.combined(moved) if mine else moved)

    def _put(self, holding: Holding) -> None:
        subject = self._aliases.get(holding.subject, holding.subject)
        held = self._filed_under(subject)
        mine = held.get(holding.power)
        moved = holding if holding.subject == subject else replace(holding, subject=subject)
        held[holding.power] = mine.combined(moved) if mine else moved
        self._note_name(held[holding.power])

    def _save(self, holding: Holding) -> None:
        self._filed_under(holding.subject)[holding.power] = holding
        self._note_name(holding)
        self.changed[(holding.subject, holding.power)] = holding

    def _note_name(self, holding: Holding) -> None:
        """Remember who ever went by a display name: a project has thousands of authors, and a name is looked for often."""
        if name := holding.person.name.strip().lower():
            self._named.setdefault(name, {})[holding.subject] = None

    def _filed_under(self, subject: str) -> dict[Power, Holding]:
        """Return what is filed under a subject, to be changed: what was remembered of it is forgotten."""
        self._in_order.pop(subject, None)
        if subject not in self._held:
            self._held[subject] = {}
            self._resolved.clear()  # a name that nobody had may be somebody's now
        return self._held[subject]
