"""Somebody merged their own pull request with nobody else's approval, where others look at changes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.fact import PullMerged
from github_app.identity import keys
from github_app.lately import approval, approvals_may_be_forgotten
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from github_app.remember import OWN_MERGES, REVIEWED_MERGES, looked_at
from workers.detectors import Change, Detector, _standing, _words

_MERGES = 20
_KNOWN = dt.timedelta(days=90)
_CUSTOM = dt.timedelta(days=180)


def detect(change: Change) -> Iterable[Finding]:
    """Report the first merge of one's own work after half a year in which others looked at everything."""
    fact: PullMerged = change.fact
    ledger, who = change.ledger, fact.actor
    if who is None or not keys(who) or who.bot or not fact.guarded or looked_at(ledger, fact):
        return ()
    reviewed, own = (_standing.custom(ledger, name) for name in (REVIEWED_MERGES, OWN_MERGES))
    if reviewed is None or reviewed.last_used is None or reviewed.uses < _MERGES:
        return ()
    fresh = fact.at - reviewed.since < _KNOWN or fact.at - reviewed.last_used >= _KNOWN
    last = own.last_used if own is not None else None
    found = approval(ledger, fact.number)
    if fresh or (last is not None and fact.at - last < _CUSTOM) or (found is None and approvals_may_be_forgotten(ledger)):
        return ()
    old_hand = _standing.old_hand(ledger, who, fact.at)
    before = f"the last merge of one's own work without came on {_words.day(last)}" if last else "none without is known"
    approved = (
        f"The only approval known came from {found.person.label}, of whom no right to write is known."
        if found is not None
        else "No approval by anybody else is known."
    )
    return [
        Finding(
            severity=Severity.MEDIUM if old_hand else Severity.HIGH,
            subject=Subject(person=who),
            title=f"{_words.named(who)} merged their own pull request #{fact.number}, against the custom of review here",
            why=f"{approved} Since {_words.day(reviewed.since)} somebody else merged or approved {reviewed.uses} "
            f"pull requests here; {before}. {_words.path(ledger, who, fact.at)}",
            before=f"others looked first, since {_words.stamp(last or reviewed.since)}",
            after="merged their own",
            evidence=(
                Evidence(kind="pull", value=f"#{fact.number}", url=fact.url),
                Evidence(kind="commit", value=fact.merge_sha or fact.head_sha),
            ),
            powers=(Power.APPROVER, Power.MERGER, Power.COMMITTER),
            pull=fact.number or None,
        )
    ]


DETECTOR = Detector(watches=(PullMerged,), stage=Stage.STABLE, severities=(Severity.MEDIUM, Severity.HIGH), detect=detect)
