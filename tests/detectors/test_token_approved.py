"""token-approved: tokens for the organisation."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def told(action: str, after: str) -> str:
    """Return a story of one request."""
    step = f"inventory: {{by: alice, thing: token-request, name: laptop, of: bob, action: {action}, after: {{{after}}}}}"
    return f"then: [2024-05-01: {{{step}}}]"


def test_the_weight_of_a_request() -> None:
    """For everything, or to write code, is as bad as an approval."""
    asked = "state: asked for, repositories: "
    assert finding("token-approved", told("added", asked + "subset")).severity is Severity.MEDIUM
    assert finding("token-approved", told("added", asked + "all")).severity is Severity.HIGH
    writes = asked + "subset, repository: {contents: write, issues: read}"
    found = finding("token-approved", told("added", writes))
    assert (found.severity, found.why.startswith("It may write: contents.")) == (Severity.HIGH, True)


def test_an_approval_has_a_grantor() -> None:
    """Whoever approved cannot clear the alert; whoever only asked granted nothing."""
    given = finding("token-approved", told("changed", "state: approved, repositories: subset"))
    assert given.grantor is not None
    assert (given.severity, given.grantor.login, given.subject.person.login) == (Severity.HIGH, "alice", "bob")
    assert finding("token-approved", told("added", "state: asked for")).grantor is None


def test_a_refusal_is_quiet() -> None:
    """Nothing was given."""
    assert findings("token-approved", told("removed", "")) == []
