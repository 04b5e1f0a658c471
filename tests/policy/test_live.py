"""The policy while the app runs: read from the default branch, obeyed, watched, and never silenced by being broken."""

from __future__ import annotations

import datetime as dt

import pytest

from github_app import wake
from github_app.model import Severity
from github_app.policy import PATH
from tests.facts.payloads import LASSE, NEW, payload, repository
from tests.policy.conftest import ORG, XZ, Place
from tests.road.conftest import OWNER, REPOSITORY
from tests.standin.github import Answer
from workers import jobs, policies
from workers.render import policy_check
from workers.serve.worker import queues_of

HEAD = "c" * 40
OFF = "detectors: {new-committer: off}"


def in_force(place: Place) -> str:
    """Return what is wanted of new-committer."""
    policy = policies.load(place.runtime.store, [(REPOSITORY, OWNER)]).of(REPOSITORY, OWNER)
    return str(policy.detectors.get("new-committer", "default"))


def test_a_push_puts_the_file_of_the_default_branch_into_force(place: Place) -> None:
    """Right after the push that touches it the new policy applies; other pushes ask GitHub nothing."""
    place.write("detectors: {new-committer: high}")
    place.pushed("README")
    assert (in_force(place), place.asked()) == ("default", [404])
    place.pushed(PATH, sender=LASSE)
    assert in_force(place) == "high"


def test_what_is_off_is_recorded_and_nobody_is_told(place: Place) -> None:
    """The finding stands in the inbox' note and among what was kept quiet, the ledger learns, and no message is due."""
    place.write(OFF)
    place.later(hours=7)
    place.pushed("README")
    assert place.others() == []
    (kept,) = place.runtime.store.policies.quieted()
    assert (kept.alert.finding.detector, kept.reason) == ("new-committer", "the detector is off (repository)")
    place.write("")
    place.pushed(PATH, sender=LASSE)
    place.pushed("README", before=NEW, after="3" * 40)
    assert "new-committer" not in place.others()  # known by now


def test_who_is_announced_is_quiet_until_the_day(place: Place) -> None:
    """Somebody announced gets the announced power without an alert."""
    text = "expected: [{login: jiat75, powers: [committer], until: 2024-06-01, reason: agreed at the meeting}]"
    place.write(text)
    place.later(hours=7)
    place.pushed("README")
    assert place.others() == []
    (kept,) = place.runtime.store.policies.quieted(repository_id=REPOSITORY)
    assert kept.reason == "@jiat75 is expected as committer until 2024-06-01: agreed at the meeting"


def test_severity_and_channel_are_obeyed(place: Place) -> None:
    """An alert has the severity of the policy and goes to the policy's channel."""
    settings = place.runtime.settings
    object.__setattr__(settings, "slack_bot_token", "xoxb-1")
    object.__setattr__(settings, "slack_channel", "#general")
    place.write("detectors: {new-committer: critical}\nroutes: [{channel: '#loud', severities: critical}]", ORG)
    place.later(hours=7)
    place.pushed("README")
    (alert,) = [a for a in place.runtime.store.alerts.recent(9) if a.finding.detector == "new-committer"]
    assert alert.finding.severity is Severity.CRITICAL
    assert ("slack", f"alert:{alert.id}@#loud") in {
        (p.channel, p.target) for p in place.runtime.store.outbox.due(place.now, 9)
    }


def test_a_change_that_takes_away_is_an_alert_judged_by_the_policy_before(place: Place) -> None:
    """Who switches a detector off, this one included, is told by name and commit; switching on again is quiet."""
    place.write("detectors: {new-committer: off, policy-weakened: off}")
    place.pushed(PATH, sender=LASSE)
    (alert,) = place.runtime.store.alerts.recent(9)
    assert alert.finding.title == "@Larhzu weakened the trust policy of this repository"
    assert alert.finding.why == "The detector new-committer is switched off. The detector policy-weakened is switched off."
    assert alert.finding.evidence[0].value == NEW
    assert place.runtime.store.ledgers.verify() == []
    place.write("")
    place.pushed(PATH, sender=LASSE, before=NEW, after="3" * 40)
    assert place.raised() == ["policy-weakened"]


def test_a_change_nobody_told_us_of_is_found(place: Place) -> None:
    """A lost delivery costs minutes: the file is looked at again, which is free while it is the same."""
    place.write("detectors: {new-committer: high}")
    place.pushed(PATH, sender=LASSE)
    place.later(minutes=11)
    place.later(minutes=11)
    assert place.asked() == [404, 200, 304, 304]
    place.write(OFF)
    place.later(minutes=11)
    alert, *_ = place.runtime.store.alerts.recent(9)
    assert alert.finding.title == "Somebody GitHub does not name weakened the trust policy of this repository"


def test_the_organisations_floors_hold_in_its_repositories(place: Place) -> None:
    """A repository's file changes nothing below the floor, also after the organisation's file was broken."""
    place.write("floors: {detectors: {new-committer: high}}", ORG)
    place.write(OFF)
    place.later(hours=7)
    assert in_force(place) == "on"
    place.write("floors: {detecters: {}}", ORG)
    place.later(hours=7)
    assert in_force(place) == "on"
    place.pushed("README")
    (alert,) = [a for a in place.runtime.store.alerts.recent(9) if a.finding.detector == "new-committer"]
    assert (alert.finding.detector, alert.finding.severity) == ("new-committer", Severity.HIGH)


def test_a_broken_file_is_loud_and_said(place: Place) -> None:
    """Defaults replace what quieted; doctor and a check on the commit say where the error is, until it is mended."""
    place.write(OFF)
    place.later(hours=7)
    place.write("detectors: {new-comitter: off}")
    place.pushed(PATH, sender=LASSE)
    assert in_force(place) == "default"
    (problem,) = place.problems()
    assert "1:13: unknown detector `new-comitter`: did you mean `new-committer`?" in problem
    (check,) = place.checks
    assert (check["head_sha"], check["conclusion"]) == (NEW, "failure")
    place.write("")
    place.pushed(PATH, sender=LASSE, before=NEW, after="3" * 40)
    assert (place.problems(), place.checks[-1]["conclusion"]) == ([], "success")


def test_while_github_is_away_the_last_policy_applies(place: Place) -> None:
    """An outage changes nothing; after an hour of it doctor says how old the policy is."""
    place.write(OFF)
    place.later(hours=7)
    place.write("")
    place.github.fail("GET", f"/repos/{XZ}/contents/{PATH}", *[Answer(status=502, body={"message": "x"})] * 20)
    place.later(minutes=11)
    assert (in_force(place), place.problems()) == ("off", [])
    place.later(days=1200)  # past the time that the client, which has a clock of its own, wants to wait
    assert in_force(place) == "off"
    assert any("could not be read, so what was read on" in sentence for sentence in place.problems())


def test_a_repository_that_is_not_watched_is_quiet(place: Place) -> None:
    """What the organisation leaves out is recorded only."""
    place.write("watch: {repositories: ['*', '!xz']}", ORG)
    place.later(hours=7)
    place.pushed("README")
    assert (place.others(), [q.reason for q in place.runtime.store.policies.quieted()]) == (
        [],
        ["the repository is not watched"],
    )


def test_branches_that_the_policy_guards_are_judged(place: Place) -> None:
    """A first push to a release branch is told once the policy guards it."""
    place.pushed("README", ref="refs/heads/v5.2")
    assert place.others() == []
    place.write("watch: {branches: ['v5.*']}")
    place.later(hours=7)
    place.pushed("README", ref="refs/heads/v5.2", before=NEW, after="3" * 40)
    assert place.others() == ["new-committer"]


def pull(**changes: object) -> dict[str, object]:
    """Return a pull request that was opened from a fork by Jia Tan."""
    shown = {
        "number": 7, "state": "open", "title": "Tidy", "user": {"login": "JiaT75", "id": 69423178, "type": "User"},
        "head": {"sha": HEAD, "ref": "x", "repo": {"id": 5}}, "base": {"ref": "master"}, "draft": False,
        "created_at": "2024-03-29T15:00:00Z", "updated_at": "2024-03-29T15:00:00Z",
    }  # fmt: skip
    return payload(action="opened", number=7, pull_request=shown | changes)


@pytest.mark.parametrize(
    ("text", "conclusion", "title", "said"),
    [
        ("detectors: {new-comitter: off}", "failure", "1 thing is wrong in the policy", "did you mean `new-committer`"),
        (OFF, "neutral", "This policy takes away 1 thing", "The detector new-committer is switched off."),
        ("detectors: {new-committer: critical}", "success", "The policy can be used", "takes nothing away"),
    ],
)
def test_a_pull_request_that_edits_the_file_gets_a_check(
    place: Place, text: str, conclusion: str, title: str, said: str
) -> None:
    """It says what is wrong at its line, or what is taken away, and the file does not come into force."""
    place.write(text, ref=HEAD)
    place.pulls[7] = [PATH]
    place.deliver("pull_request", pull())
    (check,) = place.checks
    assert (check["name"], check["head_sha"], check["conclusion"]) == (policy_check.NAME, HEAD, conclusion)
    assert check["output"]["title"] == title
    assert said.replace("`", "") in check["output"]["summary"].replace("`", "").replace("\\", "")
    assert in_force(place) == "default"
    if conclusion == "failure":
        (note,) = check["output"]["annotations"]
        assert (note["path"], note["start_line"], note["start_column"]) == (PATH, 1, 13)


def test_a_pull_request_that_edits_it_not_gets_none(place: Place) -> None:
    """Nothing is said on a pull request whose branch has the same file, an older one, or none."""
    place.deliver("pull_request", pull())
    place.write(OFF, ref=HEAD)
    place.pulls[7] = ["README"]
    place.deliver("pull_request", pull() | {"action": "synchronize"})
    assert place.checks == []
    assert place.runtime.store.policies.pulls_due(place.now + dt.timedelta(days=9), 9) == []


def test_a_check_waits_for_github_and_is_made_once(place: Place) -> None:
    """While GitHub is away the pull request stays to be looked at; looked at twice it has one check."""
    place.write(OFF, ref=HEAD)
    place.pulls[7] = [PATH]
    place.github.fail("GET", f"/repos/{XZ}/pulls/7/files", *[Answer(status=503, body={"message": "x"})] * 4)
    place.deliver("pull_request", pull())
    assert place.checks == []
    place.later(minutes=10)
    place.deliver("pull_request", pull() | {"action": "synchronize"})
    assert [c["conclusion"] for c in place.checks] == ["neutral"]


def test_the_organisations_own_file_is_checked_as_such(place: Place) -> None:
    """In the repository `.github` the file is the organisation's: a pull request there may set floors."""
    dot = repository(id=77, name=".github", full_name=ORG)
    store = place.runtime.store
    with store.begin() as connection:
        from github_app.model import Repository  # noqa: PLC0415

        there = Repository(id=77, full_name=ORG, owner_id=OWNER, default_branch="master")
        store.repositories.see(connection, there, 99, place.now)
        store.repositories.set_state(connection, 77, "watched", at=place.now)
        store.policies.look_at_pull(connection, 77, 7, HEAD, place.now)
    place.write("floors: {detectors: {new-signer: on}}", ORG, ref=HEAD)
    place.github.put(f"/repos/{ORG}/pulls/7/files", [{"filename": PATH, "status": "added"}])
    place.look()
    assert [c["conclusion"] for c in place.checks] == ["success"]
    assert dot["full_name"] == ORG


def test_every_queue_has_workers_and_every_job_is_there() -> None:
    """A wake-up for the policy reaches a worker, also while another learns a long history."""
    assert set(queues_of(1)) == set(wake.QUEUES)
    assert wake.POLICIES in queues_of(2)
    assert callable(jobs.policies)
