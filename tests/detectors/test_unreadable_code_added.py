"""unreadable-code-added: what a reader cannot see or cannot read."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings
from tests.detectors.test_guard_call_removed import story

ID = "unreadable-code-added"
PACKED = "QUJD" * 120


@pytest.mark.parametrize(
    ("added", "says", "severity"),
    [
        ("\u202eabc", "characters that show code in another order than it runs", Severity.HIGH),
        ("a\u200bb", "characters that nobody sees", Severity.HIGH),
        ("\ufe01\ufe02\ufe03\ufe04\ufe05", "characters that nobody sees", Severity.HIGH),
        ("x = 1;" + " " * 200 + "eval(y)", "code behind a wide gap, out of the window of whoever reads it", Severity.HIGH),
        (f"run('{PACKED}')", "a long encoded text", Severity.MEDIUM),
        (
            f"run('{chr(92)}x41{chr(92)}x42')".replace("')", f"{chr(92)}x43" * 100 + "')"),
            "a long encoded text",
            Severity.MEDIUM,
        ),
    ],
)
def test_says_what_cannot_be_read(added: str, says: str, severity: Severity) -> None:
    """Each kind has its words, and hidden text is worse than encoded text."""
    found = finding(ID, story("a = 1", f"a = 1\n{added}"))
    assert found.title == f"@eve put {says} into src/a.c"
    assert found.severity is severity


@pytest.mark.parametrize(
    "added",
    [
        "hello \u2764\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467",
        f"url(data:image/png;base64,{PACKED})",
        f"integrity sha512-{PACKED}",
        "QUJD" * 50,
        " " * 300,
    ],
)
def test_honest_text_is_silent(added: str) -> None:
    """Emoji, pictures, checksums, short encoded text and blanks at the end of a line."""
    assert findings(ID, story("a = 1", f"a = 1\n{added}")) == []


def test_a_file_that_is_used_to_encoded_text_is_silent() -> None:
    """A second certificate beside the first is nothing new."""
    assert findings(ID, story(f"a = '{PACKED}'", f"a = '{PACKED}'\nb = '{PACKED}QUJD'")) == []


@pytest.mark.parametrize("text", ["A" * 399 + " ", "\\x41" * 99 + " ", "x" + " " * 149])
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    """Text made of almost long runs costs no more than other text."""
    assert findings(ID, story("x", text * (250_000 // len(text)))) == []
