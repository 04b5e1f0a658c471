"""Something about trust happened that disturbs nobody and is kept for the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from github_app.branches import released_from
from github_app.estate import Guard, GuardChanged, InventoryChanged, Thing, value_of
from github_app.fact import (
    AccessChanged,
    CommentWritten,
    CommitsLanded,
    DeployKeyChanged,
    Fact,
    InstallationChanged,
    ReleaseChanged,
    TagCreated,
)
from github_app.happenings import Happened, PullTouched, What
from github_app.identity import keys
from github_app.ledger import LedgerView
from github_app.model import Finding, Power, Severity, Source, Stage, Subject
from github_app.remember import WRITING_ROLES
from workers.detectors import Change, Detector, _estate, _words
from workers.pressure.pattern import DEMANDS

_INVITED_TO_POWER = WRITING_ROLES | {"owner"}
"""What an alert tells by itself."""
Note = tuple[Severity, str] | None


def detect(change: Change) -> Iterable[Finding]:
    """Record what is no news to anybody today and a help to whoever looks back; nothing is sent. Git tells it by itself."""
    fact: Fact = change.fact
    rule = _RULES.get(type(fact))
    note = rule(fact, change.ledger) if rule is not None and fact.source is not Source.GIT else None
    if note is None:
        return ()
    severity, sentence = note
    # Neither who made a tag nor what it points to is told wherever it is read of, and it is one tag whenever that was.
    tag = isinstance(fact, TagCreated)
    person = None if tag else getattr(fact, "subject", None) or fact.actor
    return [
        _estate.finding(
            fact,
            severity,
            sentence,
            "Recorded for whoever looks back; nothing needs to be done.",
            before="not recorded",
            # Two deliveries about one thing on one day are one record.
            after=f"{sentence} {'' if tag else f'on {_estate.day(fact)}'}".rstrip()[:500],
            subject=Subject(person=person) if person is not None else Subject(),
            powers=(),
            private=isinstance(fact, CommentWritten),
        )
    ]


def _comment(fact: CommentWritten, _: LedgerView) -> Note:
    mark = fact.mark
    if mark is None or not mark.stranger or "asks-maintained" not in mark.signals or DEMANDS & set(mark.signals):
        return None
    place = f"A comment in #{fact.thread}" if fact.comment_id else f"The text of #{fact.thread}"
    return Severity.LOW, f"{place} asks whether anybody maintains the project"


def _tag(fact: TagCreated, _: LedgerView) -> Note:
    return Severity.LOW, f"The tag {fact.name} was made"


def _branch(fact: CommitsLanded, _: LedgerView) -> Note:
    """GitHub writes zeros for what was not there before."""
    made = fact.before.strip("0") == "" and fact.before != "" and not fact.guarded
    name = _words.branch(fact.ref)
    return (Severity.LOW, f"The branch {name} was made") if made and released_from(name) else None


def _access(fact: AccessChanged, _: LedgerView) -> Note:
    if not keys(fact.subject):
        return None
    where = _estate.where(fact)
    if fact.after == "none" and fact.scope != "organization":  # that somebody left the organisation is an alert
        return Severity.LOW, f"{_words.named(fact.subject)} was removed from {where}"
    if fact.after in {"read", "triage", "member"} and fact.before in {"", "none", "read"} - {fact.after}:
        return Severity.LOW, f"{_words.named(fact.subject)} has the role {fact.after} in {where}"
    return None


def _deploy_key(fact: DeployKeyChanged, _: LedgerView) -> Note:
    return None if fact.added else (Severity.INFO, f"The deploy key “{fact.title}” was removed")


def _release(fact: ReleaseChanged, ledger: LedgerView) -> Note:
    known = fact.actor is not None and _words.used(ledger.holding(Power.RELEASER, fact.actor))
    return (Severity.INFO, f"The release {fact.tag} was published") if fact.action == "published" and known else None


def _installation(fact: InstallationChanged, _: LedgerView) -> Note:
    said = {
        "created": f"This app was installed in {_estate.where(fact)}",
        "unsuspend": f"This app is no longer suspended in {_estate.where(fact)}; what happened meanwhile was not seen",
        "added": f"This app sees {_more(len(fact.added))} of {_estate.where(fact)}",
    }.get(fact.action)
    return (Severity.INFO, said) if said else None


def _more(count: int) -> str:
    return "one more repository" if count == 1 else f"{count} more repositories"


def _guard(fact: GuardChanged, _: LedgerView) -> Note:
    if fact.action == "created" and fact.guard in {Guard.BRANCH_PROTECTION, Guard.RULESET}:
        return Severity.INFO, f"The {fact.guard.replace('-', ' ')} {fact.name} was set up"
    if fact.guard == Guard.BRANCH_PROTECTION_CONFIGURATION and fact.action == "enabled":
        return Severity.INFO, f"Branch protection of {_estate.where(fact)} holds again"
    return None


def _inventory(fact: InventoryChanged, _: LedgerView) -> Note:
    role, gone = value_of(fact.after, "role"), fact.action == "removed"
    who = fact.subject.label if fact.subject else fact.name
    if fact.thing == Thing.TEAM_REPOSITORY:
        team, where = fact.name.partition(" on ")[::2]
        if gone:
            return Severity.LOW, f"The team {team} has no access to {where} any more"
        return None if role in WRITING_ROLES else (Severity.INFO, f"The team {team} has the role {role} in {where}")
    if fact.thing == Thing.INVITATION:
        silent = gone or role in _INVITED_TO_POWER
        return None if silent else (Severity.INFO, f"{who} was invited with the role {role}")
    if fact.thing in {Thing.SECRET, Thing.VARIABLE}:
        was, found = value_of(fact.before, "set"), value_of(fact.after, "set")
        another = was and found and was != found
        return (Severity.INFO, f"The {fact.thing} {fact.name} has another value") if another else None
    if fact.thing == Thing.TEAM_MEMBER:
        return Severity.LOW, f"{who} {'left' if gone else 'joined'} the team {fact.name}"
    said = {
        (Thing.TEAM, False): (Severity.INFO, f"The team {fact.name} was made"),
        (Thing.BLOCKED_USER, False): (Severity.LOW, f"{who} was blocked"),
        (Thing.TOKEN_REQUEST, True): (Severity.INFO, f"A token of {who} was refused"),
    }
    return said.get((fact.thing, gone))


def _pull(fact: PullTouched, _: LedgerView) -> Note:
    if fact.action != "reviewer_removed":
        return None
    who = fact.subject.label if fact.subject else f"The team {fact.before}" if fact.before else "A reviewer"
    return Severity.LOW, f"{who} need not review pull request {fact.number} any more"


def _happened(fact: Happened, _: LedgerView) -> Note:
    who = fact.subject.label if fact.subject else fact.name
    return {
        What.FORKED: (Severity.INFO, f"{fact.name} was forked"),
        What.DESCRIBED: (Severity.INFO, f"{fact.name} is described otherwise: {fact.detail}"),
        What.REPOSITORY_CREATED: (Severity.INFO, f"The repository {fact.name} was made, {fact.detail}"),
        What.ADVISORY_PUBLISHED: (Severity.INFO, f"The advisory {fact.name} was published"),
        What.GATE_REQUESTED: (Severity.INFO, f"A deployment to {fact.name} waits for approval"),
        What.GATE_APPROVED: (Severity.LOW, f"A deployment to {fact.name} was approved"),
        What.AUTHORIZATION_REVOKED: (
            Severity.INFO,
            f"{who} revoked this app's access to their account",
        ),
        What.DISCUSSION_LOCKED: (Severity.LOW, f"The conversation in {fact.name} was locked"),
        What.ISSUE_TRANSFERRED: (
            Severity.LOW,
            f"The issue {fact.name} was moved {fact.detail and 'to '}{fact.detail}".rstrip(),
        ),
        What.TEAM_DESCRIBED: (Severity.INFO, f"The team {fact.name} is described otherwise: {fact.detail}"),
    }.get(fact.what)


_RULES: dict[type[Fact], Callable[[Any, LedgerView], Note]] = {
    TagCreated: _tag,
    CommentWritten: _comment,
    CommitsLanded: _branch,
    AccessChanged: _access,
    DeployKeyChanged: _deploy_key,
    ReleaseChanged: _release,
    InstallationChanged: _installation,
    GuardChanged: _guard,
    InventoryChanged: _inventory,
    PullTouched: _pull,
    Happened: _happened,
}

# On trial for good: what is on trial is recorded, sent to nobody, and part of no case.
DETECTOR = Detector(
    watches=tuple(_RULES),
    stage=Stage.TRIAL,
    severities=(Severity.INFO, Severity.LOW),
    needs_history=False,
    detect=detect,
)
