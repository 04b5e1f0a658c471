"""Stories tell whoever writes a wrong one where it is wrong and what to write."""

from __future__ import annotations

import pytest

from github_app import fact as f
from tests import stories
from tests.story_words import StoryError


@pytest.mark.parametrize(
    ("story", "told"),
    [
        ("then: [", "this is not YAML"),
        ("past: []", "a story needs `then:`"),
        (
            "{then: [2024-05-01: {push: {by: a}}], now: []}",
            "`now` is no part of a story: write people, past, learned or then",
        ),
        ("then: {push: {by: a}}", "then: write a list"),
        ("then: [{push: {by: a}, tag: {by: a}}]", "then, step 1: write one date and one fact"),
        ("then: [yesterday: {push: {by: a}}]", "then, step 1: `yesterday` is no date; write 2023-01-07"),
        ("then: [2024-05-01: {psuh: {by: a}}]", "then, step 1: there is no word `psuh`, did you mean `push`?"),
        ("then: [2024-05-01: {push: a}]", "then, step 1: `push` needs fields in braces"),
        ("then: [2024-05-01: {push: {}}]", "then, step 1, push: the field `by` is missing"),
        (
            "then: [2024-05-01: {push: {by: a, of: b}}]",
            "then, step 1, push: no field `of`; there are by, author, committer, to, paths",
        ),
        ("then: [2024-05-01: {push: {by: a, paths: x}}]", "then, step 1, push: `paths` must be a list"),
        ("then: [2024-05-01: {push: {by: 7}}]", "then, step 1, push: a person is one word, like `alice`, not `7`"),
        ("then: [2024-05-01: {tag: {by: a, name: v1, key: 1234567812345678}}]", "`key` must be a str, put text in quotes"),
        (
            "{past: [2024-05-01: {push: {by: a}}], then: [2024-04-01: {push: {by: a}}]}",
            "2024-04-01 is earlier than the step",
        ),
        ("then: [2024-05-01: {expected: {of: a}}]", "write `expected: {of: alice, power: P}`"),
        ("{then: [2024-05-01: {expected: {of: a, power: committer}}]}", "the last step must be a fact"),
        ("{people: {a: {nick: b}}, then: [2024-05-01: {push: {by: a}}]}", "people: write `a: {email: a@example.org}`"),
        ("then: [2024-05-01: {access: {of: a, to: write, in: team}}]", "`in` is repository or organization"),
    ],
)
def test_a_wrong_story_is_explained(story: str, told: str) -> None:
    """The message names the step and the way out."""
    with pytest.raises(StoryError) as error:
        stories.read(story)
    assert told in str(error.value)


def test_a_decision_about_nothing_is_explained() -> None:
    """Nobody can have called a power expected that was not there."""
    story = "then: [2024-05-01: {expected: {of: a, power: committer}}, 2024-05-02: {push: {by: a}}]"
    with pytest.raises(StoryError, match="holds no committer yet"):
        stories.play(stories.read(story), [])


def test_a_story_becomes_facts() -> None:
    """With the time, the account behind each name, and commits that differ."""
    story = stories.read(
        """
        people: {ci: {login: "ci[bot]", bot: true}}
        then:
          - 2024-05-01 15:34: {push: {by: alice, author: bob}}
          - 2024-05-02: {merge_push: {by: ci, pull: 7, to: feature}}
        """
    )
    first, second = story.then
    assert isinstance(first, f.CommitsLanded)
    assert isinstance(second, f.CommitsLanded)
    assert (first.at.isoformat(), first.guarded, first.via) == ("2024-05-01T15:34:00+00:00", True, f.Landing.PUSH)
    assert first.actor is not None
    assert (first.actor.login, first.commits[0].author.login) == ("alice", "bob")
    assert (second.guarded, second.via, second.pull) == (False, f.Landing.MERGE, 7)
    assert second.actor is not None
    assert second.actor.bot
    assert first.after != second.after
