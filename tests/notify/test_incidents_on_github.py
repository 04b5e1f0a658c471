"""The report of an incident on GitHub: where the policy says, once, and never where it must not be."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from demo.standin.github_state import ALL_PERMISSIONS
from github_app import decisions
from github_app.model import Step
from github_app.review import Action
from tests.notify.conftest import PULL, World
from tests.notify.incident_material import ADVISORY, ISSUE, incident, policy, raised, report, runtime, security, told, work
from tests.notify.material import LASSE, SUBJECT, alert
from tests.notify.trouble import Fault
from tests.render.hostile import PIECES
from tests.test_cases import MAL, step
from workers.runtime import Runtime

__all__ = ["runtime"]


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
