"""policy-weakened: the app is told to see less."""

from __future__ import annotations

from github_app.model import Severity
from tests.detectors.telling import finding


def told(fields: str, by: str = "by: eve, ") -> str:
    """Return a story in which the policy changed."""
    return f"then: [2024-05-01: {{policy: {{{by}{fields}}}}}]"


def test_each_loss_is_a_sentence_of_the_reason() -> None:
    """The reader learns who took away what."""
    found = finding("policy-weakened", told("losses: [One is off., Two is off.], grave: true"))
    assert (found.title, found.why) == ("@eve weakened the trust policy of this repository", "One is off. Two is off.")
    assert found.severity is Severity.HIGH


def test_many_losses_are_counted() -> None:
    """A long list ends in how many more there are."""
    found = finding("policy-weakened", told("losses: [a., b., c., d., e., f., g., h.]"))
    assert found.why == "a. b. c. d. e. f. And 2 more."
    assert found.severity is Severity.MEDIUM


def test_who_announces_themselves_is_high() -> None:
    """Nobody makes their own next step quiet without somebody being told."""
    found = finding("policy-weakened", told("losses: [x.], announced: [Eve]"))
    assert found.severity is Severity.HIGH
    assert found.why == "x. Whoever made the change is announced by it."


def test_a_broken_file_is_told_as_such() -> None:
    """A file that nobody can read takes away what it added."""
    found = finding("policy-weakened", told("losses: [x.], broken: true, in: organisation", by=""))
    assert found.why.startswith("The file cannot be read")
    assert found.title == "Somebody GitHub does not name weakened the trust policy of the organisation"
