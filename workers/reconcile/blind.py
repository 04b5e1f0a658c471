"""What cannot be seen: said once for each source, with what would change that, and taken back when it is seen again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Connection

from github_app.store import Allowance, Check, Store
from workers.reconcile import sources
from workers.reconcile.declare import Origin

NEVER = dt.timedelta(days=3650)
AGAIN = dt.timedelta(hours=1)
_BY_PERMISSION = "the app cannot see "
_BY_GITHUB = "GitHub does not show "


def key(installation_id: int, source: str) -> str:
    """Return the name of the problem."""
    return f"blind:{installation_id}:{source}"


def by_permission(origin: Origin, lacks: Mapping[str, str]) -> str:
    """Return what is not seen for lack of permissions, and what would change that."""
    named = " and ".join(f"{name}: {level}" for name, level in sorted(lacks.items()))
    if origin.refused_by_design:
        return f"{_BY_PERMISSION}{origin.sees}: GitHub shows it only with {named}, which this app never asks for"
    return f"{_BY_PERMISSION}{origin.sees}: grant it {named} in its settings on GitHub and accept that where it is installed"


def by_github(origin: Origin, said: str) -> str:
    """Return what GitHub will not show although the installation has the permission."""
    needs = " and ".join(f"{name}: {level}" for name, level in sorted(origin.needs.items()))
    return f"{_BY_GITHUB}{origin.sees}; it needs {needs}. {said}"[:800]


def survey(
    store: Store, connection: Connection, allowance: Allowance, checks: Mapping[tuple[str, str], Check], now: dt.datetime
) -> None:
    """Mark what lacks a permission as unseen, and what lacks it no longer as due."""
    for name, origin in sources.load().items():
        mine = [check for check in checks.values() if check.source == name]
        lacks, never = origin.missing(allowance.permissions), now + NEVER
        text = by_permission(origin, lacks) if lacks and mine else ""
        for check in mine:
            if text and check.blind != text:
                store.checks.done(connection, check, due_at=never, priority=check.priority, checked_at=None, blind=text)
            elif not text and check.blind.startswith(_BY_PERMISSION):
                store.checks.done(connection, check, due_at=now, priority=check.priority, checked_at=None)
        if text:
            store.problems.report(connection, key(allowance.installation_id, name), f"In {allowance.account} {text}.", now)
        elif not any(check.blind.startswith(_BY_GITHUB) for check in mine):
            store.problems.clear(connection, key(allowance.installation_id, name))


def seen_again(store: Store, connection: Connection, check: Check) -> None:
    """A source answered: if it was the last that did not, nothing is unseen there any more."""
    others = [
        c
        for c in store.checks.of(check.installation_id).values()
        if c.source == check.source and c.scope != check.scope and c.blind
    ]
    if not others:
        store.problems.clear(connection, key(check.installation_id, check.source))
