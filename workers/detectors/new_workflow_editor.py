"""Somebody landed a change of their own to a workflow for the first time."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import Commit, CommitsLanded, Landing
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from github_app.remember import WORKFLOWS
from workers.detectors import Change, Detector, _standing, _words

_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report who puts their own workflow change on a guarded branch, unless they have landed work there for a year."""
    fact: CommitsLanded = change.fact
    ledger, who = change.ledger, fact.actor
    if who is None or not keys(who) or not fact.guarded:
        return ()
    held = ledger.holding(Power.WORKFLOW_EDITOR, who)
    commits = [c for c in fact.commits if fact.via is not Landing.MERGE or ledger.same(c.author, who)]
    paths = list(dict.fromkeys(p for commit in commits for p in _workflows(commit, "AMD")))
    if not paths or _words.used(held) or _words.accepted(held) or _standing.expected(ledger, who):
        return ()
    since = _standing.landing_since(ledger, who)
    if since is not None and fact.at - since >= _standing.A_YEAR:
        return ()
    # In git history a namesake is most likely the same person at another address.
    namesake = any(_words.alias(ledger, power, who) for power in (Power.COMMITTER, Power.MERGER, Power.WORKFLOW_EDITOR))
    pushed_new = fact.via is not Landing.MERGE and any(_workflows(commit, "A") for commit in commits)
    # A first landing is told by `new-committer` or `new-merger` already; that it touches workflows is for the record.
    severity = Severity.HIGH if pushed_new else Severity.LOW if since is None else Severity.MEDIUM
    landing = f"They have landed work here since {_words.day(since)}." if since else "They never landed work here before."
    return [
        Finding(
            severity=_words.louder(severity, -1) if namesake else severity,
            subject=Subject(person=who),
            title=f"{_words.named(who)} landed their own change to {paths[0].removeprefix(WORKFLOWS)} {_words.again(held)}",
            why=f"Workflows run with the repository's secrets. {_words.path(ledger, who, fact.at)} {landing} "
            f"{_words.company(ledger, Power.WORKFLOW_EDITOR, who, fact.at)}",
            before=_words.before(held),
            after="changes workflows",
            evidence=(
                *[Evidence(kind="commit", value=c.sha) for c in commits if _workflows(c, "AMD")][:_MOST],
                *(Evidence(kind="path", value=path) for path in paths[:_MOST]),
            ),
            powers=(Power.WORKFLOW_EDITOR, Power.COMMITTER, Power.MERGER),
            gains=(Power.WORKFLOW_EDITOR,),
            pull=fact.pull,
        )
    ]


def _workflows(commit: Commit, status: str) -> list[str]:
    return [p.path for p in commit.paths if p.status in status and p.path.startswith(WORKFLOWS)]


DETECTOR = Detector(
    watches=(CommitsLanded,),
    stage=Stage.STABLE,
    step=Step.USE,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    detect=detect,
)
