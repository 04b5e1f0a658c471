"""Somebody without standing here demands that maintainers hand over, share, step down or drop a guard."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import CommentWritten
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _words
from workers.pressure.pattern import DEMANDS
from workers.pressure.signals import BY_NAME


def detect(change: Change) -> Iterable[Finding]:
    """Report an explicit demand, once for each person and thread. Impatience alone is ordinary and stays quiet."""
    fact: CommentWritten = change.fact
    mark = fact.mark
    if mark is None or not mark.stranger or DEMANDS.isdisjoint(mark.signals):
        return ()
    place = f"A comment in #{fact.thread}" if fact.comment_id else f"The text of #{fact.thread}"
    heard = "; ".join(BY_NAME[name].sentence for name in mark.signals if BY_NAME[name].weight)
    return [
        Finding(
            severity=Severity.MEDIUM,
            subject=Subject(person=mark.author),
            title=f"{place} asks for the maintainer's role or rights to change hands"
            if set(mark.signals) & DEMANDS != {"guard-request"}
            else f"{place} asks for a guard of the repository to be dropped",
            why=f"Its pattern: {heard}. {_words.named(mark.author)} has no known power here. "
            "Nearly all such comments come from sincere people; together with a change of power it is worth a second look.",
            before="nothing of the kind",
            after=f"demanded in #{fact.thread}",
            evidence=(
                Evidence(kind="comment", value=str(fact.comment_id or fact.thread), url=fact.url),
                *(Evidence(kind="event", value=name) for name in mark.signals),
            ),
            powers=(Power.OWNER, Power.ADMIN, Power.MERGER, Power.COMMITTER),
            private=True,
            beneficiaries=mark.beneficiaries,
        )
    ]


DETECTOR = Detector(
    watches=(CommentWritten,), stage=Stage.STABLE, step=Step.PRESSURE, severities=(Severity.MEDIUM,), detect=detect
)
