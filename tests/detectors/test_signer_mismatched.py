"""signer-mismatched: names beside keys."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings, fingerprints

A, B = "AAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBB"
PAST = f"""
past:
  - 2022-01-01: {{tag: {{by: alice, name: v1, key: {A}}}}}
  - 2023-01-01: {{tag: {{by: bob, name: v2, key: {B}}}}}
then:
  - 2024-05-01: {{%s}}
"""


def test_says_whose_key_and_whose_name() -> None:
    """The reader learns how long the key has been whose."""
    found = finding("signer-mismatched", PAST % f"tag: {{by: bob, name: v3, key: {A}}}")
    assert found.title == "Tag v3 names @bob, but is signed with the key of @alice"
    assert "The key has signed 1 tag here since 2022-01-01, as @alice's." in found.why
    assert [e.kind for e in found.evidence] == ["tag", "key", "commit"]


@pytest.mark.parametrize(
    ("tag", "severity"),
    [
        (f"{{by: bob, name: v3, key: {A}}}", Severity.MEDIUM),
        (f"{{by: bob, name: v3, key: {A}, valid: false}}", Severity.HIGH),
        (f"{{by: eve, name: v3, key: {A}}}", Severity.HIGH),
    ],
    ids=["a releaser", "a wrong signature", "somebody who never released"],
)
def test_how_bad_it_is(tag: str, severity: Severity) -> None:
    """Two releasers with one key are untidy; anybody else's name beside it is worse."""
    assert finding("signer-mismatched", PAST % f"tag: {tag}").severity is severity


def test_unsigned_never_seen_and_own_keys_are_not_its_business() -> None:
    """Others tell of those."""
    for rest in ("", ", key: CCCCCCCCCCCCCCCC", f", key: {B}"):
        assert findings("signer-mismatched", PAST % f"tag: {{by: bob, name: v3{rest}}}") == []


def test_a_shared_key_is_told_once_for_each_name() -> None:
    """Whoever shares a key is told so once."""
    story = PAST % f"tag: {{by: bob, name: v3, key: {A}}}" + f"  - 2024-06-01: {{tag: {{by: bob, name: v4, key: {A}}}}}\n"
    assert len(set(fingerprints("signer-mismatched", story))) == 1
