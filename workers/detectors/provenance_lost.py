"""A release lacks the signatures or attestations that the last release of its line had, or has some that do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.proofs import CHECKSUMS, Proof, ProvenanceCompared
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a release that can no longer be checked in the way its predecessor could."""
    fact: ProvenanceCompared = change.fact
    return list(_findings(fact))


def _findings(fact: ProvenanceCompared) -> Iterator[Finding]:
    unfit = {proof.family: proof for proof in fact.unfit}
    for proof in unfit.values():
        yield _finding(
            fact, Severity.HIGH, f"The {proof.name} of {fact.tag} does not fit",
            f"It is there, but {proof.fit}. Who has no part in the usual build can copy a proof and cannot make one fit.",
        )  # fmt: skip
    lost = [proof for proof in fact.lost if proof.family not in unfit]
    if lost:
        yield _missing(fact, lost)
    elif fact.uncovered:
        names = _named(fact.uncovered)
        yield _finding(
            fact, Severity.MEDIUM, f"The source archive of {fact.tag} has no {names}, which that of {fact.tag_before} had",
            "Other files of the release have one. Distributions build from the source archive.",
        )  # fmt: skip


def _missing(fact: ProvenanceCompared, lost: list[Proof]) -> Finding:
    left = any(not proof.unfit and proof.name != CHECKSUMS for proof in fact.after)
    only_sums = all(proof.name == CHECKSUMS for proof in lost)
    if only_sums:
        severity, what = (
            Severity.LOW,
            "Checksums prove nothing by themselves; the usual build would have made them.",
        )
    elif left:
        severity, what = Severity.MEDIUM, "Another proof is still there."
    else:
        severity, what = Severity.HIGH, "Nothing says any more where its files come from."
    why = f"{what} A release that is built by other hands than usual shows first in this."
    return _finding(fact, severity, f"The release {fact.tag} has no {_named(lost)}, which {fact.tag_before} had", why)


def _named(proofs: Iterable[Proof]) -> str:
    return ", ".join(proof.name for proof in proofs)


def _finding(fact: ProvenanceCompared, severity: Severity, title: str, why: str) -> Finding:
    after = [f"{proof.name}{' (does not fit)' if proof.unfit else ''}" for proof in fact.after]
    return Finding(
        severity=severity,
        subject=Subject(person=fact.author),
        title=title,
        why=why + (f" It is by {_words.named(fact.author)}." if fact.author != Person() else ""),
        before=f"{fact.tag_before}: {_named(fact.before) or 'nothing'}",
        after=f"{fact.tag}: {', '.join(after) or 'nothing'}",
        evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url), Evidence(kind="tag", value=fact.tag_before)),
        powers=(Power.RELEASER, Power.SIGNER, Power.WORKFLOW_EDITOR),
    )


DETECTOR = Detector(
    watches=(ProvenanceCompared,),
    stage=Stage.TRIAL,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
