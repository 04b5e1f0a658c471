"""What a policy makes of facts and alerts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from github_app.fact import CommitsLanded, PullMerged
from github_app.model import Alert, Evidence, Finding, Person, Power, Repository, Reviewer, Severity, Source, Stage, Subject
from github_app.policy import merge, obey
from tests.policy.test_merge import organisation

AT = dt.datetime(2026, 5, 1, 23, 30, tzinfo=dt.UTC)
REPO = Repository(id=7, full_name="acme/ledger", owner_id=3, default_branch="main")
BOB, ANN = Person(id=2, login="Bob"), Person(id=1, login="ann")
ALERT = Alert(
    finding=Finding(
        severity=Severity.MEDIUM, subject=Subject(person=BOB), title="t", why="w", before="b", after="a",
        evidence=(Evidence(kind="path", value=".github/workflows/ci.yml"),), powers=(Power.MERGER, Power.COMMITTER),
        gains=(Power.MERGER,), detector="new-merger", grantor=Person(login="gil"),
    ),
    stage=Stage.STABLE, repository=REPO, fingerprint="f", at=AT, raised_at=AT,
    reviewers=(Reviewer(person=ANN, power=Power.MERGER, since=AT - dt.timedelta(days=900)),),
)  # fmt: skip
EXPECTED = "expected: [{login: bob, powers: [merger], until: 2026-05-01, reason: helps out}]"


def obeyed(text: str, alert: Alert = ALERT) -> obey.Obeyed:
    """Obey an organisation's policy."""
    return obey.obey(alert, merge(organisation(text), None))


def test_without_a_policy_nothing_changes() -> None:
    """The defaults leave an alert as the judge made it."""
    assert obeyed("") == obey.Obeyed(alert=ALERT)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("detectors: {new-merger: off}", "the detector is off (organisation)"),
        ("watch: {repositories: ['*', '!led*']}", "the repository is not watched"),
        (EXPECTED, "@bob is expected as merger until 2026-05-01: helps out"),
        (EXPECTED.replace("bob,", "bob, id: 2,"), "@bob is expected as merger until 2026-05-01: helps out"),
        (EXPECTED.replace("bob,", "bob, repositories: [led*],"), "@bob is expected as merger until 2026-05-01: helps out"),
        (EXPECTED.replace("bob,", "bob, id: 99,"), ""),
        (EXPECTED.replace("merger", "releaser"), ""),
        (EXPECTED.replace("05-01", "04-30"), ""),
        (EXPECTED.replace("bob,", "bob, repositories: [other],"), ""),
        (EXPECTED.replace("bob", "ann"), ""),
    ],
)
def test_says_why_somebody_is_not_told(text: str, reason: str) -> None:
    """A detector that is off, a repository left out and somebody announced are quiet for a stated reason; others are not."""
    assert obeyed(text).quiet == reason


def test_who_is_announced_is_expected_for_nothing_else() -> None:
    """Outside what was announced nothing becomes quiet: a finding that is not about a gain never does."""
    other = replace(ALERT, finding=replace(ALERT.finding, gains=(), detector="guard-removed"))
    assert obeyed(EXPECTED, other).quiet == ""


def test_a_severity_is_obeyed() -> None:
    """Every finding of a detector gets the severity the policy says."""
    assert obeyed("detectors: {new-merger: critical}").alert.finding.severity is Severity.CRITICAL


def test_whom_the_policy_names_is_asked_first() -> None:
    """People and teams for the power or path come before earlier holders; subject and grantor are never asked."""
    text = (
        "reviewers: [{people: [bob, gil, zoe], powers: [merger]}, {teams: [sec], paths: ['.github/**']},"
        " {people: [kim], powers: [signer]}, {people: [lou], paths: ['*.yml']}]"
    )
    found = obeyed(text).alert.reviewers
    assert [(r.person.login, r.named) for r in found] == [("zoe", True), ("acme/sec", True), ("ann", False)]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"private": True}, "#private"),
        ({"severity": Severity.CRITICAL}, "#loud"),
        ({"severity": Severity.HIGH}, "#pay"),
        ({}, "#pay"),
    ],
)
def test_the_first_route_that_fits_decides(change: dict[str, object], wanted: str) -> None:
    """Private alerts go to their own channel and to no other."""
    policy = merge(
        organisation(
            "teams: {pay: [led*]}\nroutes: [{channel: '#private', private: true}, {channel: '#loud', severities: critical},"
            " {channel: '#other', repositories: [x]}, {channel: '#pay', teams: [pay]}, {channel: '#all'}]"
        ),
        None,
    )
    alert = replace(ALERT, finding=replace(ALERT.finding, **change))  # type: ignore[arg-type]  # one field each
    assert obey.channel(policy, alert) == wanted


def test_a_private_alert_never_takes_a_public_route() -> None:
    """Without a private route the app's own setting decides."""
    private = replace(ALERT, finding=replace(ALERT.finding, private=True))
    assert obey.channel(merge(organisation("routes: [{channel: '#all'}]"), None), private) == ""


def test_what_is_in_a_merge_queue_has_not_landed() -> None:
    """A queue's own branches are guarded by no pattern, however wide; what it merges lands on the branch itself."""
    policy = merge(organisation("watch: {branches: ['*']}"), None)
    queued = CommitsLanded(
        at=AT, source=Source.WEBHOOK, repository=REPO, ref="refs/heads/gh-readonly-queue/main/pr-12-abc", before="", after=""
    )
    landed = replace(queued, ref="refs/heads/release")
    seen = obey.guard([queued, landed], policy)
    assert [fact.guarded for fact in seen if isinstance(fact, CommitsLanded)] == [False, True]


def test_branches_are_guarded_besides_the_default_one() -> None:
    """What the policy guards counts as guarded; the default branch does whatever the policy says."""
    policy = merge(organisation("watch: {branches: ['release/*', '!release/old', '!main']}"), None)
    push = CommitsLanded(at=AT, source=Source.WEBHOOK, repository=REPO, ref="", before="", after="")
    refs = {
        "refs/heads/release/1": True,
        "refs/heads/release/old": False,
        "refs/heads/x": False,
        "refs/tags/release/1": False,
    }
    for ref, guarded in refs.items():
        (seen,) = obey.guard([replace(push, ref=ref)], policy)
        assert isinstance(seen, CommitsLanded)
        assert seen.guarded is guarded
    (main,) = obey.guard([replace(push, ref="refs/heads/main", guarded=True)], policy)
    assert isinstance(main, CommitsLanded)
    assert main.guarded
    merged = PullMerged(
        at=AT, source=Source.WEBHOOK, repository=REPO, number=1, title="", author=BOB, merge_sha="", head_sha="",
        base_ref="release/2",
    )  # fmt: skip
    (seen_merge,) = obey.guard([merged], policy)
    assert isinstance(seen_merge, PullMerged)
    assert seen_merge.guarded
