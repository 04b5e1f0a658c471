"""Text that wants to be more than text, and what it must not become."""

from __future__ import annotations

import re

from hypothesis import strategies as st

PIECES = (
    "@alice", "@acme/core", "@channel", "@here", "@everyone", "<!channel>", "<!here|here>", "<@U012AB3CD>",
    "<#C012AB3CD>", "<!subteam^S012|x>", "<https://evil.example|GitHub>", "https://evil.example/a", "www.evil.example",
    "mailto:a@b.example", "#1", "GH-12", "acme/tool#3", "closes #4", "fixes GH-5", ":tada:", "$x$", "$`x`$",
    "8ace358d65059152d9a1f43f4770170d29d35754", "![x](https://evil.example/x.png)", "[x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>", "<!-- x -->", "-->", "</details>", "<script>alert(1)</script>", "**b**", "*b*", "_i_",
    "~~s~~", "~s~", "`c`", "```", "``", "# h", "> q", "- l", "1. l", "|a|b|", "---", "===", "\\", "\\`", "&lt;",
    "&#64;alice", "&commat;alice", "[^1]", "[ ] x", "\x1b[31m", "\x1b]0;t\x07", "\x9b2J", "\r", "\n", "\u202e", "\u2066",
    "\u200b", "\u200d", "\ufeff", "\u2028", "\u00ad", "\u3164", "\ud800", "\x00", "\u0600", "\u05d0\u05d1",
    "e\u0301\u0301\u0301\u0301\u0301\u0301", "\U000e0041", "\ufe0f", "'\"", "{{x}}", "<!-- trust-change-alerts:1/2 -->",
)  # fmt: skip

TEXT = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from([" ", "", "(", ")", ",", ".", "a"]), st.text(max_size=8)), max_size=12
).map("".join)
"""Names, titles and branches as somebody could choose them, lone surrogates and controls included."""

LONG = "@channel <!channel> #1 \u202e`" * 4_000
"""A hundred kilobytes of it."""

UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2067\u206a-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
"""What no reader sees or what moves the cursor; a line break and our own isolates are no part of it."""


def unpaired_isolates(text: str) -> bool:
    """Say whether a bidirectional isolate of ours is left open in a line."""
    return any(line.count("\u2068") != line.count("\u2069") for line in text.split("\n"))
