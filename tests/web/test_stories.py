"""Pages of cases and of reports about incidents: who sees how much of them, and that text stays text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from github_app.acts import Act, BlastRadius, Deed, Part
from github_app.funding import read
from github_app.model import Alert, Evidence, Power, Repository, State, Step, Verdict
from github_app.store import Store
from tests.notify.material import AT, LASSE, MARY, REPOSITORY, SUBJECT, alert
from tests.render.hostile import PIECES
from tests.test_cases import MAL, step
from tests.web.signing_in import GitHubSignIn

# The fixtures are those of the dashboard's tests.
from tests.web.test_dashboard import ADMIN, READ, WRITE, browser, github, settings, sign_in

__all__ = ["browser", "github", "settings"]

SECRET = Repository(id=8, full_name="acme/secret", owner_id=9)
NASTY = " ".join(PIECES)


def act(repository: Repository, value: str = "1" * 40, about: str = "main") -> Act:
    """Return a merge by the newcomer."""
    return Act(deed=Deed.MERGED, at=AT, person=SUBJECT, repository=repository, value=value, about=about, count=3, pull=12)


def report(store: Store, *parts: Part) -> None:
    """Write the report about the first alert's subject."""
    found = alert(1, state=State.RESOLVED, verdict=Verdict.INCIDENT)
    with store.begin() as connection:
        store.incidents.want(connection, found)
    (due,) = store.incidents.due(AT, 9)
    claimed = store.incidents.claim(due, AT, AT - AT.replace(hour=1))
    assert claimed is not None
    body = BlastRadius(person=SUBJECT, names=("id:2", "login:newcomer"), since=AT, made_at=AT, parts=parts)
    with store.begin() as connection:
        assert store.incidents.made(connection, claimed, body, AT)


def here(*acts: Act) -> Part:
    """Return what was done in the repository of the alert."""
    return Part(place="acme/tool", ladder=(), acts=acts or (act(REPOSITORY),), scope="repo:7")


def there() -> Part:
    """Return what was done in a repository that few may see."""
    return Part(place="acme/secret", ladder=(), acts=(act(SECRET),), scope="repo:8")


def test_a_report_shows_what_the_reader_may_see(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """What was done where somebody may write is listed; other places are counted and not named."""
    report(store, here(), there())
    sign_in(browser, github)
    page = browser.get("/reports/1").text
    assert "What New Comer (@newcomer) touched since 2026-03-01" in page
    assert "Merged 3" in page
    assert f"{github.url}/acme/tool/commit/{'1' * 40}" in page
    assert "acme/secret" not in page
    assert "There is more in 1 place" in page
    assert 'href="/reports/1"' in browser.get("/alerts/1").text


def test_who_may_write_everywhere_sees_everything(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """With rights in both repositories nothing is hidden."""
    github.permissions = {REPOSITORY.id: WRITE, SECRET.id: WRITE}
    report(store, here(), there())
    sign_in(browser, github)
    page = browser.get("/reports/1").text
    assert "acme/secret" in page
    assert "There is more" not in page


@pytest.mark.parametrize("scope", [f"org:{REPOSITORY.owner_id}", "org:acme"])
def test_what_was_done_to_an_organisation_is_for_its_admins(
    browser: FlaskClient, github: GitHubSignIn, store: Store, scope: str
) -> None:
    """As for alerts that concern no repository; also in reports that were made when organisations went by their login."""
    granted = Act(deed=Deed.GRANTED, at=AT, person=SUBJECT, organization="acme", value="x", about="owner to @sock")
    report(store, Part(place="acme", ladder=(), acts=(granted,), scope=scope))
    sign_in(browser, github)
    assert "owner to @sock" not in browser.get("/reports/1").text
    github.permissions = {REPOSITORY.id: ADMIN}
    sign_in(browser, github)
    assert "owner to @sock" in browser.get("/reports/1").text


def test_what_was_done_to_another_organisation_is_hidden(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Whoever administers one organisation may not read what happened in the next."""
    granted = Act(deed=Deed.GRANTED, at=AT, person=SUBJECT, organization="other", value="x", about="owner to @sock")
    report(store, here(), Part(place="other", ladder=(), acts=(granted,), scope=f"org:{REPOSITORY.owner_id + 1}"))
    github.permissions = {REPOSITORY.id: ADMIN}
    sign_in(browser, github)
    page = browser.get("/reports/1").text
    assert "owner to @sock" not in page
    assert "There is more in 1 place" in page


@pytest.mark.parametrize("permissions", [{}, {REPOSITORY.id: READ}, {99: ADMIN}])
def test_others_see_neither_report_nor_case(
    browser: FlaskClient, github: GitHubSignIn, store: Store, permissions: dict[int, dict[str, bool]]
) -> None:
    """Whoever may not write to the alert's repository, also one of the other places, is told nothing."""
    report(store, here(), there())
    case(store)
    assert browser.get("/reports/1").location == "/login?next=/reports/1"
    assert browser.get("/cases/1").location == "/login?next=/cases/1"
    github.permissions = permissions
    sign_in(browser, github)
    for path in ("/reports/1", "/cases/1", "/reports/2", "/cases/2", f"/reports/{2**70}", f"/cases/{2**70}"):
        assert browser.get(path).status_code == 404
    assert "Open cases" not in browser.get("/").text


def case(store: Store, **changes: object) -> list[Alert]:
    """Store a case of two alerts about one person, in two repositories."""
    pair = [
        step(0, MAL, Step.GRANT, title="Mal got the role write"),
        replace(step(30, MAL, title="Mal merged"), repository=SECRET),
    ]
    stored = []
    with store.begin() as connection:
        for found in pair:
            number = store.alerts.raise_(connection, replace(found, **changes), "d")  # type: ignore[arg-type]
            assert number is not None
            stored.append(replace(found, id=number))
        store.cases.save(connection, [], 9, stored[0].finding.severity, stored)
    return stored


def test_a_case_is_told_with_dates(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Its steps in order with the days between; those elsewhere are counted. Its alerts lead to it, and the start page."""
    first, second = case(store)
    sign_in(browser, github)
    page = browser.get("/cases/1").text
    assert "Case 1: 2 steps since 2026-03-01" in page
    assert "Mal got the role write" in page
    assert "Mal merged" not in page
    assert "1 more step in repositories to which you may not write" in page
    assert 'href="/cases/1"' in browser.get(f"/alerts/{first.id}").text
    assert "Open cases" in browser.get("/").text
    github.permissions = {REPOSITORY.id: WRITE, SECRET.id: WRITE}
    sign_in(browser, github)
    assert "30 days after the first" in browser.get("/cases/1").text
    assert browser.get(f"/alerts/{second.id}").status_code == 200


def test_a_case_in_which_nothing_waits_is_not_open(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """The list is of what still needs somebody."""
    case(store, state=State.RESOLVED, verdict=Verdict.HARMLESS)
    sign_in(browser, github)
    assert "Open cases" not in browser.get("/").text
    assert browser.get("/cases/1").status_code == 200


def test_text_from_outside_stays_text(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Names of tags, branches and people are shown letter by letter."""
    report(store, here(act(REPOSITORY, NASTY, NASTY)))
    sign_in(browser, github)
    page = browser.get("/reports/1").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_a_long_report_is_cut_where_it_says_so(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Thousands of merges do not make a page nobody can open."""
    report(store, here(*(act(REPOSITORY, f"{n:040d}") for n in range(450))))
    sign_in(browser, github)
    assert "and 250 more" in browser.get("/reports/1").text


def test_support_is_offered_where_it_is_needed(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Beside pressure there are answers to paste; where one person alone lands work, words to ask another with."""
    scope, now = "repo:7", dt.datetime.now(dt.UTC)
    ledger = store.ledgers.load([scope], ())[scope]
    for who, power in ((LASSE, Power.MERGER), (MARY, Power.APPROVER)):
        ledger.link(who, now - dt.timedelta(days=900))
        for back in (900, 20):
            ledger.use(power, who, now - dt.timedelta(days=back))
    told = step(0, MAL, Step.PRESSURE, private=True, evidence=(Evidence(kind="event", value="reproach"),))
    with store.begin() as connection:
        store.ledgers.write(connection, {scope: ledger})
        number = store.alerts.raise_(connection, told, "d")
    store.fundings.want(7, now)
    store.fundings.found(7, read(b"github: octocat"), now)
    sign_in(browser, github)
    page = browser.get(f"/alerts/{number}").text
    assert "Answers you could paste, because it makes somebody feel guilty" in page
    assert "Hello @mary, I look after acme/tool mostly alone" in page
    assert "https://github.com/sponsors/octocat" in page
    assert "paste" not in browser.get("/alerts/1").text
    assert "One person alone lands work here" in browser.get("/repositories/7").text
