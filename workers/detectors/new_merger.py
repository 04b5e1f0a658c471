"""Somebody merged into a guarded branch for the first time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from github_app.fact import CommitsLanded, Landing, PullMerged
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a merge by somebody who has not merged before; whoever pushed for a year gains nothing by it.

    GitHub tells of one merge twice, as a closed pull request and as a push, in either order: both read the same
    here, and the ledger has learned the first when the second comes.
    """
    fact: CommitsLanded | PullMerged = change.fact
    merge, who, ledger = _read(fact), fact.actor, change.ledger
    if merge is None or who is None or not keys(who) or not fact.guarded:
        return ()
    held, pusher = ledger.holding(Power.MERGER, who), ledger.holding(Power.COMMITTER, who)
    if _words.used(held) or _words.accepted(held) or _words.accepted(pusher) or _words.established(pusher, fact.at):
        return ()
    if merge.said is None and _words.used(pusher):
        return ()  # a merge made at home and pushed is a push
    why = [_words.path(ledger, who, fact.at), _words.company(ledger, Power.MERGER, who, fact.at)]
    if pusher is not None and pusher.first_used is not None and pusher.first_used <= fact.at:
        since = pusher.first_used
        why.append(f"They have pushed since {_words.day(since)}, {_words.gap(fact.at - since)} earlier.")
    evidence = [Evidence(kind="commit", value=merge.sha)]
    if merge.said is not None:
        evidence.append(Evidence(kind="pull", value=f"#{merge.said}", url=fact.url if merge.pull else ""))
    return [
        Finding(
            severity=_words.newcomer_severity(ledger, Power.MERGER, who, fact.at),
            subject=Subject(person=who),
            title=f"{_words.named(who)} merged into {merge.branch} {_words.again(held)}",
            why=" ".join(why),
            before=_words.before(held),
            after=f"merged into {merge.branch}",
            evidence=tuple(evidence),
            powers=(Power.MERGER, Power.COMMITTER),
            gains=(Power.MERGER,),
            pull=merge.pull,
        )
    ]


class _Merge(NamedTuple):
    branch: str
    sha: str
    pull: int | None
    said: int | None


def _read(fact: CommitsLanded | PullMerged) -> _Merge | None:
    """A number that only a commit's text claims can be anybody's pull request: it is shown, nothing is posted there."""
    if isinstance(fact, PullMerged):
        return _Merge(_words.branch(fact.base_ref), fact.merge_sha, fact.number, fact.number)
    if fact.via is not Landing.MERGE:
        return None
    said = fact.claimed_pull if fact.pull is None else fact.pull
    return _Merge(_words.branch(fact.ref), fact.after, fact.pull, said)


DETECTOR = Detector(
    watches=(CommitsLanded, PullMerged),
    stage=Stage.STABLE,
    step=Step.USE,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    detect=detect,
)
