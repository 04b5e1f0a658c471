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


def test_what_does_not_fit_is_worse_than_nothing() -> None:
    """Somebody put it there who could not make one."""
    found = finding("provenance-lost", STORY % ("signature .sigstore by w; fits", "signature .sigstore by w; does not fit"))
    assert (found.severity, found.title) == (Severity.HIGH, "The signature .sigstore of v1.2 does not fit")
    assert "It is there, but its signature is not by the key in its certificate." in found.why


def test_what_never_fitted_is_not_told() -> None:
    """The signature of an image lies beside the files in many releases."""
    assert findings("provenance-lost", STORY % ("a; about other files", "a; about other files")) == []
    assert findings("provenance-lost", STORY % ("b", "b, a; about other files")) == []
    assert findings("provenance-lost", STORY % ("a by x; fits", "a by x; fits, a by y; about other files")) == []


def test_a_new_version_of_a_format_is_no_loss() -> None:
    """SLSA went from v0.2 to v1, and Sigstore's suffix became longer."""
    for old, new in (
        ("attestation https://slsa.dev/provenance/v0.2 by w", "attestation https://slsa.dev/provenance/v1 by w"),
        ("signature .sigstore", "signature .sigstore.json"),
    ):
        assert findings("provenance-lost", STORY % (old, new)) == []
    (found,) = findings("provenance-moved", STORY % ("attestation x/v0.2 by w", "attestation x/v1 by z"))
    assert found.before == "w"


def test_sources_without_what_other_files_have_are_told() -> None:
    """The source archive is what distributions build from."""
    had = "signature .asc by k; of the sources"
    story = STORY.replace("tag: v1.2", "tag: v1.2, sources: %s")
    found = finding("provenance-lost", story % ("true", had, "signature .asc by k"))
    assert found.title == "The source archive of v1.2 has no signature .asc, which that of v1.1 had"
    assert found.severity is Severity.MEDIUM
    assert findings("provenance-lost", story % ("false", had, "signature .asc by k")) == []
    assert findings("provenance-lost", story % ("true", had, had)) == []


def test_checksums_that_nobody_signed_are_little() -> None:
    """They prove nothing, but the usual build makes them."""
    found = finding("provenance-lost", STORY % ("checksums, signature .asc", "signature .asc"))
    assert found.severity is Severity.LOW
    both = finding("provenance-lost", STORY % ("checksums, signature .asc", ""))
    assert (both.severity, both.title) == (
        Severity.HIGH,
        "The release v1.2 has no checksums, signature .asc, which v1.1 had",
    )
    left = finding("provenance-lost", STORY % ("checksums, signature .asc", "checksums"))
    assert left.severity is Severity.HIGH


def test_more_is_not_told() -> None:
    """Signing in one more way is no loss."""
    assert findings("provenance-lost", STORY % ("signature .asc", "signature .asc, attestation x")) == []
