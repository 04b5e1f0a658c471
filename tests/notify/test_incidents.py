"""The report of an incident: wanted with the decision, made once, told in the thread, and on GitHub as the policy says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from demo.standin.github_state import ALL_PERMISSIONS, Repo
from github_app import decisions
from github_app.acts import Act, Deed
from github_app.model import Alert, Person, Power, Repository, Severity, Step
from github_app.review import Action
from github_app.store import IncidentReport
from github_app.wake import Waker
from tests.notify.conftest import PULL, World
from tests.notify.material import AT, LASSE, MARY, OTHER, REPOSITORY, SUBJECT, alert
from tests.notify.test_contract import later
from tests.notify.trouble import Fault
from tests.render.hostile import PIECES
from tests.test_cases import MAL, step
from workers import announcements, detectors, incidents
from workers.github import GitHubApp
from workers.github_reports import GitHubReportWriter
from workers.notifiers import Announcer
from workers.runtime import Runtime

SECRET = Repository(id=8, full_name="acme/secret", owner_id=9, default_branch="main")
ADVISORY = "incident_report: {to: advisory}"
ISSUE = "incident_report: {to: issue, repository: acme/security}"


@pytest.fixture
def runtime(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """Return the workers' side, with what the newcomer did in two repositories, one of which few people know."""
    monkeypatch.setitem(ALL_PERMISSIONS, "repository_advisories", "write")
    app = GitHubApp(world.settings, pause=0, pause_writes=0)
    store = world.store
    with store.begin() as connection:
        for repo in (REPOSITORY, SECRET):
            store.repositories.see(connection, repo, 77, AT)
            store.repositories.set_state(connection, repo.id, "watched", at=AT, settled_at=AT)
            scope = f"repo:{repo.id}"
            ledger = store.ledgers.load([scope], (), connection)[scope]
            ledger.link(SUBJECT, AT)
            ledger.use(Power.MERGER, SUBJECT, AT)
            merged = Act(
                deed=Deed.MERGED, at=AT, person=SUBJECT, repository=repo, value="1" * 40, about="main", count=3, pull=12
            )
            store.acts.add(connection, [(scope, ledger.resolve(SUBJECT), merged)])
            store.ledgers.write(connection, {scope: ledger})
    yield Runtime(
        settings=world.settings, store=store, waker=Waker(""), detectors=detectors.load(), app=app, reader=None,
        notifiers=tuple(world.channels.values()), report_writer=GitHubReportWriter(app),
    )  # fmt: skip
    app.close()


def policy(world: World, text: str) -> None:
    """Put a policy into force in the repository."""
    with world.store.begin() as connection:
        world.store.policies.expect(connection, [("repo:7", "acme/tool", 77)], AT)
    stored = world.store.policies.get_many(["repo:7"])["repo:7"]
    with world.store.begin() as connection:
        assert world.store.policies.save(connection, replace(stored, text=text, version="v"), stored)


def security(world: World, *, private: bool) -> Repo:
    """Let there be a repository for reports, and return it."""
    made = world.github.state.add_repo(Repo(id=99, full_name="acme/security", default_branch="main", private=private))
    with world.store.begin() as connection:
        world.store.repositories.see(connection, Repository(id=99, full_name="acme/security", owner_id=9), 77, AT)
    return made


def incident(world: World, number: int = 1, by: Person = MARY) -> None:
    """Decide that an alert is an incident."""
    done = decisions.apply(world.store, number, Action.INCIDENT, by, "Nobody knows why", world.clock(), via="web")
    assert isinstance(done, decisions.Decided)


def raised(world: World, **changes: Any) -> Alert:
    """Raise an alert and have it shown in Slack."""
    found = world.raise_alert(alert(pull=PULL, **changes))
    world.deliver()
    return found


def work(world: World, runtime: Runtime, *, times: int = 3) -> None:
    """Do what the jobs do, some times over, as much later as their pauses are long."""
    for _ in range(times):
        incidents.work(runtime, world.clock)
        world.deliver()
        later(world)
        world.clock.sleep(incidents.REFUSED_RETRY.total_seconds())


def report(world: World, number: int = 1) -> IncidentReport:
    """Return a report as stored."""
    found = world.store.incidents.get(number)
    assert found is not None
    return found


def told(world: World) -> list[dict[str, Any]]:
    """Return what was said in threads about reports."""
    return [m for m in world.slack.channel.messages.values() if "thread_ts" in m and "report is" in m["text"].lower()]


def test_an_incident_is_written_down_and_told_in_the_thread(world: World, runtime: Runtime) -> None:
    """What was done here, and how much elsewhere; a file for operators; nothing on GitHub unless the policy says so."""
    raised(world)
    incident(world)
    work(world, runtime)
    (said,) = told(world)
    assert said["text"] == "The report is there: what New Comer (@newcomer) touched since 2026-03-01."
    shown = str(said["blocks"])
    assert "Merged: 3" in shown
    assert "more in 1 other place" in shown
    assert "acme/secret" not in shown
    assert "<https://trust.example.org/reports/1|" in shown
    assert not said["broadcast"]
    page = (world.settings.data_dir / "reports" / "1.html").read_text(encoding="utf-8")
    assert "acme/secret" in page
    assert world.repo.advisories == {}
    assert world.repo.issues == {}
    assert world.store.incidents.due(world.clock(), 9) == []


@pytest.mark.parametrize("action", [Action.EXPECTED, Action.HARMLESS, Action.ACKNOWLEDGE])
def test_other_decisions_write_no_report(world: World, runtime: Runtime, action: Action) -> None:
    """Only an incident is written down."""
    raised(world)
    decisions.apply(world.store, 1, action, MARY, "fine", world.clock(), via="web")
    work(world, runtime, times=1)
    assert world.store.incidents.get(1) is None


def test_a_critical_incident_is_written_down_after_the_second_person(world: World, runtime: Runtime) -> None:
    """One person's word is not yet a verdict."""
    raised(world, severity=Severity.CRITICAL)
    incident(world, by=MARY)
    assert world.store.incidents.get(1) is None
    incident(world, by=LASSE)
    work(world, runtime)
    assert report(world).published == 1


def test_a_decision_that_is_rolled_back_wants_no_report(world: World, runtime: Runtime) -> None:
    """Decision and wish are one transaction."""
    raised(world)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decisions.apply(world.store, 1, Action.INCIDENT, MARY, "x", world.clock(), via="web", also=die)
    assert world.store.incidents.get(1) is None


def test_an_advisory_is_a_draft_about_the_one_repository(world: World, runtime: Runtime) -> None:
    """It has the fields GitHub wants, names no other repository, mentions nobody, and leads to the whole report."""
    policy(world, ADVISORY)
    raised(world)
    incident(world)
    work(world, runtime)
    (draft,) = world.repo.advisories.values()
    assert draft["state"] == "draft"
    assert (draft["severity"], draft["vulnerabilities"]) == (
        "high", [{"package": {"ecosystem": "other", "name": "acme/tool"}}]
    )  # fmt: skip
    assert draft["summary"] == "Incident: what New Comer (newcomer) touched in acme/tool"
    assert "3 commits on main, pull request 12" in draft["description"]
    assert "acme/secret" not in draft["description"]
    assert "They also acted in 1 other place" in draft["description"]
    assert "https://trust.example.org/reports/1" in draft["description"]
    assert "@" not in re.sub(r"`[^`\n]*`", "", draft["description"])
    assert report(world).url == draft["html_url"]


def test_a_second_verdict_updates_the_same_report(world: World, runtime: Runtime) -> None:
    """Reopening takes nothing away; a new incident makes a new version of the one report, told once more."""
    policy(world, ADVISORY)
    raised(world)
    incident(world)
    work(world, runtime)
    decisions.apply(world.store, 1, Action.REOPEN, LASSE, "more to see", world.clock(), via="web")
    work(world, runtime)
    assert len(world.repo.advisories) == 1
    incident(world)
    work(world, runtime)
    assert len(world.repo.advisories) == 1
    assert [m["text"][:26] for m in told(world)] == ["The report is there: what "]
    assert sum("The report was made anew" in t for t in world.thread()) == 1
    assert (report(world).made, report(world).published, world.store.incidents.get(2)) == (2, 2, None)


def test_alerts_of_one_case_have_one_report(world: World, runtime: Runtime) -> None:
    """Also where an alert of pressure is decided: its report is about whom the case is about."""
    policy(world, ADVISORY)
    world.raise_alert(step(0, MAL, Step.PRESSURE, beneficiaries=(SUBJECT,), private=True))
    world.raise_alert(step(200, SUBJECT, Step.GRANT, pull=PULL))
    world.deliver()
    incident(world, 2)
    incident(world, 1)
    work(world, runtime)
    assert report(world).person.login == "newcomer"
    assert world.store.incidents.get(2) is None
    assert len(world.repo.advisories) == 1


@pytest.mark.parametrize("after", [True, False], ids=["after it was written", "before it was written"])
@pytest.mark.parametrize("kind", ["advisory", "issue"])
def test_a_502_is_no_second_report(world: World, runtime: Runtime, kind: str, after: bool) -> None:
    """Whoever comes back looks for the mark first."""
    home = world.repo if kind == "advisory" else security(world, private=True)
    policy(world, ADVISORY if kind == "advisory" else ISSUE)
    raised(world)
    incident(world)
    path = f"/repos/{home.full_name}/{'security-advisories' if kind == 'advisory' else 'issues'}"
    world.github_trouble.faults.append(Fault(method="POST", path=path, status=502, body=b'{"message": "x"}', after=after))
    work(world, runtime)
    (written,) = (home.advisories if kind == "advisory" else home.issues).values()
    assert (report(world).published, report(world).url) == (1, written["html_url"])
    assert world.store.problems.open() == []


def test_killed_between_making_and_telling(world: World, runtime: Runtime) -> None:
    """A worker that dies anywhere leaves a claim that ends; the next one goes on and says it once."""
    raised(world)
    incident(world)
    (due,) = world.store.incidents.due(world.clock(), 9)
    assert world.store.incidents.claim(due, world.clock(), incidents.CLAIM) is not None
    incidents.work(runtime, world.clock)
    assert report(world).made == 0
    world.clock.sleep(incidents.CLAIM.total_seconds() + 1)
    incidents.work(runtime, world.clock)
    (notice,) = world.store.notices.due(world.clock(), 9)
    claimed = world.store.notices.claim(notice, world.clock(), incidents.CLAIM)
    channel, what = world.channels["slack"], claimed and announcements.of(world.store, claimed)
    assert isinstance(channel, Announcer)
    assert what is not None
    channel.announce(what, uncertain=False)
    world.clock.sleep(incidents.CLAIM.total_seconds() + 1)
    work(world, runtime)
    assert len(told(world)) == 1


def test_who_worked_too_long_writes_nothing(world: World, runtime: Runtime) -> None:
    """A claim that was taken over is worth nothing: neither the text nor the place is stored."""
    raised(world)
    incident(world)
    (due,) = world.store.incidents.due(world.clock(), 9)
    slow = world.store.incidents.claim(due, world.clock(), incidents.CLAIM)
    assert slow is not None
    assert world.store.incidents.claim(due, world.clock(), incidents.CLAIM) is None
    world.clock.sleep(incidents.CLAIM.total_seconds() + 1)
    work(world, runtime)
    assert world.store.incidents.published(slow, place="advisory acme/tool", external_id="x", url="") is False
    assert world.store.incidents.begun(slow) is False
    assert report(world).place == ""


def test_a_missing_permission_is_said_and_the_report_comes_when_it_is_given(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost: the doctor says what is missing, and an hour after it was given the draft is there."""
    monkeypatch.delitem(ALL_PERMISSIONS, "repository_advisories")
    policy(world, ADVISORY)
    raised(world)
    incident(world)
    work(world, runtime)
    (problem,) = world.store.problems.open()
    assert "Report 1 about an incident could not be written on GitHub" in problem.sentence
    assert "repository_advisories write" in problem.sentence
    assert len(told(world)) == 1
    monkeypatch.setitem(ALL_PERMISSIONS, "repository_advisories", "write")
    for _, permissions in world.github.state.tokens.values():
        permissions["repository_advisories"] = "write"  # as in the next token, an hour later
    work(world, runtime)
    assert len(world.repo.advisories) == 1
    assert world.store.problems.open() == []


def test_no_public_issue_unless_the_policy_says_so(world: World, runtime: Runtime) -> None:
    """Everybody could read it."""
    home = security(world, private=False)
    policy(world, ISSUE)
    raised(world)
    incident(world)
    work(world, runtime)
    assert home.issues == {}
    (problem,) = world.store.problems.open()
    assert "everybody can read acme/security and the policy does not say" in problem.sentence
    policy(world, ISSUE.replace("}", ", public: true}"))
    work(world, runtime)
    assert len(home.issues) == 1


def test_a_private_alert_is_never_in_a_public_issue(world: World, runtime: Runtime) -> None:
    """Whatever the policy says; in a private repository it may be."""
    home = security(world, private=False)
    policy(world, ISSUE.replace("}", ", public: true}"))
    world.raise_alert(alert(private=True))
    incident(world)
    work(world, runtime)
    assert home.issues == {}
    assert "it is about a private alert" in world.store.problems.open()[0].sentence
    home.private = True
    work(world, runtime)
    assert len(home.issues) == 1


def test_an_issue_that_was_deleted_is_written_again(world: World, runtime: Runtime) -> None:
    """A new version of a report whose place is gone gets a new place."""
    home = security(world, private=True)
    policy(world, ISSUE)
    raised(world)
    incident(world)
    work(world, runtime)
    home.issues.clear()
    decisions.apply(world.store, 1, Action.REOPEN, LASSE, "again", world.clock(), via="web")
    incident(world)
    work(world, runtime)
    (number,) = home.issues
    assert report(world).external_id == str(number)


def test_an_account_nothing_is_known_of_gets_a_report_that_says_so(world: World, runtime: Runtime) -> None:
    """The absence of acts is an answer too."""
    raised(world, subject=replace(alert().finding.subject, person=OTHER), subject_keys=("id:12",))
    incident(world)
    work(world, runtime)
    (said,) = told(world)
    assert "Nothing is known of what they did here" in str(said["blocks"])


def test_text_from_outside_stays_text(world: World, runtime: Runtime) -> None:
    """Titles and names with markup are shown letter by letter and ping nobody, in 65,535 characters."""
    policy(world, ADVISORY)
    nasty = " ".join(PIECES)
    raised(world, title=nasty * 20, subject=replace(alert().finding.subject, person=replace(SUBJECT, name=nasty)))
    incident(world)
    work(world, runtime)
    (draft,) = world.repo.advisories.values()
    assert "@" not in re.sub(r"`[^`\n]*`", "", draft["description"])
    assert "<script" not in draft["description"]
    (said,) = told(world)
    assert "<!channel>" not in said["text"]


def test_the_job_is_woken_by_the_sweep(world: World, runtime: Runtime) -> None:
    """A decision wakes nobody for it, so the sweep does."""
    raised(world)
    assert not incidents.waiting(runtime, world.clock())
    incident(world)
    assert incidents.waiting(runtime, world.clock())
