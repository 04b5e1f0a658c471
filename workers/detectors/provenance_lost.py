"""A release lacks the signatures or attestations that the last release of its line had."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.releases import ProvenanceCompared
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a release that can no longer be checked in the way its predecessor could."""
    fact: ProvenanceCompared = change.fact
    lost = fact.lost
    if not lost:
        return ()
    nothing = not fact.after
    names = ", ".join(proof.name for proof in lost)
    return [
        Finding(
            severity=Severity.HIGH if nothing else Severity.MEDIUM,
            subject=Subject(person=fact.author),
            title=f"The release {fact.tag} has no {names}, which {fact.tag_before} had",
            why=("Nothing says any more where its files come from. " if nothing else "Another proof is still there. ")
            + "A release that is built by other hands than usual shows first in this."
            + (f" It is by {_words.named(fact.author)}." if fact.author != Person() else ""),
            before=f"{fact.tag_before}: {', '.join(p.name for p in fact.before)}",
            after=f"{fact.tag}: {', '.join(p.name for p in fact.after) or 'nothing'}",
            evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url), Evidence(kind="tag", value=fact.tag_before)),
            powers=(Power.RELEASER, Power.SIGNER, Power.WORKFLOW_EDITOR),
        )
    ]


DETECTOR = Detector(
    watches=(ProvenanceCompared,),
    stage=Stage.TRIAL,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
