"""The review of an alert: the rules by which people change an alert's state. Pure; it knows no clock and no database.

`open -> acknowledged -> resolved(expected | harmless | incident)`, `snoozed` always until a given time, `reopen` back to
open; what time alone does is in `github_app.ageing`. Three rules cannot be talked around: the subject of an alert,
whoever granted the power and whoever gains by it never decide about it, a critical alert is resolved only by two
different people who say the same, and every step has a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from github_app import identity
from github_app.model import Alert, Person, Severity, State, Verdict

MOST_REASON = 2_000
"""Longest reason we keep, in characters."""
SNOOZE = dt.timedelta(days=7)
"""How long a snooze lasts when nobody says otherwise."""
LONGEST_SNOOZE = dt.timedelta(days=30)

REASON_INPUT = "trust:reason"
"""The name of the input in which a reason is typed, in Slack its `action_id`."""


class Action(StrEnum):
    """What somebody asks to happen to an alert; `wake`, `remind` and `lapse` are what time does (`github_app.ageing`)."""

    ACKNOWLEDGE = "acknowledge"
    EXPECTED = "expected"
    HARMLESS = "harmless"
    INCIDENT = "incident"
    SNOOZE = "snooze"
    REOPEN = "reopen"
    WAKE = "wake"
    REMIND = "remind"
    LAPSE = "lapse"

    @property
    def by_itself(self) -> bool:
        """Say whether no person can ask for this."""
        return self in {Action.WAKE, Action.REMIND, Action.LAPSE}

    @property
    def button(self) -> str:
        """The name of the button that asks for this action, in Slack its `action_id`."""
        return f"trust:{self.value}"

    @property
    def verdict(self) -> Verdict | None:
        """The verdict this action stands for, if it is one."""
        return _VERDICTS.get(self)


_VERDICTS = {
    Action.EXPECTED: Verdict.EXPECTED,
    Action.HARMLESS: Verdict.HARMLESS,
    Action.INCIDENT: Verdict.INCIDENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One accepted step, kept for ever: what was done to which alert, by whom, why, and through what.

    `verdict` is set for expected, harmless and incident, also where a critical alert still waits for a second
    person. `via` is slack, github, web, cli or, for what time does, app.
    """

    alert_id: int
    at: dt.datetime
    action: Action
    verdict: Verdict | None = None
    reason: str
    by: Person
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The step is accepted: the alert as it is now (version one higher), its record, and a sentence for the person."""

    alert: Alert
    record: DecisionRecord
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing changes; `sentence` says why, in one plain sentence. Not escaped."""

    sentence: str


def decide(  # noqa: PLR0917  # the whole of a decision, always named at the call
    alert: Alert,
    action: Action,
    by: Person,
    keys: Collection[str],
    reason: str,
    now: dt.datetime,
    previous: Sequence[DecisionRecord],
    *,
    via: str = "slack",
    until: dt.datetime | None = None,
) -> Decided | Refused:
    """Apply one person's action to an alert, or say why not.

    Args:
        alert: as stored.
        action: what is asked.
        by: who asks, as GitHub knows them.
        keys: every identity key known of that person, of all their accounts.
        reason: why; required, trimmed, at most 2,000 characters.
        now: the time of the decision (UTC).
        previous: every record of this alert so far, oldest first.
        via: slack, github, web or cli.
        until: when a snooze ends (UTC); seven days from now by default, thirty at most.
    """
    own = frozenset(keys) | frozenset(identity.keys(by))
    reason = _clean(reason)
    refusal = _not_allowed(alert, action, by, own, reason)
    if refusal:
        return Refused(sentence=refusal)
    record = DecisionRecord(alert_id=alert.id, at=now, action=action, verdict=action.verdict, reason=reason, by=by, via=via)
    if action is Action.ACKNOWLEDGE:
        return _acknowledge(alert, record, previous)
    if action is Action.SNOOZE:
        return _snooze(alert, record, previous, until or now + SNOOZE)
    if action is Action.REOPEN:
        return _reopen(alert, record)
    return _judge(alert, record, own, previous)


def standing(previous: Sequence[DecisionRecord]) -> tuple[DecisionRecord, ...]:
    """Return each person's latest verdict since the alert was last reopened, oldest first: what counts towards two."""
    latest: list[DecisionRecord] = []
    for record in previous:
        if record.action is Action.REOPEN:
            latest.clear()
        elif record.verdict is not None:
            latest = [r for r in latest if not _same(r.by, identity.keys(record.by))]
            latest.append(record)
    return tuple(latest)


def handle(person: Person) -> str:
    """Return the shortest name for a sentence: `@login`, else whatever names the person. Not escaped."""
    return f"@{person.login}" if person.login else person.label


def _not_allowed(alert: Alert, action: Action, by: Person, own: frozenset[str], reason: str) -> str:
    if (by.id is None and not by.login) or by.bot or action.by_itself:
        return "only a person with a known GitHub account can decide about an alert"
    if part := _part_in(alert, own):
        return f"{part}, so somebody else has to decide about it"
    if not reason:
        return "a decision needs a reason: write one sentence that the others will understand later"
    if len(reason) > MOST_REASON:
        return f"the reason is {len(reason):,} characters long and at most {MOST_REASON:,} are kept: shorten it"
    return ""


def _part_in(alert: Alert, own: frozenset[str]) -> str:
    """Return what somebody has to do with an alert, "" for nothing."""
    finding = alert.finding
    if own.intersection(alert.subject_keys) or own.intersection(identity.keys(finding.subject.person)):
        return "this alert is about you"
    grantor = identity.keys(finding.grantor) if finding.grantor else ()
    if own.intersection(alert.grantor_keys) or own.intersection(grantor):
        return "you granted the power this alert is about"
    gaining = {key for person in finding.beneficiaries for key in identity.keys(person)}
    if own.intersection(alert.beneficiary_keys) or own.intersection(gaining):
        return "you would gain by what this alert is about"
    return ""


def _acknowledge(alert: Alert, record: DecisionRecord, previous: Sequence[DecisionRecord]) -> Decided | Refused:
    if alert.state is State.RESOLVED:
        return Refused(sentence=f"{_resolved(alert, previous)}: reopen it first")
    if alert.state is State.ACKNOWLEDGED:
        earlier = next((r for r in reversed(previous) if not r.action.by_itself), None)
        return Refused(sentence=f"already acknowledged{_by_whom(earlier)}")
    return accept(
        replace(alert, state=State.ACKNOWLEDGED, snoozed_until=None),
        record,
        f"Acknowledged by {handle(record.by)}; it still needs a verdict.",
    )


def _snooze(
    alert: Alert, record: DecisionRecord, previous: Sequence[DecisionRecord], until: dt.datetime
) -> Decided | Refused:
    if alert.state is State.RESOLVED:
        return Refused(sentence=f"{_resolved(alert, previous)}: there is nothing to snooze")
    if alert.state is State.SNOOZED and alert.snoozed_until is not None and alert.snoozed_until > record.at:
        return Refused(
            sentence=f"already snoozed until {minute(alert.snoozed_until)}{_by_whom(_last(previous, Action.SNOOZE))}"
        )
    if not record.at < until <= record.at + LONGEST_SNOOZE:
        return Refused(sentence=f"a snooze ends in the future and within {LONGEST_SNOOZE.days} days")
    return accept(
        replace(alert, state=State.SNOOZED, snoozed_until=until),
        record,
        f"Snoozed by {handle(record.by)} until {minute(until)}; it comes back then.",
    )


def _reopen(alert: Alert, record: DecisionRecord) -> Decided | Refused:
    if alert.state in {State.OPEN, State.ACKNOWLEDGED}:
        return Refused(sentence="this alert is already open")
    fresh = replace(alert, state=State.OPEN, verdict=None, reason="", decided_by=(), snoozed_until=None)
    return accept(fresh, record, f"Reopened by {handle(record.by)}.")


def _judge(
    alert: Alert, record: DecisionRecord, own: frozenset[str], previous: Sequence[DecisionRecord]
) -> Decided | Refused:
    if alert.state is State.RESOLVED:
        done = _resolved(alert, previous)
        return Refused(sentence=done if alert.verdict is record.verdict else f"{done}: reopen it first")
    mine = [r for r in standing(previous) if _same(r.by, own)]
    if any(r.verdict is record.verdict for r in mine):
        return Refused(sentence=f"already marked {record.verdict}{_by_whom(mine[-1])}: a second person has to agree")
    others = [r for r in standing(previous) if not _same(r.by, own)]
    agreeing = [r for r in others if r.verdict is record.verdict]
    decided_by = tuple(handle(r.by).removeprefix("@") for r in (*agreeing, record))
    if alert.finding.severity is Severity.CRITICAL and not agreeing:
        waiting = replace(alert, state=State.ACKNOWLEDGED, snoozed_until=None, decided_by=decided_by)
        return accept(waiting, record, _needs_second(alert, record, own, others))
    resolved = replace(
        alert,
        state=State.RESOLVED,
        verdict=record.verdict,
        reason=record.reason,
        decided_by=decided_by,
        snoozed_until=None,
    )
    names = " and ".join(f"@{name}" for name in decided_by)
    return accept(resolved, record, f"Marked {record.verdict} by {names}.")


def _needs_second(alert: Alert, record: DecisionRecord, own: frozenset[str], others: Sequence[DecisionRecord]) -> str:
    text = f"{handle(record.by)} says {record.verdict}. A critical alert needs two people who agree"
    if others:
        text += f", and {handle(others[-1].by)} says {others[-1].verdict}"
    missing = [handle(r.person) for r in alert.reviewers if not own.intersection(identity.keys(r.person))]
    who = " or ".join(missing[:3]) if missing else "one more person who is not part of this change"
    return f"{text}. Still missing: {who}."


def accept(alert: Alert, record: DecisionRecord, sentence: str) -> Decided:
    """Return an accepted step; every one makes a new version of the alert, so that each place shows it."""
    return Decided(alert=replace(alert, version=alert.version + 1), record=record, sentence=sentence)


def _same(person: Person, own: Collection[str]) -> bool:
    # One key in common is enough: too few people counted is safe, too many is not.
    return not set(identity.keys(person)).isdisjoint(own)


def _clean(reason: str) -> str:
    """Trim, and drop what no database takes: NUL and lone surrogates."""
    return reason.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()


def _resolved(alert: Alert, previous: Sequence[DecisionRecord]) -> str:
    last = next((r for r in reversed(previous) if r.verdict is not None), None)
    return f"already marked {alert.verdict}{_by_whom(last)}"


def _last(previous: Sequence[DecisionRecord], action: Action) -> DecisionRecord | None:
    return next((r for r in reversed(previous) if r.action is action), None)


def _by_whom(record: DecisionRecord | None) -> str:
    return f" by {handle(record.by)} on {minute(record.at)}" if record else ""


def minute(at: dt.datetime) -> str:
    """Return date and time in UTC."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
