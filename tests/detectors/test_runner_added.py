"""runner-added: machines that run workflows."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def test_a_new_machine_is_named_with_its_labels() -> None:
    """System and labels say which jobs it can take."""
    story = "then: [2024-05-01: {found: {thing: runner, name: box, is: {os: linux, label: [gpu, self-hosted]}}}]"
    found = finding("runner-added", story)
    assert found.title == "The runner box was registered in acme/widget"
    assert "It runs linux and takes jobs for gpu, self-hosted." in found.why


def test_other_labels_and_removal_are_quiet() -> None:
    """Neither is a new machine."""
    for rest in ("was: {os: linux}, is: {os: linux, label: [gpu]}", "was: {os: linux}"):
        assert findings("runner-added", f"then: [2024-05-01: {{found: {{thing: runner, name: box, {rest}}}}}]") == []
