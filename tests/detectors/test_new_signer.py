"""new-signer: never-seen keys."""

from __future__ import annotations

import pytest

from github_app.model import Power, Severity
from tests.detectors.telling import finding, findings

PAST = """
past:
  - 2019-01-01: {tag: {by: alice, name: v1.0, key: AAAAAAAA22222222}}
then:
  - 2024-05-01: {tag: %s}
"""


@pytest.mark.parametrize("key", ["BBBBBBBB44444444", "ssh:SHA256:f00d", "x509:eve@example.org"])
def test_a_never_seen_key_is_high(key: str) -> None:
    """PGP, SSH and X.509 keys are told apart by name and treated alike."""
    found = finding("new-signer", PAST % f'{{by: eve, name: v2.0, key: "{key}"}}')
    name = key if ":" in key else f"pgp:{key}"
    assert found.title == f"Tag v2.0 was signed by @eve with a never-seen key, {name}"
    assert (found.severity, found.subject.key) == (Severity.HIGH, name)
    assert found.why == (
        "Tags here were signed with one other key before, first on 2019-01-01. Nothing they did here before is known."
    )
    assert {("tag", "v2.0"), ("key", name)} <= {(e.kind, e.value) for e in found.evidence}
    assert Power.SIGNER in found.powers


@pytest.mark.parametrize("key", ["AAAAAAAA22222222", "FFFFFFFFFFFFFFFFFFFFFFFFAAAAAAAA22222222", "aaaaaaaa22222222"])
def test_one_key_has_one_name(key: str) -> None:
    """Long id and fingerprint of a known key are the same key, whoever pushed the tag."""
    assert findings("new-signer", PAST % f'{{by: eve, name: v2.0, key: "{key}"}}') == []


def test_a_change_of_key_is_medium() -> None:
    """Somebody who signed here before is said to have another key."""
    found = finding("new-signer", PAST % "{by: alice, name: v2.0, key: BBBBBBBB44444444}")
    assert found.severity is Severity.MEDIUM
    assert found.title == "Tag v2.0 was signed by @alice with another key, pgp:BBBBBBBB44444444"
    assert "may be a change of key" in found.why


def test_a_tagger_is_only_a_claim() -> None:
    """Whoever pushes a tag that names a known signer as its tagger is not that signer."""
    found = finding("new-signer", PAST % "{by: eve, tagger: alice, name: v2.0, key: BBBBBBBB44444444}")
    assert found.severity is Severity.HIGH


def test_a_signature_that_does_not_hold_is_said_to() -> None:
    """It is no change of key either: anybody can name a key."""
    found = finding("new-signer", PAST % "{by: alice, name: v2.0, key: BBBBBBBB44444444, valid: false}")
    assert found.severity is Severity.HIGH
    assert "GitHub could not verify the signature" in found.why


def test_the_first_signature_of_a_repository_is_quiet() -> None:
    """Nobody trusted a key here before."""
    assert findings("new-signer", "then: [2024-05-01: {tag: {by: eve, name: v1, key: BBBBBBBB44444444}}]") == []


def test_unsigned_tags_are_not_its_business() -> None:
    """There is no key to know."""
    assert findings("new-signer", PAST % "{by: eve, name: v2.0}") == []


def test_a_third_new_power_within_a_year_is_critical() -> None:
    """Nobody climbs that fast unseen: two people must look at it."""
    past = """
past:
  - 2015-01-01: {push: {by: alice}}
  - 2020-01-01: {tag: {by: alice, name: v1, key: AAAAAAAA11111111}}
  - %s: {push: {by: bob}}
  - %s: {merge: {by: bob, pull: 3, author: carol}}
then:
  - 2024-05-01: {tag: {by: bob, name: v2, key: BBBBBBBB22222222}}
"""
    found = finding("new-signer", past % ("2024-01-01", "2024-02-01"))
    assert found.severity is Severity.CRITICAL
    assert "They first used 2 other powers here within the last year." in found.why
    assert finding("new-signer", past % ("2022-01-01", "2024-02-01")).severity is Severity.HIGH
