"""provenance-moved: releases signed by somebody else."""

from __future__ import annotations

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
