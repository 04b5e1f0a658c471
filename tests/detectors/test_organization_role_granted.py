"""organization-role-granted: roles that hold in every repository."""

from __future__ import annotations

import pytest

from github_app.model import Power, Severity
from tests.detectors.telling import finding, findings

ALL = "in all repositories"


def told(after: str, before: str = "", of: str = "mallory") -> str:
    """Return a story of one role, held by somebody or as it is defined."""
    action = "changed" if before else "added"
    state = f"key: 'role:1/x', action: {action}, before: {{{before}}}, after: {{role: helper, {after}}}"
    return f"then: [2024-05-01: {{inventory: {{thing: organization-role, name: helper, of: {of or chr(39) * 2}, {state}}}}}]"


@pytest.mark.parametrize(
    ("after", "severity", "gains"),
    [
        (f"{ALL}: admin", Severity.CRITICAL, (Power.ADMIN,)),
        (f"{ALL}: write", Severity.HIGH, (Power.COMMITTER,)),
        (f"{ALL}: read", Severity.MEDIUM, ()),
        ("may: [read_audit_logs]", Severity.MEDIUM, ()),
        ("may: [read_audit_logs, manage_organization_oauth_application_policy]", Severity.HIGH, ()),
    ],
)
def test_who_gets_one(after: str, severity: Severity, gains: tuple[Power, ...]) -> None:
    """As bad as what it lets them do; a hand-over can announce what they gain."""
    found = finding("organization-role-granted", told(f"{after}, holder: '@mallory'"))
    assert (found.severity, found.gains, found.title) == (severity, gains, "@mallory got the role helper in acme")
    assert found.subject.person.login == "mallory"


def test_a_team_is_the_subject_by_its_key() -> None:
    """Nobody has to be a person."""
    found = finding("organization-role-granted", told(f"{ALL}: write, holder: The team core", of=""))
    assert (found.title, found.subject.key) == ("The team core got the role helper in acme", "role:1/x")


def test_a_role_that_may_do_more() -> None:
    """It is told once for the role, not for each who holds it; one that may do less, or is new, gives nobody anything."""
    wider = told("may: [read_audit_logs, write_webhooks]", "role: helper, may: [read_audit_logs]", of="")
    assert finding("organization-role-granted", wider).title == "The role helper of acme may do more than before"
    held = told("may: [read_audit_logs, write_webhooks], holder: '@mallory'", "role: helper, holder: '@mallory'")
    assert findings("organization-role-granted", held) == []
    assert findings("organization-role-granted", told(f"{ALL}: read", f"role: helper, {ALL}: write", of="")) == []
    assert findings("organization-role-granted", told(f"{ALL}: admin", of="")) == []
