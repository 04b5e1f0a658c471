"""The ledger as a table for a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.ledger import Holding
from github_app.model import Power
from github_app.store.repositories import Watch
from workers.render.escape import terminal


def holdings_table(watch: Watch, holdings: Iterable[Holding]) -> str:
    """Return who holds which power over a repository, power by power, longest first; authors only as a number."""
    held = sorted((h for h in holdings if h.power is not Power.CUSTOM), key=lambda h: (list(Power).index(h.power), h.since))
    authors = [h for h in held if h.power is Power.AUTHOR]
    state = (
        f"watched, past known since {_day(watch.settled_at)}"
        if watch.settled_at
        else f"{watch.state}: {watch.problem or 'past not learned yet'}"
    )
    lines = [f"{terminal(watch.full_name)} ({terminal(state)})", ""]
    lines.append(f"{'power':<16} {'since':<11} {'last used':<11} {'uses':>6}  who")
    lines.extend(_row(h) for h in held if h.power is not Power.AUTHOR)
    if not held:
        lines.append("nobody is known to hold a power yet")
    lines.append("")
    lines.append(f"{len(authors)} authors have work in it.")
    return "\n".join(lines)


def _row(holding: Holding) -> str:
    who = holding.person.label if holding.subject.split(":")[0] in {"id", "mail", "login", "name"} else holding.subject
    if holding.subject.startswith(("pgp:", "ssh:", "x509:")):
        who = f"{holding.subject} used by {holding.person.label}"
    granted = f", granted by {holding.granted_by.label}" if holding.granted_by else ""
    lost = f", lost {_day(holding.revoked_at)}" if holding.revoked_at else ""
    return (
        f"{holding.power.value:<16} {_day(holding.since):<11} {_day(holding.last_used):<11} {holding.uses:>6}  "
        f"{terminal(who + granted + lost)}"
    )


def _day(at: dt.datetime | None) -> str:
    return at.date().isoformat() if at else "-"
