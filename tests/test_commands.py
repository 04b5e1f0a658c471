"""What can be typed after `/trust`: read exactly, or answered with what to type instead."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_app.commands import HELP, Command, Mistake, Verb, parse
from github_app.review import Action

UNTIL = dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Command(verb=Verb.HELP)),
        ("  STATUS ", Command(verb=Verb.STATUS)),
        ("who acme/tool", Command(verb=Verb.WHO, repository="acme/tool")),
        ("who", Command(verb=Verb.WHO)),
        ("ack 7", Command(verb=Verb.DECIDE, action=Action.ACKNOWLEDGE, number=7)),
        (
            "expected #7 we  agreed\non it",
            Command(verb=Verb.DECIDE, action=Action.EXPECTED, number=7, reason="we agreed on it"),
        ),
        ("snooze 7 3d waiting", Command(verb=Verb.DECIDE, action=Action.SNOOZE, number=7, days=3, reason="waiting")),
        ("snooze 7 waiting 3d", Command(verb=Verb.DECIDE, action=Action.SNOOZE, number=7, reason="waiting 3d")),
        (
            "handover @jia in acme/tool until 2026-12-31 I retire",
            Command(verb=Verb.HANDOVER, login="jia", repository="acme/tool", until=UNTIL, reason="I retire"),
        ),
        ("handover jia until 2026-12-31", Command(verb=Verb.HANDOVER, login="jia", until=UNTIL)),
        ("handover confirm 2 yes", Command(verb=Verb.CONFIRM, number=2, reason="yes")),
        ("handover end #2", Command(verb=Verb.END, number=2)),
        ("handovers", Command(verb=Verb.HANDOVERS)),
    ],
)
def test_commands_are_read(text: str, expected: Command) -> None:
    """Each form of the help text, with what people leave out or write differently."""
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("expect 7", "did you mean expected?"),
        ("dance <!channel>", "/trust knows no dance"),
        ("wake 7", "/trust knows no wake"),
        ("expected", "say which alert"),
        ("expected seven", "say which alert"),
        ("handover", "say who takes over"),
        ("handover <@U123>", "say who takes over"),
        ("handover @jia soon", "say when it ends, as a date"),
        ("handover @jia until 31.12.2026 x", "say when it ends, as a date"),
        ("handover @jia until 2026-02-30 x", "say when it ends, as a date"),
        ("handover @jia in tool until 2026-12-31", "tool is not a repository"),
        ("handover confirm", "say which hand-over"),
        ("who tool", "write /trust who owner/name"),
    ],
)
def test_mistakes_are_answered_with_what_to_type(text: str, says: str) -> None:
    """Nobody has to look anything up."""
    answer = parse(text)
    assert isinstance(answer, Mistake)
    assert says in answer.sentence


@given(
    st.text()
    | st.builds(" ".join, st.lists(st.sampled_from(["handover", "@a", "in", "a/b", "until", "2026-12-31", "7", "x"])))
)
def test_any_text_is_a_command_or_a_mistake(text: str) -> None:
    """Whatever is typed, the answer is one of the two and of bounded length."""
    answer = parse(text)
    assert isinstance(answer, Command | Mistake)
    assert len(answer.sentence if isinstance(answer, Mistake) else answer.reason) <= 2_001


def test_help_names_every_verb() -> None:
    """What can be typed is in the help."""
    for word in (
        "status",
        "who",
        "acknowledge",
        "expected",
        "harmless",
        "incident",
        "reopen",
        "snooze",
        "confirm",
        "handovers",
    ):
        assert word in HELP
