"""What was stored fills in what GitHub does not tell: how a guard was before, whether a pull request had been approved.

Between reading a delivery and judging it, each fact about something standing is compared with how it was last seen. A fact
that changes nothing is dropped, so that a webhook and a poll which tell of one change are one alert. What is seen now is
remembered, in the transaction that stores the alerts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Protocol

from sqlalchemy import Connection

from github_app import fact as f
from github_app.estate import Guard, GuardChanged, InventoryChanged, Settings, settings, value_of
from github_app.happenings import BranchDeleted, PullTouched
from github_app.store.snapshots import Snapshot, Snapshots
from workers import recall_releases
from workers.facts.guards import hides_bypass, with_bypass_of
from workers.recall_roles import already_told, standing

Name = tuple[str, str, str]
OF_BRANCHES = (Guard.RULESET, Guard.BRANCH_PROTECTION_CONFIGURATION, Guard.BRANCH_PROTECTION, Guard.PROTECTED_BRANCH)
"""The kinds of snapshots that say which rules hold for a branch."""

APPROVAL, OBJECTION = "pull-approval", "pull-objection"
"""Kinds of snapshots about open pull requests: the commit that was approved, and whose objections stand."""


SAME_NEWS = dt.timedelta(days=3)
"""A change to what is stored already is no news for so long: GitHub tells some twice, a poll may have been faster, and a
delivery that failed comes late, up to three days. After that it must have changed back unseen."""


class Shelf(Protocol):
    """Where snapshots are looked up: the store's, or a dictionary's in a replay."""

    def get_many(self, wanted: Sequence[Name]) -> Mapping[Name, Snapshot]:
        """Return those that are known."""

    def all(self, scope: str, kind: str) -> Mapping[str, Snapshot]:
        """Return everything of one kind in a scope, by key."""

    def of(self, scopes: Collection[str], kinds: Collection[str]) -> Iterable[Snapshot]:
        """Return everything of some kinds in some scopes."""


class Recall:
    """The snapshots behind one batch of facts. `fill` changes what it knows; `write` stores that."""

    def __init__(self, shelf: Shelf, facts: Iterable[tuple[str, f.Fact]]) -> None:
        self._shelf = shelf
        every = list(facts)
        names = sorted({name for scope, fact in every for name in _names(scope, fact)})
        self._known: dict[Name, Snapshot | None] = dict(shelf.get_many(names)) if names else {}
        self.changed: dict[Name, Snapshot | None] = {}
        self._read: dict[tuple[str, str], dict[str, Snapshot]] = {}
        self._read_guards({scope for scope, fact in every if isinstance(fact, f.CommitsLanded | BranchDeleted)}, every)

    def fill(self, scope: str, facts: Iterable[f.Fact]) -> tuple[f.Fact, ...]:
        """Return the facts with what was stored about them, without those that change nothing; remember what they say."""
        told: list[f.Fact] = []
        for fact in facts:
            if isinstance(fact, GuardChanged | InventoryChanged):
                told.extend(self._standing(scope, fact))
            elif not self._old_role(scope, fact):
                told.append(self._approved(scope, fact))
                told.extend(self._files(scope, fact))
                told.extend(self._pull(scope, fact))
        return tuple(told)

    def everything(self, scope: str, kind: str) -> dict[str, Snapshot]:
        """Return everything of one kind in a scope, by key, as it is known now."""
        if (scope, kind) not in self._read:
            self._read[scope, kind] = dict(self._shelf.all(scope, kind))
        found: dict[str, Snapshot | None] = dict(self._read[scope, kind])
        found |= {k: s for (where, what, k), s in self.changed.items() if (where, what) == (scope, kind)}
        return {k: s for k, s in found.items() if s is not None and s.settings}

    def _read_guards(self, scopes: set[str], facts: Iterable[tuple[str, f.Fact]]) -> None:
        """Read what guards the branches of a batch at once: most changes meet nothing, and that must be cheap."""
        above = {f"org:{x.repository.owner_id}" for scope, x in facts if scope in scopes and x.repository is not None}
        wanted = sorted(scopes | above) if scopes else []
        for scope in wanted:
            self._read |= {(scope, kind): {} for kind in OF_BRANCHES}
        for found in self._shelf.of(wanted, OF_BRANCHES) if wanted else ():
            self._read[found.scope, found.kind][found.key] = found

    def write(self, connection: Connection, snapshots: Snapshots) -> None:
        """Store what is known now."""
        for (scope, kind, key), snapshot in self.changed.items():
            if snapshot is None:
                snapshots.drop(connection, scope, kind, key)
            else:
                snapshots.put(connection, snapshot)

    # -- what stands -------------------------------------------------------------------------------------------

    def _standing(self, scope: str, fact: GuardChanged | InventoryChanged) -> Iterable[f.Fact]:
        kind = fact.guard if isinstance(fact, GuardChanged) else fact.thing
        stored = self._known.get((scope, kind, fact.key))
        if stored is not None and not stored.settings and fact.after:
            stored = None  # it was gone; what is there now is new
        after = fact.after
        if stored is not None and after and hides_bypass(after):
            after = with_bypass_of(after, stored.settings)
        before, gap = fact.before, fact.gap
        if before is None or gap:
            # Stored is better than told in part.
            before, gap = self._known_better(stored, fact, after) if stored is not None else (before, gap)
        if before is None and not gap:
            gap = "how it was before is not known"
        filled = replace(fact, before=before, after=after, gap=gap, since=stored.seen_at if stored is not None else None)
        if isinstance(filled, GuardChanged) and filled.guard == Guard.CUSTOM_PROPERTY_VALUES:
            filled = replace(filled, reaches=self._rulesets(scope, filled.key))
        self._remember(scope, kind, filled, after)
        if gap:
            return [filled]
        told = stored is not None and stored.settings == after and self._lately(stored, fact)
        return [] if told or before == after else [filled]

    def _known_better(
        self, stored: Snapshot, fact: GuardChanged | InventoryChanged, after: Settings | None
    ) -> tuple[Settings, str]:
        """Return how it was as stored. What cannot be seen may be what was edited, if nothing else was: that stays a gap."""
        untold = fact.before is None and fact.gap != ""
        unseen = untold and fact.after is not None and hides_bypass(fact.after) and stored.settings == after
        return stored.settings, fact.gap if unseen else ""

    def _remember(self, scope: str, kind: str, fact: GuardChanged | InventoryChanged, after: Settings | None) -> None:
        name = (scope, kind, fact.key)
        if after or (after is not None and self._known.get(name) is not None):
            self._keep(
                name,
                Snapshot(scope=scope, kind=kind, key=fact.key, name=fact.name, settings=after, seen_at=fact.at),
            )

    def _rulesets(self, scope: str, key: str) -> tuple[str, ...]:
        """Return the organisation's rulesets that choose repositories by a property."""
        wanted = key.partition("/")[0].removeprefix("property:")
        sides = tuple(f"repository_property.{side}:{wanted}=" for side in ("include", "exclude"))
        found = self.everything(scope, Guard.RULESET)
        return tuple(sorted(s.name for s in found.values() if any(x.name.startswith(sides) for x in s.settings)))

    def _old_role(self, scope: str, fact: f.Fact) -> bool:
        """Remember a role, a deploy key or a tag; say whether just this was stored already, a short while ago."""
        found = standing(scope, fact)
        if found is None:
            return False
        name, shown, held = found
        stored = self._known.get(name)
        if stored is not None and self._lately(stored, fact) and already_told(fact, held, stored.settings):
            return True
        late = stored is not None and stored.seen_at > fact.at and isinstance(fact, f.TagCreated | f.TagMoved | f.TagDeleted)
        if (held or stored is not None) and not late:
            seen = Snapshot(scope=name[0], kind=name[1], key=name[2], name=shown, settings=held, seen_at=fact.at)
            self._keep(name, seen)
        return False

    @staticmethod
    def _lately(stored: Snapshot, fact: f.Fact) -> bool:
        return abs(fact.at - stored.seen_at) < SAME_NEWS

    def _files(self, scope: str, fact: f.Fact) -> Iterable[f.Fact]:
        name = recall_releases.name_of(scope, fact) if isinstance(fact, f.ReleaseChanged) else None
        if not isinstance(fact, f.ReleaseChanged) or name is None:
            return []
        before, now = self._known.get(name), recall_releases.kept(scope, fact)
        if now is not None or (before is not None and fact.action == "deleted"):
            self._keep(name, now)
        return recall_releases.replaced(fact, before)

    # -- pull requests -----------------------------------------------------------------------------------------

    def _pull(self, scope: str, fact: f.Fact) -> Iterable[f.Fact]:
        if isinstance(fact, f.ReviewGiven):
            return self._review(scope, fact)
        if isinstance(fact, f.PullMerged | f.PullClosed):
            self._forget(scope, fact.number)
        elif isinstance(fact, f.PullChanged) and fact.action == "synchronize":
            return self._pushed(scope, fact)
        return []

    def _review(self, scope: str, fact: f.ReviewGiven) -> Iterable[f.Fact]:
        who = fact.reviewer if fact.verdict == "dismissed" else fact.actor
        key = f"pull:{fact.number}"
        if fact.verdict == "approved":
            self._see(scope, APPROVAL, key, {"commit": fact.commit, "by": who.login if who else ""}, fact)
        if who is None:
            return []
        mine = f"{key}/user:{who.id or who.login}"
        objected = self._known.get((scope, OBJECTION, mine)) is not None
        if fact.verdict == "changes_requested":
            self._see(scope, OBJECTION, mine, {"commit": fact.commit}, fact)
        elif fact.verdict in {"approved", "dismissed"} and objected:
            self._keep((scope, OBJECTION, mine), None)
        # GitHub writes `dismissed` over the verdict in nearly all of these events; where it does not, that is enough.
        if fact.verdict != "dismissed" or not (objected or fact.was == "changes_requested"):
            return []
        return [_touched(fact, fact.number, "objection_dismissed", author=fact.author, subject=who, before="", after="")]

    def _pushed(self, scope: str, fact: f.PullChanged) -> Iterable[f.Fact]:
        seen = self._known.get((scope, APPROVAL, f"pull:{fact.number}"))
        approved = value_of(seen.settings if seen else (), "commit")
        if not approved or approved == fact.head_sha:
            return []
        touched = _touched(
            fact, fact.number, "pushed", author=fact.author, subject=None, before=approved, after=fact.head_sha
        )
        return [replace(touched, title=fact.title, approved=approved)]

    def _approved(self, scope: str, fact: f.Fact) -> f.Fact:
        """Return a fact about a pull request with the commit that had been approved, if one is known."""
        if not isinstance(fact, PullTouched) or fact.approved:
            return fact
        seen = self._known.get((scope, APPROVAL, f"pull:{fact.number}"))
        return replace(fact, approved=value_of(seen.settings if seen else (), "commit"))

    def _see(self, scope: str, kind: str, key: str, state: Mapping[str, object], fact: f.Fact) -> None:
        self._keep(
            (scope, kind, key),
            Snapshot(scope=scope, kind=kind, key=key, name=key, settings=settings(state), seen_at=fact.at),
        )

    def _forget(self, scope: str, number: int) -> None:
        key = f"pull:{number}"
        if self._known.get((scope, APPROVAL, key)) is not None:
            self._keep((scope, APPROVAL, key), None)

    def _keep(self, name: Name, snapshot: Snapshot | None) -> None:
        self._known[name] = self.changed[name] = snapshot


def _touched(fact: f.Fact, number: int, action: str, **said: Any) -> PullTouched:
    common = {field.name: getattr(fact, field.name) for field in fields(f.Fact)}
    return PullTouched(number=number, action=action, title="", **said, **common)


def _names(scope: str, fact: f.Fact) -> Iterable[Name]:
    if isinstance(fact, GuardChanged):
        yield scope, fact.guard, fact.key
    elif isinstance(fact, InventoryChanged):
        yield scope, fact.thing, fact.key
    elif isinstance(fact, f.ReleaseChanged):
        if (files := recall_releases.name_of(scope, fact)) is not None:
            yield files
    elif (role := standing(scope, fact)) is not None:
        yield role[0]
    elif isinstance(fact, f.ReviewGiven):
        who = fact.reviewer if fact.verdict == "dismissed" else fact.actor
        yield scope, APPROVAL, f"pull:{fact.number}"
        if who is not None:
            yield scope, OBJECTION, f"pull:{fact.number}/user:{who.id or who.login}"
    elif isinstance(fact, f.PullChanged | f.PullMerged | f.PullClosed | PullTouched):
        yield scope, APPROVAL, f"pull:{fact.number}"
