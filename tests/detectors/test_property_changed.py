"""property-changed: custom properties that rulesets go by."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding, findings


def test_a_definition() -> None:
    """Deleted is worse than changed; another description is nothing."""
    gone = "guard: {guard: custom-property, name: tier, action: deleted, before: {value_type: string}}"
    other = "guard: {guard: custom-property, before: {default_value: a}, after: {default_value: b}}"
    words = "guard: {guard: custom-property, before: {description: a}, after: {description: b}}"
    assert finding("property-changed", f"then: [2024-05-01: {{{gone}}}]").severity is Severity.HIGH
    assert finding("property-changed", f"then: [2024-05-01: {{{other}}}]").severity is Severity.MEDIUM
    assert findings("property-changed", f"then: [2024-05-01: {{{words}}}]") == []


def test_a_value_counts_where_a_ruleset_goes_by_it() -> None:
    """The rulesets are named; without any there is nothing to say."""
    worn = "guard: {{guard: custom-property-values, name: tier of acme/widget, before: {{value: a}}, after: {{}}{}}}"
    found = finding("property-changed", f"then: [2024-05-01: {{{worn.format(', reaches: [production]')}}}]")
    assert found.why.endswith("may hold here no more: production.")
    assert findings("property-changed", f"then: [2024-05-01: {{{worn.format('')}}}]") == []
