"""protection-bypassed: pushes past a rule."""

from __future__ import annotations

from tests.detectors.telling import finding, findings, fingerprints

PUSH = "thing: protection-bypass, name: main, of: mallory, in: organization"


def test_who_where_and_what_is_named() -> None:
    """Each of them is needed to judge it."""
    story = f"then: [2024-05-01: {{found: {{{PUSH}, is: {{repository_name: widget, before_sha: aa, after_sha: bb}}}}}}]"
    found = finding("protection-bypassed", story)
    assert found.title == "@mallory bypassed the protection of main in widget"
    assert "The push from aa to bb broke a rule" in found.why
    assert found.evidence[0].value == "bb"


def test_each_bypass_is_an_alert_of_its_own() -> None:
    """The second is no repetition of the first; that one is no longer listed is nothing."""
    steps = "".join(
        f"- 2024-05-0{n}: {{found: {{{PUSH}, key: 'rule-suite:{n}', is: {{after_sha: c{n}}}}}}}\n" for n in (1, 2)
    )
    assert len(set(fingerprints("protection-bypassed", f"then:\n{steps}"))) == 2
    assert findings("protection-bypassed", f"then: [2024-05-01: {{found: {{{PUSH}, was: {{after_sha: bb}}}}}}]") == []
