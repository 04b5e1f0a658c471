"""The xz take-over as a ladder: each step of it alerts once, and the maintainer's own routine never does."""

from __future__ import annotations

from github_app.model import Severity, Stage
from tests import stories
from workers.detectors import load

PEOPLE = """
people:
  lasse: {login: Larhzu, name: Lasse Collin, email: lasse.collin@tukaani.org}
  jia: {login: JiaT75, name: Jia Tan}
"""
PAST = """
past:
  - 2007-12-09: {push: {by: lasse}}
  - 2012-05-26: {tag: {by: lasse, name: v5.0.4, key: 38EE757D69184620}}
"""
LADDER = """
then:
  - 2022-02-07: {push: {by: lasse, author: jia}}
  - 2022-03-17: {tag: {by: lasse, name: v5.2.6beta, key: 38EE757D69184620}}
  - 2022-06-21: {push: {by: lasse, author: jia}}
  - 2022-12-13: {tag: {by: lasse, name: v5.4.0, key: 38EE757D69184620}}
  - 2022-12-30: {push: {by: jia}}
  - 2022-12-31: {push: {by: jia, paths: [.github/workflows/ci.yml]}}
  - 2023-01-07 00:10: {merge_push: {by: jia, claims: 7}}
  - 2023-01-07 00:11: {merge: {by: jia, pull: 7}}
  - 2023-01-11: {merge: {by: lasse, author: jia, pull: 8}}
  - 2023-01-12: {push: {by: lasse}}
  - 2023-01-13: {tag: {by: lasse, name: v5.4.1, key: 38EE757D69184620}}
  - 2023-03-18 22:26: {tag: {by: jia, name: v5.2.11, key: 59FCF207FEA7F445}}
  - 2023-03-18 23:37: {tag: {by: jia, name: v5.4.2, key: 59FCF207FEA7F445}}
  - 2023-06-27: {push: {by: lasse}}
  - 2024-02-24: {tag: {by: jia, name: v5.6.0, key: 59FCF207FEA7F445}}
"""


STABLE = [detector for detector in load() if detector.stage is Stage.STABLE]
"""Those that people are told by."""


def test_each_step_alerts_and_nothing_else() -> None:
    """First own push, first workflow, first merge (told twice), new key: one alert each, all about the same person."""
    story = stories.read(PEOPLE + PAST + LADDER)
    told = stories.play(story, STABLE)
    raised = [alert for step in told.alerts for alert in step]
    assert [(f"{a.at:%Y-%m-%d}", a.finding.detector, a.finding.severity) for a in raised] == [
        ("2022-12-30", "new-committer", Severity.HIGH),
        ("2022-12-31", "new-workflow-editor", Severity.MEDIUM),
        ("2023-01-07", "new-merger", Severity.HIGH),
        ("2023-03-18", "new-signer", Severity.CRITICAL),
    ]
    assert {a.finding.subject.person.login for a in raised} == {"JiaT75"}
    assert raised[3].finding.subject.key == "pgp:59FCF207FEA7F445"
    assert all("Larhzu" in {r.person.login for r in a.reviewers} for a in raised)
    assert all("id" in a.subject_keys[0] for a in raised)


def test_the_sentences_hold_the_numbers_that_matter() -> None:
    """326 days from first contribution to first push, 8 from push to merge, 15 years since the last newcomer."""
    told = stories.play(stories.read(PEOPLE + PAST + LADDER), STABLE)
    pushed, _, merged, signed = [alert.finding for step in told.alerts for alert in step]
    assert pushed.title == "Jia Tan (@JiaT75) pushed to main for the first time"
    assert "on 2022-02-07, 326 days earlier" in pushed.why
    assert "came on 2007-12-09, 5500 days earlier" in pushed.why
    assert "Nobody else has merged here before." in merged.why
    assert "since 2022-12-30, 8 days earlier" in merged.why
    assert signed.title == "Tag v5.2.11 was signed by Jia Tan (@JiaT75) with a never-seen key, pgp:59FCF207FEA7F445"
    assert "as an author on 2022-02-07, 404 days earlier" in signed.why


def test_the_first_step_is_told_with_its_ladder() -> None:
    """The alert shows the way to the power, with the days."""
    told = stories.play(stories.read(PEOPLE + PAST + LADDER), STABLE)
    signed = next(a for step in told.alerts for a in step if a.finding.detector == "new-signer")
    assert [(rung.power.value, rung.days) for rung in signed.ladder] == [
        ("author", 0),
        ("committer", 326),
        ("workflow_editor", 327),
        ("merger", 334),
    ]


def test_the_maintainers_own_routine_is_silent() -> None:
    """Fifteen years of pushes and tags, a first merge and an edit on the website raise nothing."""
    routine = """
then:
  - 2022-09-01: {push: {by: lasse, author: somebody}}
  - 2022-09-02: {web_edit: {by: lasse}}
  - 2023-01-11: {merge_push: {by: lasse, pull: 8}}
  - 2023-01-12: {tag: {by: lasse, name: v5.4.1, key: 38EE757D69184620}}
  - 2023-01-13: {release: {by: lasse, tag: v5.4.1}}
  - 2023-01-14: {comment: {by: lasse, as: OWNER, text: I have to find another maintainer for the project.}}
"""
    told = stories.play(stories.read(PEOPLE + PAST + routine), STABLE)
    assert [alert for step in told.alerts for alert in step] == []
