"""provenance-lost: releases that can no longer be checked."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

STORY = "then: [2024-05-01: {provenance: {by: eve, tag: v1.2, was: v1.1, before: [%s], after: [%s]}}]"


def test_nothing_left_is_worse_than_less() -> None:
    """The reader learns what is missing and which release had it."""
    found = finding("provenance-lost", STORY % ("signature .asc by pgp:A", ""))
    assert (found.severity, found.title) == (Severity.HIGH, "The release v1.2 has no signature .asc, which v1.1 had")
    less = finding("provenance-lost", STORY % ("signature .asc, attestation x", "attestation x"))
    assert (less.severity, "Another proof is still there." in less.why) == (Severity.MEDIUM, True)


def test_more_is_not_told() -> None:
    """Signing in one more way is no loss."""
    assert findings("provenance-lost", STORY % ("signature .asc", "signature .asc, attestation x")) == []
