"""A release's signatures or attestations name another signer or commit than those of the last of its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.proofs import FITS, Proof, ProvenanceCompared
from workers.detectors import Change, Detector, _words

_CHECKED = "It fits the files, and the certificate is Sigstore's; its transparency log was not asked."
_CLAIMED = "Whether the claim is true was not checked."


def detect(change: Change) -> Iterable[Finding]:
    """Report each proof that names another origin, and say how far that was checked."""
    fact: ProvenanceCompared = change.fact
    return list(_findings(fact))


def _findings(fact: ProvenanceCompared) -> Iterator[Finding]:
    for old, new in fact.moved:
        named = new.signer or "nobody"
        own = new.fit == old.fit == FITS and new.repository != "" and new.repository == old.repository
        same = ", of the same repository" if own else ""
        less = " The last one's certificate was Sigstore's, and this one's is not." if old.fit == FITS != new.fit else ""
        yield _finding(
            fact,
            Severity.MEDIUM if own else Severity.HIGH,
            f"The {new.name} of {fact.tag} claims another signer than that of {fact.tag_before}",
            f"It names {named}, and before it was {old.signer}{same}.{less} {_checked(new)}",
            (old.signer, f"{named} for {new.name}"),
        )
    for proof in fact.elsewhere:
        commit = proof.commit or "another commit"
        yield _finding(
            fact,
            Severity.MEDIUM,
            f"The {proof.name} of {fact.tag} says it was built from another commit than the tag's",
            f"It names {commit}, which {fact.tag} is not on; {fact.tag_before} was built from its tag. {_checked(proof)}",
            (f"{fact.tag_before}: built from the tag", f"{fact.tag}: {proof.name} built from {commit}"),
        )


def _checked(proof: Proof) -> str:
    return _CHECKED if proof.fit == FITS else _CLAIMED


def _finding(fact: ProvenanceCompared, severity: Severity, title: str, why: str, sides: tuple[str, str]) -> Finding:
    return Finding(
        severity=severity,
        subject=Subject(person=fact.author),
        title=title,
        why=why + (f" The release is by {_words.named(fact.author)}." if fact.author != Person() else ""),
        before=sides[0],
        after=sides[1],
        evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url), Evidence(kind="tag", value=fact.tag_before)),
        powers=(Power.RELEASER, Power.SIGNER, Power.WORKFLOW_EDITOR),
    )


DETECTOR = Detector(
    watches=(ProvenanceCompared,),
    stage=Stage.TRIAL,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
