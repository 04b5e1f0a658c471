"""A release's signatures or attestations name another key, identity or workflow than those of the last of its line."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.releases import ProvenanceCompared
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report each proof that claims another origin; what it claims is not checked here, and said so."""
    fact: ProvenanceCompared = change.fact
    return [
        Finding(
            severity=Severity.HIGH,
            subject=Subject(person=fact.author),
            title=f"The {new.name} of {fact.tag} claims another signer than that of {fact.tag_before}",
            why=f"It names {new.signer}, and before it was {old.signer}. Whether the claim is true was not checked."
            + (f" The release is by {_words.named(fact.author)}." if fact.author != Person() else ""),
            before=old.signer,
            after=f"{new.signer} for {new.name}",
            evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url), Evidence(kind="tag", value=fact.tag_before)),
            powers=(Power.RELEASER, Power.SIGNER, Power.WORKFLOW_EDITOR),
        )
        for old, new in fact.moved
    ]


DETECTOR = Detector(
    watches=(ProvenanceCompared,), stage=Stage.TRIAL, severities=(Severity.HIGH,), needs_history=False, detect=detect
)
