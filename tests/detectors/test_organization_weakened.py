"""organization-weakened: what holds for all members."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

NAME = "default_repository_permission"


def told(before: str, after: str) -> str:
    """Return a story of one change of the settings."""
    state = f"before: {{{before}}}, after: {{{after}}}"
    return f"then: [2024-05-01: {{guard: {{guard: organization-settings, name: settings, {state}}}}}]"


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        (f"{NAME}: read", f"{NAME}: write", Severity.CRITICAL),
        (f"{NAME}: none", f"{NAME}: admin", Severity.CRITICAL),
        (f"{NAME}: none", f"{NAME}: read", Severity.HIGH),
        ("two_factor_requirement_enabled: true", "two_factor_requirement_enabled: false", Severity.HIGH),
        ("members_can_fork_private_repositories: false", "members_can_fork_private_repositories: true", Severity.MEDIUM),
    ],
)
def test_how_bad_it_is(before: str, after: str, severity: Severity) -> None:
    """A role that writes for everybody is worst; what repository admins may decide for themselves mildest."""
    assert finding("organization-weakened", told(before, after)).severity is severity


def test_a_mild_loss_beside_a_bad_one() -> None:
    """Both are told, as bad as the worse; that members could write all along is not told again."""
    before = f"{NAME}: write, two_factor_requirement_enabled: true, deploy_keys_enabled_for_repositories: false"
    after = f"{NAME}: write, two_factor_requirement_enabled: false, deploy_keys_enabled_for_repositories: true"
    found = finding("organization-weakened", told(before, after))
    assert found.severity is Severity.HIGH
    assert found.why.startswith("deploy keys allowed off -> on; two-factor authentication required on -> off.")


def test_what_gets_stricter_is_quiet() -> None:
    """Also from one that writes to another, smaller one that does."""
    assert findings("organization-weakened", told(f"{NAME}: admin", f"{NAME}: write")) == []
    assert findings("organization-weakened", told(f"{NAME}: write", f"{NAME}: none")) == []
