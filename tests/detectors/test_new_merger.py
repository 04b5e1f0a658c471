"""new-merger: who merges for the first time."""

from __future__ import annotations

import pytest

from github_app.model import Power, Severity
from tests import stories
from tests.detectors.telling import DETECTORS, finding, findings, fingerprints

BOTH = "{{past: [2020-01-01: {{push: {{by: alice}}}}], then: [{}, {}]}}"
PUSHED = "2024-05-01: {merge_push: {by: bob, author: carol, claims: 12}}"
CLOSED = "2024-05-01: {merge: {by: bob, author: carol, pull: 12}}"


def test_says_how_new_the_merger_is() -> None:
    """In a repository that never had a merger, a committer of 8 days merging is told with both dates."""
    found = finding(
        "new-merger",
        """
        past:
          - 2008-01-01: {push: {by: lasse}}
          - 2022-02-07: {push: {by: lasse, author: jia}}
        then:
          - 2022-12-30: {push: {by: jia}}
          - 2023-01-07: {merge: {by: jia, pull: 7}}
        """,
    )
    assert found.title == "@jia merged into main for the first time"
    assert found.why == (
        "They first appeared here as an author on 2022-02-07, 334 days earlier. Nobody else has merged here before. "
        "They have pushed since 2022-12-30, 8 days earlier."
    )
    assert (found.severity, found.pull) == (Severity.HIGH, 7)
    assert ("pull", "#7") in {(e.kind, e.value) for e in found.evidence}
    assert set(found.powers) == {Power.MERGER, Power.COMMITTER}


@pytest.mark.parametrize(("first", "second"), [(PUSHED, CLOSED), (CLOSED, PUSHED)], ids=["push first", "pull first"])
def test_two_deliveries_are_one_alert(first: str, second: str) -> None:
    """The push and the closed pull request of one merge alert once, whichever comes first."""
    told = stories.play(stories.read(BOTH.format(first, second)), [DETECTORS["new-merger"]])
    assert [len(step) for step in told.alerts] == [1, 0]


def test_both_orders_have_one_fingerprint() -> None:
    """Judged apart by two workers' views of the ledger, the two deliveries would still be one alert."""
    assert fingerprints("new-merger", f"{{then: [{PUSHED}]}}") == fingerprints("new-merger", f"{{then: [{CLOSED}]}}")


def test_a_claimed_number_is_shown_but_not_posted_to() -> None:
    """Anybody can write "Merge pull request #1" into a commit: only a confirmed number gets the comment."""
    found = finding("new-merger", f"{{then: [{PUSHED}]}}")
    assert found.pull is None
    assert ("pull", "#12") in {(e.kind, e.value) for e in found.evidence}
    assert finding("new-merger", "then: [2024-05-01: {merge_push: {by: bob, pull: 12}}]").pull == 12


@pytest.mark.parametrize(("since", "speaks"), [("2023-05-01", False), ("2023-05-03", True)], ids=["a year", "a day less"])
def test_a_year_of_pushing_is_enough(since: str, *, speaks: bool) -> None:
    """Whoever pushed for a year gains no reach by merging; a day less is reported."""
    story = f"""
    past: [{{{since}: {{push: {{by: bob}}}}}}]
    then: [{{2024-05-01: {{merge: {{by: bob, pull: 3}}}}}}]
    """
    assert bool(findings("new-merger", story)) is speaks


def test_a_stranger_who_merges_at_home_and_pushes_is_reported() -> None:
    """A merge without a pull request is quiet only for those who push here."""
    story = "{past: [2020-01-01: {push: {by: alice}}], then: [2024-05-01: {merge_push: {by: eve}}]}"
    assert finding("new-merger", story).title == "@eve merged into main for the first time"


def test_expected_access_covers_merging() -> None:
    """A reviewer who called somebody's write access expected has answered the question."""
    story = """
    then:
      - 2024-05-01: {access: {by: alice, of: bob, to: write}}
      - 2024-05-02: {expected: {of: bob, power: committer}}
      - 2024-05-03: {merge: {by: bob, pull: 3}}
    """
    assert findings("new-merger", story) == []


def test_an_answer_does_not_outlive_the_access() -> None:
    """Once the access is gone, an old answer no longer counts."""
    story = """
    then:
      - 2024-05-01: {access: {by: alice, of: bob, to: write}}
      - 2024-05-02: {expected: {of: bob, power: committer}}
      - 2024-05-03: {access: {by: alice, of: bob, from: write, to: none}}
      - 2024-05-04: {merge: {by: bob, pull: 3}}
    """
    assert finding("new-merger", story).severity is Severity.HIGH
    late = story.replace("2024-05-02: {expected", "2024-05-03 12:00: {expected").splitlines()
    late[3], late[4] = late[4], late[3]
    assert finding("new-merger", "\n".join(late)).severity is Severity.HIGH
