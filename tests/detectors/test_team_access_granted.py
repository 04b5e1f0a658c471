"""team-access-granted: teams and who is in them."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def role(after: str, before: str = "{}", action: str = "added") -> str:
    """Return a step: a team's role in a repository."""
    state = f"before: {before}, after: {{role: {after}}}"
    named = "thing: team-repository, key: 'team:5/repository:1', name: core on a/b"
    return f"{{inventory: {{by: alice, {named}, action: {action}, {state}}}}}"


def joins(called: str = "core", known: str = "unknown", by: str = "alice") -> str:
    """Return a step: somebody joins a team."""
    state = f"key: 'team:5/user:9', name: {called}, of: mallory, after: {{role: {known}}}"
    return f"{{inventory: {{by: {by}, thing: team-member, {state}}}}}"


def test_a_role_that_rises_to_write() -> None:
    """New is medium, as admin or raised high; less or the same is quiet."""
    for step, severity in (
        (role("write"), Severity.MEDIUM),
        (role("admin"), Severity.HIGH),
        (role("write", "{role: read}", "changed"), Severity.HIGH),
    ):
        assert finding("team-access-granted", f"then: [2024-05-01: {step}]").severity is severity
    for step in (role("read"), role("write", "{role: admin}", "changed"), role("write", "{role: write}", "changed")):
        assert findings("team-access-granted", f"then: [2024-05-01: {step}]") == []


def test_who_joins_gets_what_the_team_has() -> None:
    """That it can write is known from its setting, or from an earlier event about it."""
    assert findings("team-access-granted", f"then: [2024-05-01: {joins()}]") == []
    assert finding("team-access-granted", f"then: [2024-05-01: {joins(known='write')}]").severity is Severity.MEDIUM
    learned = f"{{past: [2024-04-01: {role('write')}], then: [2024-05-01: {joins()}]}}"
    assert finding("team-access-granted", learned).title == "@mallory joined the team core"


def test_teams_of_weight_and_adding_oneself() -> None:
    """Release and security teams are high whatever is known; the same account is named as such."""
    assert finding("team-access-granted", f"then: [2024-05-01: {joins('release-managers')}]").severity is Severity.HIGH
    assert (
        "The same account added them."
        in finding("team-access-granted", f"then: [2024-05-01: {joins(known='admin', by='mallory')}]").why
    )


def moved(to: str = "5, called: core", before: str = "none") -> str:
    """Return a step: a team is moved below another."""
    state = f"action: changed, before: {{below: {before}}}, after: {{below: {to}}}"
    return f"{{inventory: {{by: alice, thing: team-parent, key: 'team:6', name: interns, {state}}}}}"


def test_a_team_below_another_has_what_that_one_was_given() -> None:
    """High where the one above is known to write, or is named like it; one that stands alone again is quiet."""
    assert finding("team-access-granted", f"then: [2024-05-01: {moved()}]").severity is Severity.MEDIUM
    assert (
        finding("team-access-granted", f"then: [2024-05-01: {moved('5, called: release-team')}]").severity is Severity.HIGH
    )
    learned = f"{{past: [2024-04-01: {role('write')}], then: [2024-05-01: {moved()}]}}"
    found = finding("team-access-granted", learned)
    assert (found.severity, found.title) == (Severity.HIGH, "The team interns has what the team core was given")
    assert "can write to repositories" in found.why
    assert findings("team-access-granted", f"then: [2024-05-01: {moved('none', '5')}]") == []
