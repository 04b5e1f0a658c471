"""runner-unknown: machines of an unknown kind."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings
from workers.facts.events.runs import family

PAST = "past: [2023-01-01: {runner: {name: build}}]"


def test_the_first_and_the_unknown() -> None:
    """The first of all is low in a private repository and high in a public one; another kind is high."""
    assert finding("runner-unknown", "then: [2024-05-01: {runner: {name: build}}]").severity is Severity.LOW
    assert finding("runner-unknown", "then: [2024-05-01: {runner: {name: build, public: true}}]").severity is Severity.HIGH
    found = finding("runner-unknown", f"{{{PAST}, then: [2024-05-01: {{runner: {{name: evil}}}}]}}")
    assert (found.severity, found.subject.key) == (Severity.HIGH, "runner:evil")


def test_known_kinds_are_quiet() -> None:
    """Also in the next job."""
    assert findings("runner-unknown", f"{{{PAST}, then: [2024-05-01: {{runner: {{name: build}}}}]}}") == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("build-1", "build"),
        ("build-2", "build"),
        ("linux-x64-bcdfg-runner-8fj3d", "linux-runner"),
        ("SHA1HULUD", "sha1hulud"),
        ("evil-box", "evil-box"),
        ("17", "17"),
    ],
)
def test_a_kind_is_a_name_without_what_changes(name: str, kind: str) -> None:
    """Numbers and random parts are left out; a name of nothing else stays."""
    assert family(name) == kind
