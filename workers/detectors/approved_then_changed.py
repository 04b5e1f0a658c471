"""A pull request changed after it had been approved, or its author armed the merge of it."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import PullTouched
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _standing, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report what nobody who approved has seen, by somebody who cannot land work here themselves."""
    fact: PullTouched = change.fact
    ledger, who = change.ledger, fact.actor
    if who is None:
        return ()
    own = ledger.same(who, fact.author)
    # Whoever lands work here needs no detour, but for the merge of their own work that nobody else has looked at.
    unseen = fact.action == "auto_merge" and own and not fact.approved
    if not unseen and _standing.landing_since(ledger, who) is not None:
        return ()
    if fact.action == "pushed" and own and who.bot:
        return ()  # a bot keeps its own branch up to date
    if fact.action == "pushed":
        title = f"{_words.named(who)} pushed to pull request {fact.number} after it had been approved"
        why = f"Commit {fact.approved[:10]} was approved; what was added since was not."
        before, after = f"approved at {fact.approved}", f"at {fact.after}"
    elif fact.action == "auto_merge":
        title = f"{_words.named(who)} armed the merge of {'their own ' if own else ''}pull request {fact.number}"
        why = "It is merged by itself as soon as the checks pass and enough people approve, and nobody presses a button."
        before, after = "not armed", "armed"
    else:
        return ()
    return [
        Finding(
            severity=Severity.MEDIUM,
            subject=Subject(person=who),
            title=title,
            why=f"{why}{_estate.about(fact, ledger)}",
            before=f"pull request {fact.number}: {before}",
            after=after,
            evidence=(Evidence(kind="pull", value=str(fact.number), url=fact.url),),
            powers=(Power.MERGER, Power.APPROVER, Power.COMMITTER),
            pull=fact.number,
        )
    ]


DETECTOR = Detector(watches=(PullTouched,), stage=Stage.TRIAL, severities=(Severity.MEDIUM,), detect=detect)
