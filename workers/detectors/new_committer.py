"""Somebody put commits on a guarded branch for the first time, by a push or an edit on the website."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import CommitsLanded, Landing
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _words

_MOST_COMMITS = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report a landing by somebody who has not used the committer's power; merges are `new-merger`'s."""
    fact: CommitsLanded = change.fact
    ledger, who = change.ledger, fact.actor
    if who is None or not keys(who) or not fact.guarded or fact.via is Landing.MERGE:
        return ()
    held = ledger.holding(Power.COMMITTER, who)
    quiet = _words.used(held) or _words.accepted(held)
    if quiet or _words.established(ledger.holding(Power.MERGER, who), fact.at):
        return ()
    branch = _words.branch(fact.ref)
    did = "edited" if fact.via is Landing.WEB else "pushed to"
    namesake = _words.alias(ledger, Power.COMMITTER, who)
    why = [
        _words.path(ledger, who, fact.at),
        _words.company(ledger, Power.COMMITTER, who, fact.at),
        "Somebody of the same name did so under another address." if namesake else "",
        _words.clock(ledger, fact.commits, who),
    ]
    severity = _words.newcomer_severity(ledger, Power.COMMITTER, who, fact.at)
    if fact.ref.startswith("refs/pull/"):
        severity = max(severity, Severity.MEDIUM, key=lambda s: s.rank)  # asked about by name, so it is not everybody's
    shas = [commit.sha for commit in fact.commits] or [fact.after]
    return [
        Finding(
            severity=severity,
            subject=Subject(person=who),
            title=f"{_words.named(who)} {did} {branch} {_words.again(held)}",
            why=" ".join(filter(None, why)),
            before=_words.before(held),
            after=f"{did} {branch}",
            evidence=(
                *(Evidence(kind="commit", value=sha) for sha in shas[:_MOST_COMMITS]),
                Evidence(kind="ref", value=branch, url=fact.url),
            ),
            powers=(Power.COMMITTER, Power.MERGER),
            gains=(Power.COMMITTER,),
            pull=fact.pull,
        )
    ]


DETECTOR = Detector(
    watches=(CommitsLanded,),
    stage=Stage.STABLE,
    step=Step.USE,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    detect=detect,
)
