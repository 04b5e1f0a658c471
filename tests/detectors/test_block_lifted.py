"""block-lifted: blocks that are taken back."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def test_since_when_and_by_whom() -> None:
    """The account is the subject; whoever lifted it cannot clear it."""
    step = "thing: blocked-user, name: mallory, of: mallory, action: removed, before: {blocked: true}"
    found = finding("block-lifted", f"then: [2024-05-01: {{inventory: {{by: alice, {step}}}}}]")
    assert found.title == "@mallory was unblocked by @alice in acme"
    assert found.grantor is not None


def test_a_block_is_quiet() -> None:
    """It protects."""
    step = "thing: blocked-user, name: mallory, of: mallory, after: {blocked: true}"
    assert findings("block-lifted", f"then: [2024-05-01: {{inventory: {{{step}}}}}]") == []
