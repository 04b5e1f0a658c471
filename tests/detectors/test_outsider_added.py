"""outsider-added: people who are no members."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings

WHO = "thing: collaborator, name: mallory, of: mallory"


def test_somebody_from_outside_is_recorded() -> None:
    """With the person as the subject, so that it shows beside what else is known of them."""
    found = finding("outsider-added", f"then: [2024-05-01: {{found: {{{WHO}, in: organization, is: {{role: outside}}}}}}]")
    assert found.title == "@mallory has access to repositories of acme from outside"
    assert (found.subject.person.login, found.severity) == ("mallory", Severity.LOW)


def test_whoever_leaves_and_a_repositorys_own_list_are_quiet() -> None:
    """Roles in a repository are told by access-granted."""
    assert (
        findings("outsider-added", f"then: [2024-05-01: {{found: {{{WHO}, in: organization, was: {{role: outside}}}}}}]")
        == []
    )
    assert findings("outsider-added", f"then: [2024-05-01: {{found: {{{WHO}, is: {{role: admin}}}}}}]") == []
