"""provenance-moved: releases signed by somebody else."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

STORY = "then: [2024-05-01: {provenance: {by: eve, tag: v1.2, was: v1.1, before: [%s], after: [%s]}}]"


def test_says_what_is_claimed_and_that_it_is_a_claim() -> None:
    """Nobody must take an alert for a verification."""
    found = finding("provenance-moved", STORY % ("attestation x by release.yml", "attestation x by test.yml"))
    assert found.title == "The attestation x of v1.2 claims another signer than that of v1.1"
    assert found.why.startswith(
        "It names test.yml, and before it was release.yml. Whether the claim is true was not checked."
    )


def test_known_and_unknown_signers_are_not_told() -> None:
    """The same key, a signer the last release had for something else, or one that could not be read."""
    assert findings("provenance-moved", STORY % ("a by x, b by y", "a by y, b by x")) == []
    assert findings("provenance-moved", STORY % ("a by x", "a")) == []
    assert findings("provenance-moved", STORY % ("a", "a by x")) == []


OWN = "attestation x by github.com/acme/widget/.github/workflows/%s.yml; fits; repository 7"


def test_another_workflow_of_the_same_repository_is_less() -> None:
    """Who changed the workflows of a repository is told elsewhere; another repository's is nobody's here."""
    found = finding("provenance-moved", STORY % (OWN % "release", OWN % "publish"))
    assert (found.severity, ", of the same repository." in found.why) == (Severity.MEDIUM, True)
    assert "It fits the files, and the certificate is Sigstore's; its transparency log was not asked." in found.why
    other = (OWN % "release").replace("repository 7", "repository 8").replace("acme", "eve")
    assert finding("provenance-moved", STORY % (OWN % "release", other)).severity is Severity.HIGH


def test_a_renamed_repository_is_the_same_signer() -> None:
    """The number stays; without it, or where the certificate is anybody's, the name has to do."""
    renamed = (OWN % "release").replace("acme/widget", "acme/gadget")
    assert findings("provenance-moved", STORY % (OWN % "release", renamed)) == []
    assert len(findings("provenance-moved", STORY % (OWN % "release", renamed.replace("; fits", "")))) == 1


def test_a_signer_of_any_earlier_release_is_known() -> None:
    """Two maintainers who release in turn are no news each time."""
    story = STORY.replace("was: v1.1", "was: v1.1, known: [signature .asc by pgp:B]")
    assert findings("provenance-moved", story % ("signature .asc by pgp:A", "signature .asc by pgp:B")) == []
    assert len(findings("provenance-moved", story % ("signature .asc by pgp:A", "signature .asc by pgp:C"))) == 1


def test_a_certificate_of_anybodys_is_not_the_same() -> None:
    """It names whomever its maker likes."""
    for after in ("signature .sigstore by w", "signature .sigstore"):
        found = finding("provenance-moved", STORY % ("signature .sigstore by w; fits", after))
        assert found.severity is Severity.HIGH
        assert "The last one's certificate was Sigstore's, and this one's is not." in found.why


def test_another_commit_than_the_tags_is_told_once() -> None:
    """Who can start a workflow on a branch of their own gets a true attestation for it."""
    before, after = "attestation x by w; fits; from the tag", "attestation x by w; fits; from elsewhere"
    found = finding("provenance-moved", STORY % (before, after))
    assert found.title == "The attestation x of v1.2 says it was built from another commit than the tag's"
    assert f"It names {'e' * 40}, which v1.2 is not on; v1.1 was built from its tag." in found.why
    assert findings("provenance-moved", STORY % (after, after)) == []
