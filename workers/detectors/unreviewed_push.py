"""Somebody pushed straight to a guarded branch that for half a year had only been merged into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.fact import CommitsLanded, Landing
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from github_app.remember import MERGES, PUSHES
from workers.detectors import Change, Detector, _standing, _words

_MERGES = 30
_LIVELY = dt.timedelta(days=90)
_CUSTOM = dt.timedelta(days=180)
_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report the first push after a custom of merging; who is new at pushing is `new-committer`'s to tell."""
    fact: CommitsLanded = change.fact
    ledger, who = change.ledger, fact.actor
    if who is None or not keys(who) or not fact.guarded or fact.via is not Landing.PUSH:
        return ()
    if fact.rules is not None and fact.rules.passed:
        return ()  # what the rules forbid is `protection-bypassed`'s to tell
    merges, pushes = _standing.custom(ledger, MERGES), _standing.custom(ledger, PUSHES)
    pusher, merger = ledger.holding(Power.COMMITTER, who), ledger.holding(Power.MERGER, who)
    known = _words.used(pusher) or _words.established(merger, fact.at)
    if merges is None or merges.last_used is None or not known or _standing.expected(ledger, who):
        return ()
    seen = _standing.last_seen(ledger, who)
    if seen is not None and fact.at - seen >= _standing.A_YEAR:
        return ()  # whoever comes back after so long is `dormant-power-used`'s to tell
    lively = merges.uses >= _MERGES and fact.at - merges.last_used < _LIVELY
    last = pushes.last_used if pushes is not None else merges.since
    if not lively or last is None or fact.at - last < _CUSTOM:
        return ()
    before = f"The last push came on {_words.day(last)}" if pushes is not None else "No push is known"
    return [
        Finding(
            severity=Severity.MEDIUM,
            subject=Subject(person=who),
            title=f"{_words.named(who)} pushed to {_words.branch(fact.ref)} without a pull request, against the custom here",
            why=f"{before}; {merges.uses} changes were merged here, the latest on {_words.day(merges.last_used)}. "
            f"{_words.path(ledger, who, fact.at)} What is pushed past review is seen by nobody else first. "
            f"{_words.clock(ledger, fact.commits, who)}".rstrip(),
            before=f"merged only, since {_words.stamp(last)}",
            after="pushed",
            evidence=(
                *[Evidence(kind="commit", value=commit.sha) for commit in fact.commits][:_MOST],
                Evidence(kind="ref", value=_words.branch(fact.ref), url=fact.url),
            ),
            powers=(Power.MERGER, Power.APPROVER, Power.COMMITTER),
        )
    ]


DETECTOR = Detector(watches=(CommitsLanded,), stage=Stage.STABLE, severities=(Severity.MEDIUM,), detect=detect)
