"""Somebody without standing here demands that maintainers hand over, share or step down."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import CommentWritten
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _words
from workers.pressure.signals import read

_STRANGERS = frozenset({"", "NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "MANNEQUIN"})
_EXPLICIT = frozenset({"handover-demand", "access-claim"})
_WRITTEN = frozenset({"opened", "created", "edited"})


def detect(change: Change) -> Iterable[Finding]:
    """Report an explicit demand, once for each person and thread. Impatience alone is ordinary and stays quiet."""
    fact: CommentWritten = change.fact
    who = fact.actor
    if who is None or who.bot or fact.action not in _WRITTEN or not _is_stranger(change.ledger, who, fact.association):
        return ()
    reading = read(fact.text)
    if not _EXPLICIT.intersection(reading.names):
        return ()
    heard = "; ".join(signal.sentence for signal in reading.signals)
    return [
        Finding(
            severity=Severity.MEDIUM,
            subject=Subject(person=who),
            title=f"A comment in #{fact.thread} asks for the maintainer's role or rights to change hands",
            why=f"Its pattern: {heard}. {_words.named(who)} has no known power here. "
            "Nearly all such comments come from sincere people; together with a change of power it is worth a second look.",
            before="nothing of the kind",
            after=f"demanded in #{fact.thread}",
            evidence=(
                Evidence(kind="comment", value=str(fact.comment_id or fact.thread), url=fact.url),
                *(Evidence(kind="event", value=name) for name in reading.names),
            ),
            powers=(Power.OWNER, Power.ADMIN, Power.MERGER, Power.COMMITTER),
            private=True,
        )
    ]


def _is_stranger(ledger: LedgerView, who: Person, association: str) -> bool:
    held = (h.power for h in ledger.powers_of(who) if h.revoked_at is None)
    return association.upper() in _STRANGERS and all(power is Power.AUTHOR for power in held)


DETECTOR = Detector(
    watches=(CommentWritten,), stage=Stage.STABLE, step=Step.PRESSURE, severities=(Severity.MEDIUM,), detect=detect
)
