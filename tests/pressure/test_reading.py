"""Reading a comment: only what its author says there, in bounded time."""

from __future__ import annotations

import time

import pytest

from workers.pressure.reading import MOST_CHARACTERS, own_words, sentences
from workers.pressure.signals import read

DEMAND = "You should hand the project over to somebody else."


@pytest.mark.parametrize(
    "hidden",
    [
        f"> {DEMAND}",
        f"   > {DEMAND}\nI disagree.",
        f"```\n{DEMAND}\n```",
        f"~~~text\n{DEMAND}\n~~~\nthat is the log",
        f"Look at `{DEMAND}`",
        f"<!-- {DEMAND} -->",
        f"<!-- {DEMAND}",
        f"On Mon, 3 June 2024 eve wrote:\n> {DEMAND}",
    ],
    ids=["quote", "indented quote", "fence", "tildes", "inline code", "html comment", "open html comment", "mail reply"],
)
def test_what_others_wrote_is_left_out(hidden: str) -> None:
    """Whoever quotes a demand, or shows code, does not make that demand."""
    assert "handover-demand" not in read(hidden).names


@pytest.mark.parametrize(
    "text",
    [
        f"> Please be patient.\n\n{DEMAND}",
        f"```\nlog\n```\n{DEMAND}",
        f"<!-- form -->{DEMAND}<!-- end -->",
        DEMAND.replace(" ", "\u00a0"),
        DEMAND.replace("project", "pro\u200bject"),
        DEMAND.upper(),
    ],
    ids=["after a quote", "after code", "between comments", "hard spaces", "invisible characters", "capitals"],
)
def test_what_the_author_wrote_stays(text: str) -> None:
    """Nothing around or inside the words hides them."""
    assert "handover-demand" in read(text).names


def test_sentences_are_words() -> None:
    """Apostrophes, marks and addresses are not words; questions and shouting are remembered."""
    first, second = sentences(own_words("Why don't you answer? SEE https://example.org/x NOW PLEASE ANSWER"))
    assert (first.text, first.asks, first.shouts) == (" why dont you answer ", True, False)
    assert (second.text, second.asks, second.shouts) == (" see now please answer ", False, True)


def test_the_end_of_a_very_long_comment_is_not_read() -> None:
    """The bound holds, so that nobody can make the app read for long."""
    assert len(own_words("a" * 70_000)) == MOST_CHARACTERS


@pytest.mark.parametrize(
    "piece",
    [
        "please ",
        "please hand ",
        "you ",
        "hand over ",
        "should find a more new ",
        "`",
        "<!--",
        "> ",
        "!?",
        "On ",
        "x",
        "\ufdfa",
        "a.\n",
    ],
)
def test_time_is_linear(piece: str) -> None:
    """Text made to be slow takes no longer than other text."""
    began = time.process_time()
    read(piece * (MOST_CHARACTERS // len(piece)))
    assert time.process_time() - began < 5
