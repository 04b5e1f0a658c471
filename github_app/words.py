"""Phrases that all kinds of message share. Plain text, not escaped: each kind escapes for its own place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from github_app.model import Alert, Evidence, Person, Power, Reviewer, Rung, State, Verdict
from github_app.review import Action, DecisionRecord, handle, standing

PRIVATE = (
    "This is about a pattern in what happened, not about what anybody is like. Most patterns like it have a friendly "
    "explanation. It is shown here only and never on GitHub."
)
PATTERN = (
    "It is a pattern in what happened, not a judgement of anybody: each step may have a friendly explanation. It is shown "
    "to people who may write there, and never on GitHub."
)
WHAT_TO_DO = (
    "ask whether this was meant, over a channel you already trust. Meant: Expected. If nobody knows: take the access away "
    "first, then press Incident."
)
WHAT_TO_DO_PRIVATE = (
    "stand by the maintainer: read the thread, answer it with them, and let nobody hurry a change of rights. Sincere: "
    "Harmless. If rights are about to move because of it, talk to the others who hold them first."
)

_USES = {
    Power.AUTHOR: "has written code here",
    Power.COMMITTER: "has pushed here",
    Power.MERGER: "has merged here",
    Power.APPROVER: "has approved changes here",
    Power.RELEASER: "has made releases here",
    Power.SIGNER: "has signed tags here",
    Power.WORKFLOW_EDITOR: "has changed workflows here",
    Power.ADMIN: "has been an admin here",
    Power.OWNER: "has been an owner here",
    Power.KEY_HOLDER: "has held a deploy key here",
    Power.APP: "has acted here as an app",
    Power.BYPASSER: "has been able to bypass the rules here",
    Power.CUSTOM: "is a custom here",
}
_VERDICTS = {Verdict.EXPECTED: "Expected", Verdict.HARMLESS: "Harmless", Verdict.INCIDENT: "Incident"}
_STEPS = {
    Action.ACKNOWLEDGE: "{who} is looking into it",
    Action.EXPECTED: "{who} says it was expected",
    Action.HARMLESS: "{who} says it is harmless",
    Action.INCIDENT: "{who} says it is an incident",
    Action.SNOOZE: "{who} snoozed it",
    Action.REOPEN: "{who} reopened it",
    Action.WAKE: "The snooze ended",
    Action.REMIND: "Reminder",
    Action.LAPSE: "Open again",
}


def state(alert: Alert) -> str:
    """Return the state in one or two words: `Open`, `Resolved: expected`."""
    if alert.state is State.RESOLVED and alert.verdict is not None:
        return _VERDICTS[alert.verdict]
    return alert.state.value.capitalize()


def state_line(alert: Alert, decisions: Sequence[DecisionRecord]) -> str:
    """Return the state with who and when: `Acknowledged by @a on 2024-02-24`."""
    last = next((r for r in reversed(decisions) if not r.action.by_itself), None)
    if alert.state is State.RESOLVED:
        return f"{state(alert)}: marked by {_names(alert.decided_by) or 'somebody'}{_on(last)}"
    if alert.state is State.SNOOZED and alert.snoozed_until is not None:
        return f"Snoozed{_by(last)} until {day(alert.snoozed_until)}"
    if alert.state is State.ACKNOWLEDGED:
        said = standing(decisions)
        if said:
            return f"Needs a second person: {', '.join(f'{handle(r.by)} says {r.verdict}' for r in said)}"
        return f"Acknowledged{_by(last)}{_on(last)}"
    if last is not None and last.action is Action.REOPEN:
        return f"Reopened{_by(last)}{_on(last)}"
    return f"Open since {day(alert.raised_at)}"


def step(record: DecisionRecord) -> str:
    """Return one accepted step: `@a says it was expected (2024-02-24): we agreed on it`."""
    line = _STEPS[record.action].format(who=handle(record.by))
    if record.action is Action.WAKE:
        return line
    return f"{line}: {record.reason}" if record.action.by_itself else f"{line} ({day(record.at)}): {record.reason}"


def reviewer(found: Reviewer) -> str:
    """Return who should look and why they: `Lasse Collin (@larhzu): has merged here since 2009-01-05`."""
    return f"{found.person.label}: {why_reviewer(found)}"


def why_reviewer(found: Reviewer) -> str:
    """Return only the reason of `reviewer`."""
    if found.named:
        return "is named by the policy"
    return f"{_USES[found.power]} since {day(found.since)}"


def nobody_to_ask(alert: Alert) -> str:
    """Return what to say when nobody held the power before."""
    if not alert.finding.powers:
        return "Any maintainer who is not part of it can decide."
    about = handle(alert.finding.subject.person) if alert.finding.subject.person != Person() else "this key"
    return f"Nobody is known who held this power before {about}. Any other maintainer can decide."


def ladder(rungs: Sequence[Rung]) -> tuple[str, ...]:
    """Return the steps to power, one phrase each: `author 2021-10-29`, `merger 2023-01-07, 434 days later`."""
    first, *later = rungs or (None,)
    if first is None:
        return ()
    return (f"{power(first.power)} {day(first.at)}", *(f"{power(r.power)} {day(r.at)}, {span(r.days)} later" for r in later))


def power(which: Power) -> str:
    """Return a power as a word."""
    return which.value.replace("_", " ")


def evidence(found: Evidence) -> tuple[str, str]:
    """Return kind and value for a reader; commits by their first ten digits."""
    value = found.value[:10] if found.kind == "commit" else found.value
    return {"ref": "branch", "pull": "pull request"}.get(found.kind, found.kind), value


def day(at: dt.datetime) -> str:
    """Return the date in UTC."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d}"


def minute(at: dt.datetime) -> str:
    """Return date and time in UTC."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def span(days: int) -> str:
    """Return `1 day`, `434 days`, `the same day` for none."""
    return f"{days:,} day{'' if days == 1 else 's'}"


def count(number: int, one: str, many: str = "") -> str:
    """Return `1 alert`, `2 alerts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _names(logins: Sequence[str]) -> str:
    return " and ".join(f"@{login}" for login in logins)


def _by(record: DecisionRecord | None) -> str:
    return f" by {handle(record.by)}" if record else ""


def _on(record: DecisionRecord | None) -> str:
    return f" on {day(record.at)}" if record else ""
