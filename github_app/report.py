"""The first report about a repository: who holds which power today, and where everything hangs on one person. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from github_app.ledger import Holding
from github_app.model import Alert, Case, Person, Power, Repository, Severity

ACTIVE = dt.timedelta(days=365)
"""Who used a power within this time is active; the report looks back as far."""

MOST_HOLDERS = 12
MOST_RAISED = 50

SHOWN = (
    Power.OWNER,
    Power.ADMIN,
    Power.COMMITTER,
    Power.MERGER,
    Power.APPROVER,
    Power.WORKFLOW_EDITOR,
    Power.RELEASER,
    Power.SIGNER,
    Power.KEY_HOLDER,
    Power.BYPASSER,
    Power.APP,
)
"""Powers in the order in which they are told; authors are many and hold nothing."""

_PERSONS = ("id:", "mail:", "login:", "name:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One who holds a power: a person, or a key (then `key` is its name and `person` who used it)."""

    person: Person
    key: str
    since: dt.datetime
    last_used: dt.datetime | None
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everybody with one power: how many hold it, how many used it lately, and those who used it last (at most 12)."""

    power: Power
    count: int
    active: int
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known about a repository when its past was read.

    `learned` is False when it is watched without its past. `raised` are alerts that the last 12 months would have led to,
    had the app been there, and `cases` what they make together; nobody was told of them. `past_until` is when those 12
    months ended, None for when the report was made. `gaps` are plain sentences about what could not be known.
    """

    repository: Repository
    made_at: dt.datetime
    learned: bool
    commits: int = 0
    tags: int = 0
    held: tuple[Held, ...] = ()
    raised: tuple[Alert, ...] = ()
    cases: tuple[Case, ...] = ()
    gaps: tuple[str, ...] = ()
    past_until: dt.datetime | None = None

    @property
    def worst(self) -> Severity | None:
        """How bad the worst of what would have been raised is, alone or together; None for nothing."""
        levels = [a.finding.severity for a in self.raised] + [case.severity for case in self.cases]
        return max(levels, key=lambda level: level.rank, default=None)


def powers(holdings: Iterable[Holding], now: dt.datetime) -> tuple[Held, ...]:
    """Return who holds which power now, apps and bots included, in the order of `SHOWN`.

    Args:
        holdings: of one repository or organisation.
        now: the time to look back from (UTC).
    """
    by_power: dict[Power, list[Holder]] = {}
    for holding in holdings:
        if holding.power in SHOWN and holding.revoked_at is None:
            by_power.setdefault(holding.power, []).append(_holder(holding, now))
    return tuple(_held(power, by_power[power]) for power in SHOWN if power in by_power)


def alone(held: Sequence[Held]) -> tuple[str, ...]:
    """Return where everything hangs on one person or one key, or on nobody, in plain sentences, not escaped."""
    found = {h.power: h for h in held}
    landing = _people(found, Power.COMMITTER, Power.MERGER)
    lines = [
        _line(landing, "landed changes", "whoever takes over their account can land anything"),
        _line(_people(found, Power.RELEASER), "tagged or released", "nobody else would notice a release of theirs"),
        _line(_people(found, Power.SIGNER), "signed tags", "one key decides what counts as a release"),
    ]
    return tuple(line for line in lines if line)


def _people(found: dict[Power, Held], *which: Power) -> list[Holder]:
    """Return who holds any of these powers, once for each person or key; apps are nobody here."""
    everybody = [h for power in which if power in found for h in found[power].holders if not h.person.bot]
    merged: dict[str, Holder] = {}
    for holder in everybody:
        name = holder.key or holder.person.label
        if name not in merged or (holder.active and not merged[name].active):
            merged[name] = holder
    return list(merged.values())


def _line(holders: Sequence[Holder], did: str, so: str) -> str:
    if not holders:
        return ""
    active = [h for h in holders if h.active]
    if len(active) > 1:
        return ""
    if active:
        who = f"the key {active[0].key} of {active[0].person.label}" if active[0].key else active[0].person.label
        return f"Only {who} {did} in the last 12 months: {so}."
    last = max((h.last_used for h in holders if h.last_used), default=None)
    since = f", the last time on {last:%Y-%m-%d}" if last else ""
    return f"Nobody {did} in the last 12 months{since}."


def _holder(holding: Holding, now: dt.datetime) -> Holder:
    return Holder(
        person=holding.person,
        key="" if holding.subject.startswith(_PERSONS) else holding.subject,
        since=holding.since,
        last_used=holding.last_used,
        active=holding.last_used is not None and now - holding.last_used <= ACTIVE,
    )


def _held(power: Power, holders: Sequence[Holder]) -> Held:
    # Who was given a power and never used it comes last; the latest to be given comes first among those.
    ordered = sorted(holders, key=lambda h: (h.last_used is not None, h.last_used or h.since), reverse=True)
    return Held(
        power=power, count=len(holders), active=sum(h.active for h in holders), holders=tuple(ordered[:MOST_HOLDERS])
    )
