"""Signals: what is heard, and what is ordinary. The sentences are ours."""

from __future__ import annotations

import pytest

from workers.pressure.signals import FLAGGED, SIGNALS, read

HANDOVERS = [
    "You should step down as maintainer and let somebody else take over.",
    "Why not pass on maintainership of the C version so that you have time for the other one?",
    "Please add another maintainer who can merge things.",
    "It is time to give up ownership of the project.",
    "Progress will not happen until there is a new maintainer.",
    "Hand the repository over to the community already.",
    "This package needs a new maintainer.",
    "Somebody else should maintain this.",
    "The owner should give other people commit rights before it is too late.",
    "If you have no interest any more, please transfer the project to an organisation or to somebody active.",
    "Maintainers must share the release keys with others.",
    "You need to appoint a successor.",
    "Why should one person hold all the access?",
]
ORDINARY = [
    "Any update on this?",
    "+1",
    "Why is this not merged yet?",
    "It has been open for 3 years, what is missing?",
    "When is the next release due?",
    "The function must hand ownership of the buffer over to the callee.",
    "You should pass the key on to the callback.",
    "Please transfer the file to the server again and give the process write access to the folder.",
    "Then step down into the function with the debugger.",
    "Could you add a maintainers section to the docs?",
    "I would be happy to help maintain this.",
    "I am looking for a new maintainer because I have no time.",
    "We are going to hand the project over to a foundation.",
    "I should hand the project over to somebody who has time.",
    "We need to find another maintainer, and we will.",
    "If somebody wants to take over maintenance of the project, let me know.",
    "Thanks for the great work, looking forward to the release!",
    "The owner of the lock should release it and pass it on to another thread.",
    "This issue has been automatically marked as stale. Please find a new maintainer.",
    "This code is horrible and should never have been merged.",
    "Add support for the new release API, please.",
    "The project needs a new logo.",
]


@pytest.mark.parametrize("text", HANDOVERS)
def test_demands_are_heard(text: str) -> None:
    """Somebody else is to hand over, to share, or to step down."""
    reading = read(text)
    assert "handover-demand" in reading.names
    assert reading.score >= FLAGGED


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_comments_are_not(text: str) -> None:
    """Questions, impatience, offers, code, and maintainers who speak of their own."""
    reading = read(text)
    assert not {"handover-demand", "access-claim"} & set(reading.names)
    assert reading.score < FLAGGED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Then make me a maintainer.", "access-claim"),
        ("Could you give me commit access?", "access-request"),
        ("The maintainers do not care about their users.", "reproach"),
        ("You owe us an answer.", "moral-claim"),
        ("We will switch to an alternative.", "leverage"),
        ("This project is dead.", "decline"),
        ("How much longer do we wait?", "impatience"),
        ("Two years and still no release.", "time-counted"),
        ("FIX THIS BUG RIGHT AWAY", "repetition"),
        ("please fix it! please fix it! please fix it!", "repetition"),
    ],
)
def test_each_signal_has_its_sentence(text: str, name: str) -> None:
    """Every other signal is heard in what it is named for."""
    assert name in read(text).names


def test_signals_add_up_only_close_to_each_other() -> None:
    """A long text does not press by its length."""
    one, other = "This project is dead.", "We will switch to an alternative."
    filler = " ".join(f"Step {n} reads the header." for n in range(12))
    assert read(f"{one} {other}").score >= FLAGGED > read(f"{one} {filler} {other}").score


def test_every_signal_can_be_shown() -> None:
    """People read the sentence, not the pattern."""
    assert len({signal.name for signal in SIGNALS}) == len(SIGNALS)
    assert all(signal.sentence.startswith("it") and 0 <= signal.weight < 1 for signal in SIGNALS)
