"""What one person touched since their first step to power: commits, merges, approvals, tags, releases, grants, keys.

From the acts the app wrote down since it was installed, and for the time before from the git histories it learned, which
know landings and tags but neither approvals nor grants. What is not known is said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from github_app.acts import Act, BlastRadius, Part, acts_of
from github_app.identity import keys
from github_app.ledger import Ledger
from github_app.model import Person, Power, Rung
from github_app.store import Store, Watch
from workers.facts.git_history import History, HistoryError

_LOGIN = re.compile(r"@?([A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\[bot\])?)", re.ASCII)


_NO_GAPS: tuple[str, ...] = ()


class UnknownPersonError(ValueError):
    """Nothing is known of this person; the message says what to try."""


def person_of(text: str) -> Person:
    """Return whom a command line names: `@login`, or an e-mail address.

    Raises:
        UnknownPersonError: it is neither.
    """
    if "@" in text[1:]:
        return Person(email=text)
    found = _LOGIN.fullmatch(text)
    if found is None:
        raise UnknownPersonError(f"{text[:60]!r} is neither a GitHub login, like @octocat, nor an e-mail address")
    return Person(login=found[1])


def assemble(
    store: Store, histories: Path, who: Person, now: dt.datetime, *, since: dt.datetime | None = None
) -> BlastRadius:
    """Return what a person touched.

    Args:
        store: where ledgers and acts are.
        histories: the folder in which learned histories lie as `ID.git`; a missing one is said in `gaps`.
        who: the person, by any of their names.
        now: the time (UTC).
        since: from when; by default from the person's first power beyond writing code, or else their first appearance.

    Raises:
        UnknownPersonError: nobody by this name did anything anywhere.
        sqlalchemy.exc.DBAPIError: SQL is out of reach.
    """
    names = store.acts.names_of(who)
    ledgers = _ledgers(store, who)
    ladders = {scope: ledger.ladder(who) for scope, ledger in ledgers.items() if ledger.ladder(who)}
    done = store.acts.of(who)
    if not ladders and not done:
        raise UnknownPersonError(f"nothing is known of {who.label}: check the spelling, or try another of their names")
    begun = since or _first_step(ladders, [act for _, act in done])
    places = _by_place((scope, act) for scope, act in done if act.at >= begun)
    watches = {f"repo:{w.id}": w for w in store.repositories.all()}
    names_of = _names(store, done, watches)
    parts = []
    for scope in sorted({*ladders, *places}, key=lambda s: names_of.get(s, s)):
        acts, gaps, watch = places.get(scope, []), _NO_GAPS, watches.get(scope)
        if watch is not None:
            past, gaps = _from_git(histories / f"{watch.id}.git", watch, names, begun)
            known = {(act.deed, act.value) for act in acts}
            acts = sorted([*acts, *(a for a in past if (a.deed, a.value) not in known)], key=lambda a: a.at)
        place = names_of.get(scope, scope.removeprefix("org:"))
        parts.append(Part(place=place, ladder=ladders.get(scope, ()), acts=tuple(acts), gaps=gaps, scope=scope))
    return BlastRadius(person=_shown(ledgers, who), names=tuple(sorted(names)), since=begun, made_at=now, parts=tuple(parts))


def _ledgers(store: Store, who: Person) -> dict[str, Ledger]:
    scopes = store.ledgers.scopes()
    return store.ledgers.load(scopes, keys(who)) if scopes else {}


def _first_step(ladders: Mapping[str, tuple[Rung, ...]], done: Collection[Act]) -> dt.datetime:
    """Return when somebody first held a power beyond writing code; without any, when they first did something."""
    steps = [rung.at for rungs in ladders.values() for rung in rungs if rung.power is not Power.AUTHOR]
    every = [rung.at for rungs in ladders.values() for rung in rungs]
    return min(steps or [*every, *(act.at for act in done)])


def _shown(ledgers: Mapping[str, Ledger], who: Person) -> Person:
    """Return the person as the ledgers know them best."""
    known = (held.person for ledger in ledgers.values() for held in ledger.powers_of(who))
    return max(known, key=lambda p: (p.id is not None, bool(p.login), bool(p.name)), default=who)


def _by_place(acts: Iterable[tuple[str, Act]]) -> dict[str, list[Act]]:
    found: dict[str, list[Act]] = defaultdict(list)
    for scope, act in acts:
        found[scope].append(act)
    return found


def _names(store: Store, done: Iterable[tuple[str, Act]], watches: Mapping[str, Watch]) -> dict[str, str]:
    """Return what places are called now: organisations and repositories are filed by number and renamed by their owners."""
    told = {scope: act.repository.full_name if act.repository else act.organization for scope, act in done}
    installed = {a.scope: a.account for a in store.allowances.all() if a.account}
    return {s: name for s, name in told.items() if name} | installed | {s: w.full_name for s, w in watches.items()}


def _from_git(path: Path, watch: Watch, names: Collection[str], since: dt.datetime) -> tuple[list[Act], tuple[str, ...]]:
    """Read landings and tags of the time before the app was there from the history it learned."""
    if watch.settled_at is not None and watch.settled_at < since:
        return [], ()
    try:
        history = History.open(path)
        found = [
            act
            for fact in history.facts(watch.repository, since=since, until=watch.settled_at)
            for act in acts_of(fact)
            if not set(keys(act.person)).isdisjoint(names)
        ]
    except HistoryError as error:
        return [], (f"what was landed before the app was installed is not known: {error}",)
    gap = "approvals, grants, keys and releases from before the app was installed are not known: git does not tell them"
    return found, (gap, *history.gaps)
