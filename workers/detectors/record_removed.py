"""Somebody deleted what somebody else had written."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import CommentDeleted
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a deletion by somebody else than the author; moderators do it every day, so it is only kept for the record."""
    fact: CommentDeleted = change.fact
    who, author = fact.actor, fact.author
    if who is None or not keys(who) or (author is not None and change.ledger.same(who, author)):
        return ()
    writer = author.label if author is not None and keys(author) else "an account that is gone"
    what = f"a comment in #{fact.thread}" if fact.comment_id else f"the issue #{fact.thread}"
    return [
        Finding(
            severity=Severity.MEDIUM,
            subject=Subject(person=who),
            title=f"{_words.named(who)} deleted {what} by {writer}",
            why=f"Nobody can read any more what {writer} said. {_words.path(change.ledger, who, fact.at)}",
            before=f"written by {writer}",
            after=f"comment {fact.comment_id} in #{fact.thread} deleted",
            evidence=(Evidence(kind="comment", value=str(fact.comment_id or fact.thread), url=fact.url),),
            powers=(Power.OWNER, Power.ADMIN, Power.MERGER),
            private=True,
        )
    ]


DETECTOR = Detector(
    watches=(CommentDeleted,), stage=Stage.TRIAL, severities=(Severity.MEDIUM,), needs_history=False, detect=detect
)
