"""Declared hand-overs: a change of power that its holder announces stays quiet, and what is not part of it gets louder.

Pure. Whoever holds powers in a repository says who is to have them and until when; where another active holder is
known, that one has to confirm. The person who takes over can do neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from github_app import identity
from github_app.ledger import Holding, LedgerView
from github_app.model import Alert, Person, Power, Severity
from github_app.review import MOST_REASON, Refused, handle, minute

LONGEST = dt.timedelta(days=366)
"""How far away the end of a hand-over may be."""
ACTIVE = dt.timedelta(days=365)
"""Whoever used a power within this time is asked to confirm; nobody waits for a maintainer who left years ago."""

POWERS = (
    Power.COMMITTER, Power.MERGER, Power.APPROVER, Power.RELEASER, Power.SIGNER, Power.WORKFLOW_EDITOR, Power.ADMIN,
    Power.OWNER, Power.KEY_HOLDER,
)  # fmt: skip
"""What can be handed over. That somebody writes code is nobody's to announce."""


_LANDS = frozenset({Power.COMMITTER, Power.MERGER, Power.ADMIN, Power.OWNER})
_IMPLIED = {
    Power.COMMITTER: _LANDS,
    Power.MERGER: _LANDS,
    Power.WORKFLOW_EDITOR: frozenset({Power.WORKFLOW_EDITOR, Power.ADMIN, Power.OWNER}),
    Power.ADMIN: frozenset({Power.ADMIN, Power.OWNER}),
}
"""By which powers of the announcer a power counts as handed over: pushing and merging are two ways of landing work, and
whoever administers can do both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One announcement. It counts while it is confirmed, not ended, and `until` is not over. Times in UTC."""

    id: int = 0
    repository_id: int
    subject: Person
    powers: tuple[Power, ...]
    until: dt.datetime
    reason: str
    declared_by: Person
    declared_at: dt.datetime
    waits_for: tuple[Person, ...] = ()
    confirmed_by: Person | None = None
    confirmed_at: dt.datetime | None = None
    ended_by: Person | None = None
    ended_at: dt.datetime | None = None

    @property
    def since(self) -> dt.datetime | None:
        """When it began to count; None while it waits for a second person."""
        return self.confirmed_at if self.waits_for else self.declared_at

    def counts(self, at: dt.datetime) -> bool:
        """Say whether it counts at a time."""
        begun = self.since is not None and self.since <= at <= self.until
        return begun and (self.ended_at is None or at < self.ended_at)


def holdings_of(ledgers: Iterable[LedgerView], who: Person) -> list[Holding]:
    """Return the powers somebody holds now that can be handed over."""
    found = (held for ledger in ledgers for held in ledger.powers_of(who))
    return [held for held in found if held.power in POWERS and held.revoked_at is None]


def declare(
    *,
    repository_id: int,
    subject: Person,
    until: dt.datetime,
    reason: str,
    by: Person,
    now: dt.datetime,
    ledgers: Sequence[LedgerView],
) -> Handover | Refused:
    """Announce that `subject` takes over what `by` holds, or say why not.

    Args:
        repository_id: where.
        subject: who takes over.
        until: the end of it (UTC), at most a year away.
        reason: why; required.
        by: who announces it, as GitHub knows them.
        now: the time (UTC).
        ledgers: of the repository and of its organisation.
    """
    held = holdings_of(ledgers, by)
    if not held:
        return Refused(sentence="only somebody who holds a power here can hand it over, and you hold none that is known")
    if _same(ledgers, by, subject):
        return Refused(sentence="nobody can announce their own new powers: ask whoever has them now")
    if not reason.strip():
        return Refused(sentence="a hand-over needs a reason: write one sentence that the others will understand later")
    if len(reason) > MOST_REASON:
        return Refused(sentence=f"the reason is longer than the {MOST_REASON:,} characters that are kept: shorten it")
    if not now < until <= now + LONGEST:
        return Refused(sentence=f"a hand-over ends in the future and within {LONGEST.days} days")
    return Handover(
        repository_id=repository_id,
        subject=subject,
        powers=tuple(dict.fromkeys(h.power for h in held)),
        until=until,
        reason=reason.strip(),
        declared_by=by,
        declared_at=now,
        waits_for=_seconds(ledgers, by, subject, now),
    )


def confirm(handover: Handover, by: Person, now: dt.datetime, ledgers: Sequence[LedgerView]) -> Handover | Refused:
    """Confirm an announcement as a second holder, or say why not."""
    if handover.ended_at is not None or now > handover.until:
        return Refused(sentence="this hand-over is over: announce it anew")
    if handover.since is not None:
        return Refused(sentence="this hand-over counts already")
    if _same(ledgers, by, handover.subject):
        return Refused(sentence="this hand-over is to you, so somebody else has to confirm it")
    if _same(ledgers, by, handover.declared_by):
        return Refused(sentence="you announced this hand-over, so somebody else has to confirm it")
    if not holdings_of(ledgers, by):
        return Refused(sentence="only somebody who holds a power here can confirm, and you hold none that is known")
    return replace(handover, confirmed_by=by, confirmed_at=now)


def end(handover: Handover, by: Person, now: dt.datetime, ledgers: Sequence[LedgerView]) -> Handover | Refused:
    """End an announcement before its time, or say why not. Any holder may: it only makes the app louder again."""
    if handover.ended_at is not None or now > handover.until:
        return Refused(sentence="this hand-over is over already")
    if not holdings_of(ledgers, by):
        return Refused(sentence="only somebody who holds a power here can end it, and you hold none that is known")
    return replace(handover, ended_by=by, ended_at=now)


def in_the_light_of(alert: Alert, handovers: Iterable[Handover]) -> Alert:
    """Return the alert quieter where it was announced, louder where a hand-over is under way and it is not part of it.

    Either way it says so, and either way it is recorded. A private finding is left as it is.
    """
    running = [h for h in handovers if h.counts(alert.at)]
    if not running or alert.finding.private:
        return alert
    announced = next((h for h in running if _covers(h, alert)), None)
    if announced is not None:
        return _changed(alert, Severity.INFO, f"It was announced: {described(announced)}")
    if not alert.finding.severity.at_least(Severity.MEDIUM) or not (alert.finding.gains or _about(running, alert)):
        return alert
    louder = list(Severity)[min(alert.finding.severity.rank + 1, Severity.CRITICAL.rank)]
    others = " and ".join(handle(h.subject) for h in running[:3])
    return _changed(alert, louder, f"A hand-over to {others} is under way, and this is not part of what was announced.")


def described(handover: Handover) -> str:
    """Return one sentence: who hands what to whom, until when and why. Not escaped."""
    second = f", confirmed by {handle(handover.confirmed_by)}" if handover.confirmed_by else ""
    powers = ", ".join(power.value.replace("_", " ") for power in handover.powers)
    return (
        f"{handle(handover.declared_by)} hands over to {handle(handover.subject)} ({powers}) until {minute(handover.until)}"
        f"{second}: {handover.reason}"
    )


def _covers(handover: Handover, alert: Alert) -> bool:
    if not _about([handover], alert):
        return False
    gained = alert.finding.gains
    return bool(gained) and all(_IMPLIED.get(power, frozenset({power})) & set(handover.powers) for power in gained)


def _about(handovers: Iterable[Handover], alert: Alert) -> bool:
    """Say whether an alert is about somebody who takes over."""
    about = {*alert.subject_keys, *identity.keys(alert.finding.subject.person)}
    return any(not about.isdisjoint(_keys(h.subject)) for h in handovers)


def _keys(subject: Person) -> Collection[str]:
    # A login can be given away within the time; with a number known, only the number counts.
    own = identity.keys(subject)
    return own[:1] if subject.id is not None else own


def _changed(alert: Alert, severity: Severity, sentence: str) -> Alert:
    finding = replace(alert.finding, severity=severity, why=f"{alert.finding.why} {sentence}".strip())
    return replace(alert, finding=finding)


def _same(ledgers: Sequence[LedgerView], one: Person, other: Person) -> bool:
    direct = not set(identity.keys(one)).isdisjoint(identity.keys(other))
    return direct or any(ledger.same(one, other) for ledger in ledgers)


def _seconds(ledgers: Sequence[LedgerView], by: Person, subject: Person, now: dt.datetime) -> tuple[Person, ...]:
    """Return who else could confirm: people who land or administer here and did so lately, or were given it lately."""
    found: dict[str, Person] = {}
    for ledger in ledgers:
        for power in (Power.COMMITTER, Power.MERGER, Power.ADMIN, Power.OWNER):
            for held in ledger.holders(power):
                seen = held.last_used or held.granted_at
                lately = seen is not None and now - seen <= ACTIVE
                person = held.person
                if lately and not person.bot and not _same(ledgers, person, by) and not _same(ledgers, person, subject):
                    found.setdefault(held.subject, person)
    return tuple(found.values())[:5]
