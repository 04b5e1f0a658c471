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


def has(after: str, before: str = "") -> str:
    """Return a story of one token that reaches the organisation."""
    action = "changed" if before else "added"
    state = f"before: {{{before}}}, after: {{{after}}}"
    return f"then: [2024-05-01: {{inventory: {{thing: token, name: laptop, of: bob, action: {action}, {state}}}}}]"


def test_the_weight_of_a_token_nobody_had_to_approve() -> None:
    """Reading is low, writing medium, and writing what changes code or who may high."""
    for may, severity in (
        ("issues: read", Severity.LOW),
        ("issues: write", Severity.MEDIUM),
        ("workflows: write", Severity.HIGH),
        ("administration: write", Severity.HIGH),
    ):
        assert finding("token-approved", has(f"repositories: subset, repository: {{{may}}}")).severity is severity


def test_a_token_that_reaches_further() -> None:
    """More to write, or the same in all repositories; what shrinks, or only reads more, is quiet."""
    few, writes = "repositories: subset", "repository: {contents: write}"
    assert finding("token-approved", has(f"{few}, {writes}", few)).why.startswith("It may write: contents.")
    assert finding("token-approved", has(f"repositories: all, {writes}", f"{few}, {writes}")).severity is Severity.HIGH
    assert findings("token-approved", has(few, f"repositories: all, {writes}")) == []
    assert findings("token-approved", has(f"{few}, repository: {{contents: read}}", few)) == []
