"""access-granted: roles that rise."""

from __future__ import annotations

import pytest

from github_app.model import Power, Severity
from tests.detectors.telling import finding, findings, fingerprints


@pytest.mark.parametrize(
    ("before", "after", "where", "severity"),
    [
        ("none", "write", "repository", Severity.MEDIUM),
        ("read", "write", "repository", Severity.HIGH),
        ("triage", "maintain", "repository", Severity.HIGH),
        ("write", "maintain", "repository", Severity.HIGH),
        ("maintain", "admin", "repository", Severity.HIGH),
        ("''", "write", "repository", Severity.MEDIUM),
        ("none", "owner", "organization", Severity.CRITICAL),
        ("member", "owner", "organization", Severity.CRITICAL),
    ],
)
def test_a_role_that_rises(before: str, after: str, where: str, severity: Severity) -> None:
    """The role says how bad it would be."""
    story = f"then: [2024-05-01: {{access: {{by: alice, of: bob, from: {before}, to: {after}, in: {where}}}}}]"
    found = finding("access-granted", story)
    assert found.severity is severity
    assert found.title == f"@bob got the role {after} in {'acme' if where == 'organization' else 'acme/widget'}"
    assert found.grantor is not None
    assert found.grantor.login == "alice"
    assert "given by @alice" in found.why


@pytest.mark.parametrize(
    ("before", "after"),
    [("admin", "write"), ("write", "write"), ("write", "none"), ("none", "read"), ("read", "triage"), ("none", "''")],
)
def test_a_role_that_falls_or_cannot_write(before: str, after: str) -> None:
    """Less power, the same power, or a role that nobody told us: nothing to say."""
    story = f"then: [2024-05-01: {{access: {{by: alice, of: bob, from: {before}, to: {after}}}}}]"
    assert findings("access-granted", story) == []


def test_members_of_an_organisation_are_not_committers() -> None:
    """Being a member gives no write access by itself."""
    story = "then: [2024-05-01: {access: {by: alice, of: bob, to: member, in: organization}}]"
    assert findings("access-granted", story) == []


@pytest.mark.parametrize(("role", "severity"), [("write", Severity.HIGH), ("admin", Severity.CRITICAL)])
def test_giving_to_oneself_is_louder(role: str, severity: Severity) -> None:
    """Nobody else agreed to it, as far as GitHub tells."""
    found = finding("access-granted", f"then: [2024-05-01: {{access: {{by: bob, of: bob, to: {role}}}}}]")
    assert found.severity is severity
    assert "given by the same account" in found.why


def test_the_ledger_knows_a_role_that_github_does_not_tell() -> None:
    """An edit without its old role is quiet when the person could write already, and loud when it adds to that."""
    known = "past: [2020-01-01: {push: {by: bob}}]"
    quiet = f"{{{known}, then: [2024-05-01: {{access: {{by: alice, of: bob, from: '', to: write}}}}]}}"
    assert findings("access-granted", quiet) == []
    loud = finding("access-granted", quiet.replace("to: write", "to: admin"))
    assert "before, the role was write" in loud.why


def test_the_same_grant_after_a_loss_is_another_alert() -> None:
    """Given, taken and given again reads differently each time, also within one day and also for maintain."""
    story = """
    then:
      - 2024-05-01 10:00: {access: {by: alice, of: bob, to: write}}
      - 2024-05-01 11:00: {access: {by: alice, of: bob, from: write, to: none}}
      - 2024-05-01 12:00: {access: {by: alice, of: bob, to: write}}
      - 2024-05-01 13:00: {access: {by: alice, of: bob, from: write, to: maintain}}
      - 2024-05-01 14:00: {access: {by: alice, of: bob, from: maintain, to: write}}
      - 2024-05-01 15:00: {access: {by: alice, of: bob, from: write, to: maintain}}
    """
    assert len(set(fingerprints("access-granted", story))) == 4


def test_without_a_giver() -> None:
    """Where GitHub names nobody, the sentence says so and nobody is excluded from deciding."""
    found = finding("access-granted", "then: [2024-05-01: {access: {of: bob, to: admin}}]")
    assert found.grantor is None
    assert "somebody GitHub does not name" in found.why
    assert Power.ADMIN in found.powers
