"""watcher-blinded: the watcher itself."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings, fingerprints


def test_gone_suspended_and_out_of_sight() -> None:
    """The worst is that nothing is seen; a repository out of sight is next."""
    weights = {"deleted": Severity.CRITICAL, "suspend": Severity.CRITICAL, "removed": Severity.HIGH}
    for action, severity in weights.items():
        found = finding("watcher-blinded", f"then: [2024-05-01: {{installation: {{by: bob, action: {action}}}}}]")
        assert found.severity is severity
        assert found.title.startswith("@bob ")
    assert finding(
        "watcher-blinded", "then: [2024-05-01: {happened: {what: hook-deleted, name: x.example.org}}]"
    ).severity is (Severity.CRITICAL)


def test_a_second_suspension_is_another_alert() -> None:
    """Suspended, woken, suspended."""
    steps = ", ".join(
        f"2024-05-0{n}: {{installation: {{action: {a}}}}}" for n, a in enumerate(("suspend", "unsuspend", "suspend"), 1)
    )
    assert len(set(fingerprints("watcher-blinded", f"then: [{steps}]"))) == 2


def test_permissions_are_compared() -> None:
    """What was taken and what was given."""
    step = "inventory: {thing: this-app, action: changed, before: {contents: read}, after: {contents: read, issues: read}}"
    assert finding("watcher-blinded", f"then: [2024-05-01: {{{step}}}]").why.startswith("issues none -> read.")
    other = step.replace("this-app", "app")
    assert findings("watcher-blinded", f"then: [2024-05-01: {{{other}}}]") == []


def test_coming_back_is_quiet() -> None:
    """Installed, woken, more in sight."""
    for action in ("created", "unsuspend", "added"):
        assert findings("watcher-blinded", f"then: [2024-05-01: {{installation: {{action: {action}}}}}]") == []
