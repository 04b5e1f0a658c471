"""access-withdrawn: roles that are lost."""

from __future__ import annotations

from tests.detectors.telling import finding, findings


def access(before: str, after: str, where: str = "repository") -> str:
    """Return a step: somebody's role."""
    return f"{{access: {{by: alice, of: bob, from: {before}, to: {after}, in: {where}}}}}"


def test_demotions_and_departures() -> None:
    """From what to what, by whom; the one who did it cannot clear it."""
    fell = finding("access-withdrawn", f"then: [2024-05-01: {access('admin', 'write')}]")
    assert fell.title == "@bob was demoted in acme/widget"
    assert "Their role was admin and is write now. @alice did it." in fell.why
    assert fell.grantor is not None
    left = finding("access-withdrawn", f"then: [2024-05-01: {access('member', 'none', 'organization')}]")
    assert left.title == "@bob lost their role in acme"


def test_the_last_admin() -> None:
    """One of two goes quietly, the last one does not."""
    past = "{past: [2023-01-01: {access: {of: bob, to: admin}}%s], then: [2024-05-01: " + access("admin", "none") + "]}"
    assert "Nobody else is known to be an admin here." in finding("access-withdrawn", past % "").why
    assert findings("access-withdrawn", past % ", 2023-01-02: {access: {of: carol, to: admin}}") == []


def test_rises_and_plain_removals_are_quiet() -> None:
    """They are told by access-granted, or noted."""
    for step in (access("read", "write"), access("write", "none"), access("write", "write")):
        assert findings("access-withdrawn", f"then: [2024-05-01: {step}]") == []
