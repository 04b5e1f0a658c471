"""The judge: facts x ledger -> changes -> detectors -> alerts. A loop; it knows no detector by name.

The same code judges live deliveries, replays and whole histories.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from github_app import identity, lately
from github_app.fact import CommitsLanded, Fact, Landing, PullMerged, ReleaseChanged, TagCreated
from github_app.ledger import Ledger
from github_app.model import Alert, Finding, Person, Power, Repository, Reviewer
from github_app.remember import introduce, remember
from workers.detectors import Change, Detector, Wish
from workers.pressure.hearing import hear

log = logging.getLogger(__name__)

_MOST_REVIEWERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFailure:
    """A detector crashed on a fact: shown as "detector failed", never counted as "nothing found"."""

    detector: str
    fact: Fact
    error: str


@dataclass(slots=True)
class Judgement:
    """What came out of judging: alerts in order, and the detectors that failed."""

    alerts: list[Alert] = field(default_factory=list)
    failures: list[DetectorFailure] = field(default_factory=list)


def judge(
    facts: Iterable[Fact], ledger: Ledger, detectors: Sequence[Detector], *, now: dt.datetime | None = None
) -> Judgement:
    """Judge facts of one repository (or organisation) in order and let the ledger learn each of them.

    Until the ledger is settled nobody can be new: facts are remembered, and only detectors that need no history are
    asked.

    Args:
        facts: in landing order.
        ledger: what was known before; it is changed in place.
        detectors: those to ask, usually `workers.detectors.load()`.
        now: when the alerts are raised (UTC); each fact's own time by default, as in a backtest.
    """
    result = Judgement()
    for told in facts:
        introduce(ledger, told)
        fact = hear(told, ledger)
        change = Change(fact=fact, ledger=ledger)
        settled = ledger.settled_at is not None
        for detector in detectors:
            if isinstance(fact, detector.watches) and (settled or not detector.needs_history):
                _ask(detector, change, ledger, now or fact.at, result)
        remember(ledger, fact)
    return result


def wishes(
    fact: Fact, ledger: Ledger, detectors: Sequence[Detector], *, settled: bool = False
) -> tuple[tuple[Wish, ...], tuple[DetectorFailure, ...]]:
    """Return which contents the detectors need to judge a fact, each once, and those that crashed over the question.

    The ledger stays as it is. `settled` says that it will be settled by the time of the fact, though it is not yet.
    """
    change = Change(fact=fact, ledger=ledger)
    settled = settled or ledger.settled_at is not None
    found: dict[Wish, None] = {}
    failures = []
    for detector in detectors:
        if detector.reads is None or not isinstance(fact, detector.watches) or (detector.needs_history and not settled):
            continue
        try:
            found.update(dict.fromkeys(detector.reads(change)))
        except Exception as error:  # a crash in one detector must not cost the others' contents
            failures.append(_failed(detector, fact, error))
    return tuple(found), tuple(failures)


def _ask(detector: Detector, change: Change, ledger: Ledger, now: dt.datetime, result: Judgement) -> None:
    fact: Fact = change.fact
    try:
        findings = list(detector.detect(change))
    except Exception as error:  # a crash in one detector must not cost the others' alerts
        result.failures.append(_failed(detector, fact, error))
        return
    result.alerts.extend(_alert(detector, finding, fact, ledger, now) for finding in findings)


def _failed(detector: Detector, fact: Fact, error: Exception) -> DetectorFailure:
    log.error("detector failed", extra={"detector": detector.id, "delivery": fact.delivery}, exc_info=error)
    return DetectorFailure(detector=detector.id, fact=fact, error=f"{type(error).__name__}: {error}"[:500])


def _alert(detector: Detector, finding: Finding, fact: Fact, ledger: Ledger, now: dt.datetime) -> Alert:
    why = " ".join(filter(None, (finding.why, pace(finding, fact, ledger))))
    finding = replace(finding, detector=detector.id, why=why)
    repository = fact.repository or Repository(id=0, full_name=fact.organization, owner_id=fact.organization_id)
    who = finding.subject.key or finding.subject.person
    return Alert(
        finding=finding,
        stage=detector.stage,
        repository=repository,
        fingerprint=fingerprint(finding, repository, ledger.resolve(who)),
        at=fact.at,
        raised_at=now,
        ladder=ledger.ladder(finding.subject.person),
        reviewers=reviewers(finding, ledger),
        subject_keys=ledger.keys_of(finding.subject.person),
        grantor_keys=ledger.keys_of(finding.grantor) if finding.grantor else (),
        step=detector.step,
        beneficiary_keys=tuple(dict.fromkeys(key for person in finding.beneficiaries for key in ledger.keys_of(person))),
    )


def pace(finding: Finding, fact: Fact, ledger: Ledger) -> str:
    """Return one sentence: how long the subject took to a power, beside what is usual in this repository.

    The power is the one they use with this fact, if for the first time, else the last they came to. Empty where they
    took no step or too few others are known to have taken the same.
    """
    who = finding.subject.person
    steps = {rung.power: rung for rung in ledger.ladder(who) if rung.power in lately.CLIMBED}
    power = _used(finding, fact, ledger)
    if power is None or power in steps:
        power = max(steps, key=lambda p: steps[p].at, default=None)
    usual = lately.usual(ledger, power, who) if power is not None and identity.keys(who) and not who.bot else None
    if power is None or usual is None:
        return ""
    held = ledger.powers_of(who)
    days = steps[power].days if power in steps else (fact.at - held[0].since).days if held else 0
    return (
        f"From the first contribution to {_STEPS[power]}: {_days(days)}; usual here: {_days(usual.days)} "
        f"(median of the last {usual.people} people)."
    )


def _used(finding: Finding, fact: Fact, ledger: Ledger) -> Power | None:
    """Return the power that the subject of a finding uses with a fact."""
    actor = fact.actor or (fact.tagger if isinstance(fact, TagCreated) else None)
    if actor is None or not ledger.same(actor, finding.subject.person):
        return None
    if finding.powers[:1] == (Power.WORKFLOW_EDITOR,):
        return Power.WORKFLOW_EDITOR
    if isinstance(fact, CommitsLanded):
        return Power.MERGER if fact.via is Landing.MERGE else Power.COMMITTER
    if isinstance(fact, PullMerged):
        return Power.MERGER
    return Power.RELEASER if isinstance(fact, TagCreated | ReleaseChanged) else None


_STEPS = {
    Power.COMMITTER: "the first push",
    Power.MERGER: "the first merge",
    Power.RELEASER: "the first release",
    Power.WORKFLOW_EDITOR: "the first change of a workflow",
}


def _days(number: int) -> str:
    return "less than a day" if number == 0 else "1 day" if number == 1 else f"{number:,} days"


def fingerprint(finding: Finding, repository: Repository, subject: str) -> str:
    """Return what makes a finding unique: detector, repository (by id), subject, before and after, as SHA-256 hex."""
    where = str(repository.id) if repository.id else f"{repository.owner_id}:{repository.full_name}"
    parts = (finding.detector, where, subject, finding.before, finding.after)
    # Names come from outside and can hold any separator, so each part says how long it is.
    text = "".join(f"{len(part)}:{part}," for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def reviewers(finding: Finding, ledger: Ledger) -> tuple[Reviewer, ...]:
    """Return people who used one of the finding's powers before, longest first, without those it is about and bots.

    It is about its subject, whoever granted the power, and those who would gain by it.
    """
    about = (finding.subject.person, finding.grantor, *finding.beneficiaries)
    excluded = {ledger.resolve(p) for p in about if p is not None} | {""}
    found: dict[str, Reviewer] = {}
    for power in finding.powers:
        for held in ledger.holders(power):
            # A signing key is filed under its own name, but its owner is asked. Everybody else is known by the name they
            # are filed under: which of their names are one is only loaded for those the facts at hand are about.
            who = ledger.resolve(held.person) if power is Power.SIGNER else held.subject
            if held.first_used is None or held.person.bot or who in excluded or who in found:
                continue
            found[who] = Reviewer(person=_with_account(held.person, who, ledger), power=power, since=held.since)
    return tuple(sorted(found.values(), key=lambda r: r.since)[:_MOST_REVIEWERS])


def _with_account(person: Person, subject: str, ledger: Ledger) -> Person:
    """Add the account to a name that one power is known by from git only: without a login nobody can be asked on GitHub."""
    known = next((h.person for h in ledger.powers_of(subject) if h.person.login), None)
    return person if person.login or known is None else replace(person, id=known.id, login=known.login)
