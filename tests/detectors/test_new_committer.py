"""new-committer: who pushes for the first time, and who only seems to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from github_app.fact import CommitsLanded
from github_app.model import Power, Severity
from tests import stories
from tests.detectors.telling import DETECTORS, finding, findings, fingerprints

JIA = """
past:
  - 2008-01-01: {push: {by: lasse}}
then:
  - 2022-02-07: {push: {by: lasse, author: jia}}
  - 2022-12-30: {push: {by: jia, to: main}}
"""
TEAM = """
past:
  - 2020-01-01: {push: {by: alice}}
  - 2021-01-01: {push: {by: bob}}
  - 2023-09-01: {push: {by: carol}}
then:
  - 2024-05-01: {push: {by: dave}}
"""


def test_tells_the_ladder_that_matters() -> None:
    """The reader learns how long they have been here, who else pushes and how long ago the last newcomer came."""
    found = finding("new-committer", JIA)
    assert found.title == "@jia pushed to main for the first time"
    assert "as an author on 2022-02-07, 326 days earlier" in found.why
    assert (
        "One other has pushed here before; the last newcomer among them came on 2008-01-01, 5477 days earlier." in found.why
    )
    assert (found.severity, found.before, found.private) == (Severity.HIGH, "never used", False)
    assert [e.kind for e in found.evidence] == ["commit", "ref"]
    assert Power.COMMITTER in found.powers


def test_a_newcomer_among_newcomers_is_medium() -> None:
    """Where people come every few months, one more is worth a look, not an alarm."""
    assert finding("new-committer", TEAM).severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("old", "new", "severity"),
    [
        ("{}", "{}", Severity.HIGH),
        ("{name: Alice Archer, id: null, email: a@example.org, login: ''}", "{name: Alice Archer}", Severity.MEDIUM),
        ("{name: Alice Archer}", "{name: Alice Archer}", Severity.HIGH),
        ("{bot: true}", "{bot: true}", Severity.MEDIUM),
        ("{}", "{bot: true}", Severity.HIGH),
        ("{bot: true}", "{}", Severity.HIGH),
    ],
    ids=["strangers", "known name, new address", "same name, two accounts", "apps", "first app", "person after app"],
)
def test_known_names_and_apps_are_one_step_lower(old: str, new: str, severity: Severity) -> None:
    """A known name is downgraded, not suppressed, and only while nothing shows two accounts; apps only after apps."""
    found = finding(
        "new-committer",
        f"""
        people: {{old: {old}, new: {new}}}
        past: [{{2020-01-01: {{push: {{by: old}}}}}}]
        then: [{{2024-05-01: {{push: {{by: new}}}}}}]
        """,
    )
    assert found.severity is severity


def test_an_app_is_called_an_app() -> None:
    """The reader sees at once that it is not a person."""
    found = finding("new-committer", "{people: {ci: {login: 'ci[bot]', bot: true}}, then: [2024-05-01: {push: {by: ci}}]}")
    assert found.title == "The app @ci[bot] pushed to main for the first time"
    assert found.why == "Nothing they did here before is known. Nobody else has pushed here before."


def test_other_branches_and_merges_are_not_its_business() -> None:
    """A feature branch is not guarded, and a merge is new-merger's."""
    assert findings("new-committer", "then: [2024-05-01: {push: {by: eve, to: feature}}]") == []
    assert findings("new-committer", "then: [2024-05-01: {merge_push: {by: eve, pull: 3}}]") == []


def test_a_recent_merger_who_pushes_is_new() -> None:
    """Only a year of merging shows that a push adds nothing."""
    story = """
    past: [{2024-01-01: {merge: {by: bob, pull: 3}}}]
    then: [{2024-05-01: {push: {by: bob}}}]
    """
    assert finding("new-committer", story).title == "@bob pushed to main for the first time"


def test_lost_and_used_again_is_a_new_alert_each_time() -> None:
    """Access that was taken away and is used all the same alerts again, each loss with its own fingerprint."""
    story = """
    past: [{2020-01-01: {push: {by: bob}}}]
    then:
      - 2024-05-01 10:00: {access: {by: alice, of: bob, from: write, to: none}}
      - 2024-05-01 11:00: {push: {by: bob}}
      - 2024-05-01 12:00: {push: {by: bob}}
      - 2024-05-01 13:00: {access: {by: alice, of: bob, from: write, to: none}}
      - 2024-05-01 14:00: {push: {by: bob}}
    """
    assert len(set(fingerprints("new-committer", story))) == 2
    last = finding("new-committer", story)
    assert last.title == "@bob pushed to main again, after access was withdrawn on 2024-05-01"
    assert last.before == "lost on 2024-05-01 13:00:00 UTC"


def test_where_ten_came_within_a_year_one_more_is_for_the_record() -> None:
    """Such projects let contributors' commits in as they are; nine are a lively team."""
    past = "\n".join(f"  - 2024-01-{i + 10}: {{push: {{by: p{i}}}}}" for i in range(10))
    story = "past:\n  - 2020-01-01: {push: {by: alice}}\n%s\nthen: [2024-05-01: {push: {by: eve}}]"
    assert finding("new-committer", story % past).severity is Severity.LOW
    assert finding("new-committer", story % past.rpartition("\n")[0]).severity is Severity.MEDIUM


def test_a_pull_request_that_is_asked_about_is_nobodys_routine() -> None:
    """A backtest of one pull request is about its author, however many others came within the year."""
    past = "\n".join(f"  - 2024-01-{i + 10}: {{push: {{by: p{i}}}}}" for i in range(10))
    told = stories.read(f"past:\n{past}\nthen: [2024-05-01: {{push: {{by: eve}}}}]")
    (fact,) = told.then
    assert isinstance(fact, CommitsLanded)
    asked = replace(told, then=(replace(fact, ref="refs/pull/9/head"),))
    (alert,) = stories.play(asked, [DETECTORS["new-committer"]]).last
    assert alert.finding.severity is Severity.MEDIUM
