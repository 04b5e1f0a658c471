"""bypass-approved: exemptions."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding


def test_who_asked_and_who_approved() -> None:
    """The one who asked is the subject, the one who approved cannot clear the alert."""
    step = "exemption: {of: mallory, guard: push-ruleset, action: approved, reviewers: [alice]}"
    found = finding("bypass-approved", f"then: [2024-05-01: {{{step}}}]")
    assert (found.subject.person.login, found.grantor and found.grantor.login) == ("mallory", "alice")
    assert found.why == "It was approved by @alice."


def test_the_weight_of_each() -> None:
    """Asking is medium, an approval high; of a scanner's finding medium, unless by the same account."""

    def severity(**fields: str) -> Severity:
        told = ", ".join(f"{name}: {value}" for name, value in fields.items())
        return finding("bypass-approved", f"then: [2024-05-01: {{exemption: {{of: mallory, {told}}}}}]").severity

    assert severity(guard="secret-push") is Severity.MEDIUM
    assert severity(guard="secret-push", action="approved") is Severity.HIGH
    assert severity(guard="dependabot", action="approved", reviewers="[alice]") is Severity.MEDIUM
    assert severity(guard="dependabot", action="approved", reviewers="[mallory]") is Severity.HIGH
