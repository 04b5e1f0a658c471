"""Hostile comments: whatever is written, and however long, it is read in no time and leads to an answer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.pressure.signals import SIGNALS, read

LONGEST = 65_536
MOST_SECONDS = 0.05
OPENERS = sorted({word for signal in SIGNALS for form in signal.forms for word in form.needs[0]})
WORDS = sorted({word for signal in SIGNALS for form in signal.forms for needed in form.needs for word in needed})
RUNS = (
    " ",
    "\n",
    ">",
    "> ",
    "`",
    "`a",
    "~",
    "<!--",
    "-->",
    "!",
    "?!",
    "On ",
    "On x wrote:\n",
    "https://",
    "x",
    "@a",
    "é",
    "\ufdfa",
)
PIECES = st.sampled_from(
    [*WORDS, "should", "please", "you", "not", ",", ".", "\n", "> ", "`", "```\n", "<!--", "@", "é", "\u200b", "  "]
)


def seconds(text: str) -> float:
    """Return how long reading takes, the best of three, since other programs run here too."""

    def once() -> float:
        began = time.process_time()
        read(text)
        return time.process_time() - began

    return min(once() for _ in range(3))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(PIECES, min_size=1, max_size=60), st.sampled_from([" ", "", " a b c ", ", "]))
def test_no_text_of_near_matches_takes_long(pieces: list[str], between: str) -> None:
    """Words of phrases in any order, again and again, up to the longest comment that GitHub takes."""
    piece = between.join(pieces) + between + "x "
    assert seconds((piece * (LONGEST // len(piece) + 1))[:LONGEST]) < MOST_SECONDS


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "\n",
        ">",
        "> ",
        "`",
        "`a",
        "~",
        "<!--",
        "-->",
        "!",
        "?!",
        "On ",
        "On x wrote:\n",
        "https://",
        "x",
        "@",
        "@a",
        "é",
        "\ufdfa",
    ],
)
def test_no_run_of_one_thing_takes_long(piece: str) -> None:
    """Quotes, spaces, marks and odd letters."""
    assert seconds(piece * (LONGEST // len(piece))) < MOST_SECONDS


def test_the_words_of_most_phrases_together() -> None:
    """Every phrase is tried at every place."""
    for end in (" ", ". "):
        text = " ".join(OPENERS) + end
        assert seconds((text * (LONGEST // len(text) + 1))[:LONGEST]) < MOST_SECONDS


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    """A score from 0 to 1 and names that can be shown."""
    reading = read(text)
    assert 0 <= reading.score <= 1
    assert all(signal.sentence for signal in reading.signals)
