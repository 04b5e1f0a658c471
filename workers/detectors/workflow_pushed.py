"""A new workflow came straight onto the branch: alone, or by somebody who does not push here or was long away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.fact import CommitsLanded, Landing, PathChange
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from github_app.remember import WORKFLOWS
from workers.detectors import Change, Detector, _standing, _words

_QUIET = dt.timedelta(days=180)
_AT_WORK = dt.timedelta(days=90)
"""Whoever changed a workflow so lately is at work on them."""

_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report an added workflow that came past review by somebody known; newcomers are `new-workflow-editor`'s to tell."""
    fact: CommitsLanded = change.fact
    ledger, who = change.ledger, fact.actor
    if who is None or not keys(who) or not fact.guarded or fact.via is Landing.MERGE or _standing.expected(ledger, who):
        return ()
    added = [p.path for c in fact.commits for p in c.paths if _is_new_workflow(p)]
    since, last = _standing.landing_since(ledger, who), _standing.landed_last(ledger, who)
    held = ledger.holding(Power.WORKFLOW_EDITOR, who)
    editor = _words.used(held)
    if not added or since is None or last is None or not (editor or fact.at - since >= _standing.A_YEAR):
        return ()
    never_pushed, quiet = not _words.used(ledger.holding(Power.COMMITTER, who)), fact.at - last >= _QUIET
    at_work = held is not None and held.last_used is not None and fact.at - held.last_used < _AT_WORK
    alone = fact.via is Landing.PUSH and not at_work and all(_is_new_workflow(p) for c in fact.commits for p in c.paths)
    if not never_pushed and not quiet and not alone:
        return ()
    habit = "They had only merged before" if never_pushed else "They have pushed before"
    nothing = " Nothing else came with it." if alone else ""
    return [
        Finding(
            severity=Severity.HIGH if never_pushed and quiet else Severity.MEDIUM,
            subject=Subject(person=who),
            title=f"{_words.named(who)} pushed the new workflow {added[0].removeprefix(WORKFLOWS)} straight to the branch",
            why=f"Workflows run with the repository's secrets, and nobody else saw this one first. {habit}; what they "
            f"landed last came on {_words.day(last)}, {_words.gap(fact.at - last)} earlier.{nothing} "
            f"Stolen tokens are used so. {_words.clock(ledger, fact.commits, who)}".rstrip(),
            before=f"landed last on {_words.stamp(last)}",
            after=f"pushed {added[0]}",
            evidence=(
                *[Evidence(kind="commit", value=commit.sha) for commit in fact.commits][:_MOST],
                *(Evidence(kind="path", value=path) for path in added[:_MOST]),
            ),
            powers=(Power.WORKFLOW_EDITOR, Power.MERGER, Power.COMMITTER),
        )
    ]


def _is_new_workflow(path: PathChange) -> bool:
    return path.status == "A" and path.path.startswith(WORKFLOWS)


DETECTOR = Detector(watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.MEDIUM, Severity.HIGH), detect=detect)
