"""secret-leaked: secrets that lie open."""

from __future__ import annotations

from tests.detectors.telling import finding, findings, fingerprints


def told(step: str) -> str:
    """Return a story of one alert."""
    return f"then: [2024-05-01: {{scanner: {{scanner: secret-scanning, name: API key, {step}}}}}]"


def test_each_way_is_said_in_private() -> None:
    """Found, pushed past the protection, public; none of it on a pull request."""
    cases = {
        "action: created": "A secret lies in this repository: API key",
        "action: created, bypassed: true, of: bob": "@bob pushed a secret past the protection: API key",
        "action: leaked": "A secret of this repository is known to the public: API key",
    }
    for step, title in cases.items():
        found = finding("secret-leaked", told(step))
        assert (found.title, found.private) == (title, True)


def test_a_secret_that_becomes_public_is_another_alert() -> None:
    """The same alert of GitHub's gets worse."""
    both = "then: [{}, {}]".format(*(told(f"action: {a}")[7:-1] for a in ("created", "leaked")))
    assert len(set(fingerprints("secret-leaked", both))) == 2


def test_dismissals_are_told_elsewhere() -> None:
    """See scanner-alert-dismissed."""
    assert findings("secret-leaked", told("action: dismissed")) == []
