"""member-invited: invitations to power."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def told(role: str, where: str = "organization", action: str = "added") -> str:
    """Return a story of one invitation."""
    step = f"thing: invitation, of: mallory, in: {where}, action: {action}, after: {{role: {role}}}"
    return f"then: [2024-05-01: {{inventory: {{by: alice, {step}}}}}]"


def test_the_weight_of_a_role() -> None:
    """Owner and admin are high, write is medium."""
    assert finding("member-invited", told("admin")).title == "@alice invited @mallory to acme with the role owner"
    assert finding("member-invited", told("admin")).severity is Severity.HIGH
    assert finding("member-invited", told("admin", "repository")).severity is Severity.HIGH
    assert finding("member-invited", told("write", "repository")).severity is Severity.MEDIUM


def test_the_inviter_cannot_clear_it() -> None:
    """Who gives a power does not judge it."""
    found = finding("member-invited", told("admin"))
    assert (found.grantor and found.grantor.login, found.subject.person.login) == ("alice", "mallory")


def test_members_readers_and_withdrawals_are_quiet() -> None:
    """No power, or none any more."""
    for story in (told("direct_member"), told("read", "repository"), told("admin", action="removed")):
        assert findings("member-invited", story) == []
