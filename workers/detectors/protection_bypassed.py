"""Somebody pushed past the rules that protect a branch, using a right to bypass them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, value_of
from github_app.fact import CommitsLanded
from github_app.identity import keys
from github_app.ledger import Holding
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from github_app.rules import Rules
from workers.detectors import Change, Detector, _estate, _words

_HABIT = dt.timedelta(days=90)
"""Whoever passed a rule within this time has a habit of it, which was told when it began."""
_POWERS = (Power.OWNER, Power.ADMIN, Power.MERGER)
_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report each bypass that GitHub lists, and the first push in a while past a rule that asks for a pull request."""
    if isinstance(change.fact, CommitsLanded):
        return _pushed(change, change.fact)
    return _listed(change.fact)


def _listed(fact: InventoryChanged) -> Iterable[Finding]:
    if fact.thing != Thing.PROTECTION_BYPASS or not fact.after:
        return ()
    who = fact.subject.label if fact.subject else "Somebody GitHub does not name"
    where = value_of(fact.after, "repository_name") or _estate.where(fact)
    was, landed = value_of(fact.after, "before_sha"), value_of(fact.after, "after_sha")
    return [
        _estate.finding(
            fact,
            Severity.HIGH,
            f"{who} bypassed the protection of {fact.name or 'a branch'} in {where}",
            f"The push from {was[:10] or 'nothing'} to {landed[:10] or 'nothing'} broke a rule that its author may break. "
            "Nobody was asked to review it.",
            before="not bypassed",
            after=f"{fact.key}: {landed or 'a push'}",
            what=landed,
            subject=Subject(person=fact.subject) if fact.subject else Subject(key=fact.key),
            powers=_POWERS,
        )
    ]


def _pushed(change: Change, fact: CommitsLanded) -> Iterable[Finding]:
    rules, who, ledger = fact.rules, fact.actor, change.ledger
    if rules is None or not rules.passed or (fact.forced and (fact.guarded or rules.against_force)):
        return ()  # a forced push is `history-rewritten`'s to tell
    held = ledger.holding(Power.BYPASSER, who) if who is not None and keys(who) else None
    robot = who is not None and who.bot
    if _habit(held, fact.at) or (robot and (held is not None or rules.before)):
        return ()
    branch, number = _words.branch(fact.ref), len(fact.commits)
    what = "" if not number else " a commit" if number == 1 else f" {number} commits"
    return [
        Finding(
            severity=Severity.MEDIUM if robot or rules.before else Severity.HIGH,
            subject=Subject(person=who or Person()),
            title=f"{_estate.doer(fact)} pushed{what} straight to {branch}, which asks for {_asked(rules)}",
            why=f"Asked by {_estate.listed([r.guard for r in rules.for_pulls])}; whoever may pass is let through. GitHub "
            f"lists this change as a push and not as a merge, so nobody had to see it first. {_often(rules, held)}"
            f"{_estate.about(fact, ledger)}",
            before=f"passed no rule since {_words.stamp(held.last_used or held.since)}" if held else "passed no rule before",
            after=f"pushed {fact.after} to {branch}",
            evidence=(
                *[Evidence(kind="commit", value=commit.sha) for commit in fact.commits][:_MOST],
                Evidence(kind="ref", value=branch, url=fact.url),
            ),
            powers=_POWERS,
        )
    ]


def _habit(held: Holding | None, at: dt.datetime) -> bool:
    if held is None:
        return False
    recent = held.last_used is not None and at - held.last_used < _HABIT
    return recent or (held.expected and held.revoked_at is None)


def _asked(rules: Rules) -> str:
    most = max(r.approvals for r in rules.for_pulls)
    return "a pull request" + ("" if not most else " with an approval" if most == 1 else f" with {most} approvals")


def _often(rules: Rules, held: Holding | None) -> str:
    if rules.before:
        return f"The same account pushed there {rules.before} more times in the three months before."
    if held is not None and held.last_used is not None:
        return f"They last passed a rule here on {_words.day(held.last_used)}."
    return "GitHub lists no other push there by the same account in the three months before."


DETECTOR = Detector(
    watches=(CommitsLanded, InventoryChanged),
    stage=Stage.STABLE,
    step=Step.USE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
