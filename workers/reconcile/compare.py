"""One look at one source of one scope: ask, compare with what was known, and commit what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from github_app.model import Alert
from github_app.store import Check, ConflictError, Snapshot, Store
from github_app.store.columns import KEY, clean
from workers.reconcile.asking import OutOfBudgetError
from workers.reconcile.declare import Difference, Look, Origin, Seen
from workers.runtime import Runtime
from workers.told import judge_facts


def compare(runtime: Runtime, look: Look, check: Check, origin: Origin, finish: Callable[[Connection], None]) -> list[Alert]:
    """Ask for everything a source lists and tell what differs. The first time nothing is told, only remembered.

    Args:
        runtime: the collaborators of a job.
        look: how to ask and whose it is.
        check: how far it is.
        origin: what to look at.
        finish: records in the same transaction that it was done.

    Raises:
        Unavailable, Refused, HalfAnswerError, OutOfBudgetError: there was no whole answer, so nothing was concluded.
        ConflictError: an event changed the same things meanwhile; look again.
    """
    # A name from outside can be longer, or hold what a database cannot: under the name it is stored, it is found again.
    seen = {clean(key, KEY): now for key, now in _read(runtime, look, check, origin).items()}
    known = _known(runtime.store, look, check.scope, origin)
    if origin.merge is not None:
        seen = {k: _merged(origin, now, known.get(k)) for k, now in seen.items()}
    found = differences(known, seen)
    # On the first day nobody is new; but what an event has told us of already can have changed since. And that something
    # is no longer in a list of events means nothing.
    first = check.checked_at is None and origin.known is None
    telling = [
        d for d in found if not (first and (d.before is None or d.after is None)) and not (origin.log and d.after is None)
    ]
    facts = origin.tell(look, telling) if telling else ()

    def also(connection: Connection) -> None:
        if _known(runtime.store, look, check.scope, origin, connection) != known:
            raise ConflictError
        runtime.store.checks.keep(connection, check.scope, look.ask.kept.values())
        if origin.known is None:
            _remember(found, runtime.store, connection, look, check.scope, origin)
        finish(connection)

    return judge_facts(runtime, check.scope, facts, look.now, installation_id=look.ask.installation_id, also=also)


def _read(runtime: Runtime, look: Look, check: Check, origin: Origin) -> Mapping[str, Seen]:
    """Ask. When the budget ends in the middle, the answers are kept: else a long look would begin anew for ever."""
    try:
        return origin.read(look)
    except OutOfBudgetError:
        with runtime.store.begin() as connection:
            runtime.store.checks.keep(connection, check.scope, look.ask.kept.values())
        raise


def differences(known: Mapping[str, Seen], seen: Mapping[str, Seen]) -> list[Difference]:
    """Return what is new, what is gone, and what is not set as it was, by key."""
    pairs = ((key, known.get(key), seen.get(key)) for key in sorted(known.keys() | seen.keys()))
    return [
        Difference(key=key, before=before, after=after)
        for key, before, after in pairs
        if before is None or after is None or before.settings != after.settings
    ]


def _merged(origin: Origin, now: Seen, before: Seen | None) -> Seen:
    if origin.merge is None or before is None:
        return now
    return replace(now, settings=origin.merge(now.settings, before.settings))


def _known(store: Store, look: Look, scope: str, origin: Origin, connection: Connection | None = None) -> dict[str, Seen]:
    if origin.known is not None:
        return dict(origin.known(store, look))
    found = store.snapshots.all(scope, origin.kind, connection)
    return {
        k: Seen(name=s.name, settings=s.settings, since=s.seen_at)
        for k, s in found.items()
        if k.startswith(origin.prefix) and s.settings
    }


def _remember(  # noqa: PLR0917 - all of them are needed once
    found: Sequence[Difference], store: Store, connection: Connection, look: Look, scope: str, origin: Origin
) -> None:
    for d in found:
        # That it is gone is remembered for a while: an event about it may still be on its way.
        name, now = (d.after.name, d.after.settings) if d.after else (d.before.name if d.before else "", ())
        seen = Snapshot(scope=scope, kind=origin.kind, key=d.key, name=name, settings=now, seen_at=look.now)
        store.snapshots.put(connection, seen)
