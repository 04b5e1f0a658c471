"""deploy-key-added: credentials that belong to nobody."""

from __future__ import annotations

from github_app.model import Evidence, Severity
from tests.detectors.telling import finding, findings, fingerprints


def test_a_key_that_can_write() -> None:
    """Title, fingerprint and who added it are named; whoever added it cannot clear the alert."""
    found = finding("deploy-key-added", 'then: [2024-05-01: {deploy_key: {by: bob, id: 11, title: "laptop"}}]')
    assert found.title == "@bob added the deploy key “laptop” with write access"
    assert "Its fingerprint: SHA256:laptop." in found.why
    assert (found.severity, found.subject.key) == (Severity.CRITICAL, "deploy-key:11")
    assert found.evidence == (Evidence(kind="key", value="SHA256:laptop"),)
    assert found.grantor is not None
    assert found.grantor.login == "bob"


def test_a_key_that_can_only_read_is_low() -> None:
    """It cannot change anything."""
    found = finding("deploy-key-added", 'then: [2024-05-01: {deploy_key: {by: bob, title: "mirror", write: false}}]')
    assert found.severity is Severity.LOW
    assert found.title.endswith("with read-only access")


def test_removal_and_repetition_are_quiet() -> None:
    """A key that goes, or that is only seen again, changes nothing."""
    known = 'past: [2023-01-01: {deploy_key: {by: alice, id: 9, title: "ci"}}]'
    for step in ('{by: alice, id: 9, title: "ci", removed: true}', '{by: alice, id: 9, title: "ci"}'):
        assert findings("deploy-key-added", f"{{{known}, then: [2024-05-01: {{deploy_key: {step}}}]}}") == []


def test_a_key_that_comes_back_is_another_alert() -> None:
    """Added, removed and added again reads differently."""
    story = """
    then:
      - 2024-05-01: {deploy_key: {by: bob, id: 9, title: "ci"}}
      - 2024-05-02: {deploy_key: {by: bob, id: 9, title: "ci", removed: true}}
      - 2024-05-03: {deploy_key: {by: bob, id: 9, title: "ci"}}
    """
    assert len(set(fingerprints("deploy-key-added", story))) == 2
