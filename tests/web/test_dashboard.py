"""Signing in and the dashboard: who may see and decide what, forms that are ours, and text that stays text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from github_app import create_app
from github_app.model import Power, State
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from tests.notify.material import AT, LASSE, MARY, REPOSITORY, SUBJECT, alert
from tests.render.hostile import PIECES
from tests.web.signing_in import CLIENT_ID, CLIENT_SECRET, GitHubSignIn

WRITE = {"push": True, "admin": False}
ADMIN = {"push": True, "admin": True}
READ = {"push": False, "admin": False, "pull": True}


@pytest.fixture
def github() -> Iterator[GitHubSignIn]:
    """Return GitHub with Mary, who may write to the one repository."""
    standin = GitHubSignIn({"id": MARY.id, "login": "mary", "name": ""}, {REPOSITORY.id: WRITE}).start()
    yield standin
    standin.serving.stop()


@pytest.fixture
def settings(tmp_path: Path, github: GitHubSignIn) -> Settings:
    """Return settings with which people can sign in."""
    return Settings(
        github_url=github.url,
        github_api_url=github.url,
        github_client_id=CLIENT_ID,
        github_client_secret=CLIENT_SECRET,
        github_webhook_secret="hook",
        public_url="http://localhost",
        slack_signing_secret="shh",
        data_dir=tmp_path,
    )


@pytest.fixture
def browser(settings: Settings, store: Store) -> FlaskClient:
    """Return a browser before the app, with one watched repository and one alert in it."""
    with store.begin() as connection:
        store.repositories.see(connection, REPOSITORY, 77, AT)
        store.alerts.raise_(connection, alert(), "delivery")
    return create_app(settings, store=store, waker=Waker("")).test_client()


def sign_in(browser: FlaskClient, github: GitHubSignIn, then: str = "") -> TestResponse:
    """Sign in as the person on GitHub and return the last answer."""
    asked = browser.get("/login", query_string={"next": then})
    return browser.get("/login/callback", query_string=github.say_yes(asked.location))


def csrf(page: TestResponse) -> str:
    """Return what a page's forms carry."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert found is not None
    return found[1]


def decide(browser: FlaskClient, number: int, action: str, reason: str, **more: str) -> TestResponse:
    """Send the form below an alert."""
    form = {"csrf": csrf(browser.get(f"/alerts/{number}")), "action": action, "reason": reason, **more}
    return browser.post(f"/alerts/{number}", data=form)


def test_a_stranger_sees_nothing(browser: FlaskClient) -> None:
    """Without signing in there is a start page, and no alert by its number."""
    assert "merged a pull request" not in browser.get("/").text
    assert browser.get("/alerts/1").location == "/login?next=/alerts/1"
    assert browser.get(f"/repositories/{REPOSITORY.id}").status_code == 303


def test_signing_in_leads_to_the_alert_that_was_asked_for(browser: FlaskClient, github: GitHubSignIn) -> None:
    """GitHub says who it is; the token it gave is asked with and kept nowhere."""
    answer = sign_in(browser, github, "/alerts/1")
    assert answer.location == "/alerts/1"
    page = browser.get("/alerts/1")
    assert "New Comer (@newcomer) merged a pull request for the first time" in page.text
    assert f"{github.url}/acme/tool/commit/" in page.text
    assert "@lasse: has merged here since" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_list_shows_what_waits(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Open alerts by severity, also private ones and those on trial; everything on demand."""
    with store.begin() as connection:
        store.alerts.raise_(connection, alert(fingerprint="2", title="A private matter", private=True), "delivery")
    sign_in(browser, github)
    page = browser.get("/").text
    assert "2 high" in page
    assert "A private matter" in page
    decide(browser, 1, "harmless", "a test")
    assert "merged a pull request" not in browser.get("/").text
    assert "merged a pull request" in browser.get("/?state=all").text
    assert "A private matter" not in browser.get("/?severity=low").text


@pytest.mark.parametrize("permissions", [{}, {REPOSITORY.id: READ}, {99: ADMIN}])
def test_only_who_may_write_sees_an_alert(
    browser: FlaskClient, github: GitHubSignIn, permissions: dict[int, dict[str, bool]]
) -> None:
    """Reading a repository, or writing to another, shows neither alert nor powers, and decides nothing."""
    github.permissions = permissions
    sign_in(browser, github)
    assert "merged a pull request" not in browser.get("/?state=all").text
    assert browser.get("/alerts/1").status_code == 404
    assert browser.get(f"/repositories/{REPOSITORY.id}").status_code == 404
    form = {"csrf": csrf(browser.get("/link")), "action": "harmless", "reason": "x"}
    assert browser.post("/alerts/1", data=form).status_code == 404


def test_an_organisations_alert_is_for_its_admins(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """What concerns no repository is shown to people who administer one of the same account."""
    whole = type(REPOSITORY)(id=0, full_name="acme", owner_id=9)
    with store.begin() as connection:
        store.alerts.raise_(connection, alert(fingerprint="2", repository=whole, title="A new owner"), "delivery")
    sign_in(browser, github)
    assert browser.get("/alerts/2").status_code == 404
    github.permissions = {REPOSITORY.id: ADMIN}
    sign_in(browser, github)
    assert "A new owner" in browser.get("/alerts/2").text


def test_a_decision_here_is_a_decision(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """The form decides as the button in Slack does, with the person's account and reason, in the chain."""
    sign_in(browser, github)
    assert decide(browser, 1, "expected", "We agreed on it").status_code == 303
    found = store.alerts.get(1)
    assert found is not None
    assert (found.state, found.reason, found.decided_by) == (State.RESOLVED, "We agreed on it", ("mary",))
    assert store.alerts.decisions(1)[0].via == "web"
    assert "@mary says it was expected" in browser.get("/alerts/1").text
    assert store.ledgers.verify() == []


def test_the_subject_of_an_alert_may_look_and_not_decide(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """The rules are those of every other place, and what was typed is not lost."""
    github.person = {"id": SUBJECT.id, "login": "newcomer", "name": None}
    sign_in(browser, github)
    answer = decide(browser, 1, "harmless", "it is only me")
    assert answer.status_code == 409
    assert "this alert is about you" in answer.text
    assert "it is only me</textarea>" in answer.text
    assert store.alerts.decisions(1) == []


@pytest.mark.parametrize(
    ("action", "reason", "why"),
    [("harmless", " ", "needs a reason"), ("wake", "x", "has changed meanwhile"), ("reopen", "x", "has changed meanwhile")],
)
def test_what_cannot_be_done_is_said(browser: FlaskClient, github: GitHubSignIn, action: str, reason: str, why: str) -> None:
    """A form that asks for too little, or for what is not offered, changes nothing."""
    sign_in(browser, github)
    answer = decide(browser, 1, action, reason)
    assert (answer.status_code, why in answer.text) == (409, True)


def test_a_snooze_lasts_as_long_as_chosen(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Only what the form offers counts."""
    sign_in(browser, github)
    decide(browser, 1, "snooze", "he is away", days="3")
    found = store.alerts.get(1)
    assert found is not None
    assert found.snoozed_until is not None
    assert round((found.snoozed_until - dt.datetime.now(dt.UTC)).total_seconds() / 86_400) == 3


@pytest.mark.parametrize("given", ["", "0" * 64, "\u00e9"])
def test_a_form_of_another_site_decides_nothing(
    browser: FlaskClient, github: GitHubSignIn, store: Store, given: str
) -> None:
    """The cookie alone is not enough."""
    sign_in(browser, github)
    form = {"csrf": given, "action": "harmless", "reason": "forged"}
    assert browser.post("/alerts/1", data=form).status_code == 303
    assert browser.post("/link", data={"csrf": given}).status_code == 303
    assert store.alerts.decisions(1) == []


def test_a_sign_in_of_another_browser_is_refused(
    browser: FlaskClient, github: GitHubSignIn, settings: Settings, store: Store
) -> None:
    """Nobody can be signed in as somebody else by following a link; a code works once."""
    other = create_app(settings, store=store, waker=Waker("")).test_client()
    back = github.say_yes(other.get("/login").location)
    browser.get("/login")
    assert browser.get("/login/callback", query_string=back).status_code == 403
    assert other.get("/login/callback", query_string=back).status_code == 303
    assert other.get("/login/callback", query_string=back).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"), [("/login/oauth/access_token", 500), ("/user", 401), ("/user/installations", 502)]
)
def test_trouble_at_github_is_said(browser: FlaskClient, github: GitHubSignIn, path: str, status: int) -> None:
    """The page says what went wrong, without code, secret or token, and nobody is signed in."""
    github.trouble[path] = status
    answer = sign_in(browser, github)
    assert answer.status_code == 502
    assert f"refused (status {status})" in answer.text
    assert not any(secret in answer.text for secret in ("code-0", CLIENT_SECRET, "ghu_test"))
    assert browser.get("/alerts/1").status_code == 303


def test_who_says_no_is_not_signed_in(browser: FlaskClient, github: GitHubSignIn) -> None:
    """GitHub sends the browser back with an error then."""
    state = github.say_yes(browser.get("/login").location)["state"]
    answer = browser.get("/login/callback", query_string={"error": "access_denied", "state": state})
    assert "You did not allow" in answer.text


@pytest.mark.parametrize(
    "then",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aX: y\r\n", "javascript:alert(1)", "/" * 300],
)
def test_nobody_is_sent_elsewhere(browser: FlaskClient, github: GitHubSignIn, then: str) -> None:
    """After signing in the browser stays with us."""
    assert sign_in(browser, github, then).location == "/"


def test_signing_out_ends_the_session(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """The token is worth nothing afterwards, and also not after eight hours."""
    sign_in(browser, github)
    cookie = browser.get_cookie("trust-session")
    assert cookie is not None
    assert cookie.http_only
    now = dt.datetime.now(dt.UTC)
    assert store.sessions.get(cookie.value, now) is not None
    assert store.sessions.get(cookie.value, now + dt.timedelta(hours=8, minutes=1)) is None
    browser.post("/logout", data={"csrf": csrf(browser.get("/link"))})
    assert store.sessions.get(cookie.value, now) is None


def test_a_code_links_who_types_it_in_slack(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """The page shows a code; typed in Slack it links the two accounts, once and within ten minutes."""
    sign_in(browser, github)
    page = browser.post("/link", data={"csrf": csrf(browser.get("/link"))})
    found = re.search(r"/trust link ([A-Z2-9]{10})", page.text)
    assert found is not None
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11)
    with store.begin() as connection:
        assert store.sessions.take_code(connection, found[1], later) is None
        person = store.sessions.take_code(connection, f" {found[1].lower()} ", dt.datetime.now(dt.UTC))
        assert store.sessions.take_code(connection, found[1], dt.datetime.now(dt.UTC)) is None
    assert person is not None
    assert (person.id, person.login) == (MARY.id, "mary")


def test_powers_are_shown_with_their_holders(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Who holds what, since when."""
    scope = f"repo:{REPOSITORY.id}"
    ledger = store.ledgers.load([scope], ())[scope]
    ledger.link(LASSE, AT)
    ledger.use(Power.MERGER, LASSE, AT)
    with store.begin() as connection:
        store.ledgers.write(connection, {scope: ledger})
    sign_in(browser, github)
    assert "@lasse since 2026-03-01" in browser.get(f"/repositories/{REPOSITORY.id}").text


def test_text_from_outside_stays_text(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """Titles, names and reasons with markup are shown letter by letter."""
    nasty = " ".join(PIECES)
    with store.begin() as connection:
        number = store.alerts.raise_(connection, alert(fingerprint="2", title=nasty, why=nasty, before=nasty), "delivery")
    sign_in(browser, github)
    for page in (browser.get("/").text, browser.get(f"/alerts/{number}").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page
        assert "\x1b" not in page


def test_without_a_database_the_page_says_so(browser: FlaskClient, github: GitHubSignIn, store: Store) -> None:
    """A page that cannot be made is an answer, not a crash."""
    sign_in(browser, github)
    with store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alerts RENAME TO gone")
    assert browser.get("/").status_code == 503


def test_without_a_client_nobody_can_sign_in(settings: Settings, store: Store) -> None:
    """The page says which settings are missing."""
    bare = Settings(data_dir=settings.data_dir, github_webhook_secret="hook")
    client = create_app(bare, store=store, waker=Waker("")).test_client()
    assert "GITHUB_CLIENT_ID" in client.get("/login").text
