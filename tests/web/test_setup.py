"""Registering the app: the token, the manifest, GitHub's answer, and where the keys end up."""

from __future__ import annotations

import html
import json
import logging
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from github_app import create_app
from github_app import settings as environment
from github_app.settings import REGISTRATION, Settings
from github_app.web import registration
from tests.standin.github import Answer, GitHub, serving

URL = "https://trust.example.org"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMII'E\\ow${IBAAK}\n-----END RSA PRIVATE KEY-----\n"
MADE = {
    "id": 4711, "slug": "trust-alerts-acme", "pem": PEM, "webhook_secret": "hook's \\$ecret ${HOME}", "client_id": "Iv23",
    "client_secret": "client-secret",
}  # fmt: skip
CONVERSION = r"/app-manifests/.+/conversions"


@pytest.fixture
def github() -> Iterator[GitHub]:
    """Return a stand-in for GitHub's API."""
    with serving(GitHub(app_id=4711, public_key="", prefix="/api/v3")) as github:
        yield github


@pytest.fixture
def settings(tmp_path: Path, github: GitHub) -> Settings:
    """Return settings without an app."""
    return Settings(data_dir=tmp_path / "data", github_api_url=github.url, github_url="https://github.example.com")


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """Return a browser."""
    app: Flask = create_app(settings)
    return app.test_client()


def begin(client: FlaskClient, settings: Settings, **fields: str) -> TestResponse:
    """Send the first form with the token of the terminal."""
    token = registration.read_token(settings) or registration.make_token(settings)
    return client.post("/setup", data={"token": token, "public_url": URL, **fields})


def state_of(page: TestResponse) -> str:
    """Return the state that the second page sends to GitHub."""
    found = re.search(r"settings/apps/new\?state=([^\"]+)", html.unescape(page.text))
    assert found
    return found.group(1)


def test_the_whole_way(client: FlaskClient, settings: Settings, github: GitHub, caplog: pytest.LogCaptureFixture) -> None:
    """From the token to the keys: stored for this user alone, found by the settings, shown nowhere."""
    caplog.set_level(logging.DEBUG)
    github.fail("POST", CONVERSION, Answer(status=201, body=MADE))
    page = begin(client, settings)
    done = client.get(f"/setup/callback?code=c%2Fd&state={state_of(page)}")
    assert done.status_code == 200
    assert "https://github.example.com/apps/trust-alerts-acme/installations/new" in done.text
    assert github.log == [("POST", "/app-manifests/c/d/conversions", 201)]
    path = settings.data_dir / REGISTRATION
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    loaded = environment.load({"DATA_DIR": str(settings.data_dir)})
    assert (loaded.github_app_id, loaded.github_private_key) == (4711, PEM.strip())
    assert (loaded.github_webhook_secret, loaded.github_client_secret) == (MADE["webhook_secret"], "client-secret")
    assert (loaded.github_client_id, loaded.public_url) == ("Iv23", URL)
    for secret in ("BEGIN RSA", "hook's", "client-secret", "c/d", "c%2Fd"):
        assert secret not in done.text
        assert secret not in caplog.text


def test_it_works_once(client: FlaskClient, settings: Settings, github: GitHub) -> None:
    """After the app is there, neither the pages nor the token nor the state are of any use."""
    github.fail("POST", CONVERSION, Answer(status=201, body=MADE))
    page = begin(client, settings)
    token = registration.read_token(settings)
    assert client.get(f"/setup/callback?code=abc&state={state_of(page)}").status_code == 200
    assert registration.read_token(settings) == ""
    for again in (
        client.get("/setup"),
        client.post("/setup", data={"token": token, "public_url": URL}),
        client.get(f"/setup/callback?code=abc&state={state_of(page)}"),
    ):
        assert again.status_code == 409
    assert len(github.log) == 1


def test_a_configured_app_closes_it(settings: Settings) -> None:
    """Where an app is configured by hand, nobody can register another over it."""
    configured = replace(settings, github_app_id=1, github_private_key=PEM)
    registration.make_token(configured)
    assert create_app(configured).test_client().get("/setup").status_code == 409


@pytest.mark.parametrize("token", ["", "wrong", "é", "x" * 10_000])
def test_without_the_token_nothing_is_shown(client: FlaskClient, settings: Settings, token: str) -> None:
    """Only who sees the server's terminal can begin."""
    for prepared in (False, True):
        if prepared:
            registration.make_token(settings)
        page = client.post("/setup", data={"token": token, "public_url": URL})
        assert page.status_code == 403
        assert "manifest" not in page.text


def test_the_manifest_is_that_of_this_server(client: FlaskClient, settings: Settings) -> None:
    """What is sent names our own addresses and nothing that GitHub refuses."""
    page = begin(client, settings)
    sent = json.loads(html.unescape(re.findall(r'name="manifest" value="([^"]*)"', page.text)[0]))
    assert sent["hook_attributes"] == {"url": f"{URL}/webhooks/github", "active": True}
    assert (sent["url"], sent["redirect_url"], sent["public"]) == (URL, f"{URL}/setup/callback", False)
    assert "example.com" not in json.dumps(sent)
    assert not {"installation", "installation_repositories"} & set(sent["default_events"])
    assert sent["default_permissions"]["administration"] == "read"
    assert sent["default_permissions"]["contents"] == "read"


def test_the_form_may_go_to_github_and_nowhere_else(client: FlaskClient, settings: Settings) -> None:
    """The browser sends the manifest to the configured GitHub, for the account that was named."""
    own, organization = begin(client, settings), begin(client, settings, organization="acme-corp")
    assert 'action="https://github.example.com/settings/apps/new?state=' in own.text
    assert 'action="https://github.example.com/organizations/acme-corp/settings/apps/new?state=' in organization.text
    assert own.headers["Content-Security-Policy"].endswith("form-action 'self' https://github.example.com")
    assert client.get("/setup").headers["Content-Security-Policy"].endswith("form-action 'self'")


@pytest.mark.parametrize(
    "fields",
    [
        {"public_url": "javascript:alert(1)"}, {"public_url": "trust.example.org"}, {"public_url": "https://"},
        {"public_url": "https://a.example/?x=1"}, {"organization": "a/../../login"}, {"organization": '"><script>'},
    ],
)  # fmt: skip
def test_odd_addresses_are_refused(client: FlaskClient, settings: Settings, fields: dict[str, str]) -> None:
    """What is not an address or an account is said to be none, and comes back escaped."""
    page = begin(client, settings, **fields)
    assert page.status_code == 400
    assert "<script>" not in page.text


def test_the_answer_must_belong_to_this_browser(client: FlaskClient, settings: Settings, github: GitHub) -> None:
    """A forged, foreign or outdated return leg exchanges nothing."""
    state = state_of(begin(client, settings))
    stranger = create_app(settings).test_client()
    assert stranger.get(f"/setup/callback?code=abc&state={state}").status_code == 403
    # Not its last letter: two bits of that are nobody's, so another one can mean the same.
    for forged in ("", "x", state[:-2] + ("A" if state[-2] != "A" else "B") + state[-1]):
        assert client.get("/setup/callback", query_string={"code": "abc", "state": forged}).status_code == 403
    registration.make_token(settings)  # the server was started again
    assert client.get(f"/setup/callback?code=abc&state={state}").status_code == 403
    assert github.log == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=404, body={"message": "Not Found"}), "over an hour old"),
        (Answer(status=422, body={}), "status 422"),
        (Answer(status=302, body={}, headers={"Location": "http://127.0.0.1:9/"}), "status 302"),
        (Answer(status=201, body=["no", "object"]), "lacks"),
        (Answer(status=201, body={**MADE, "webhook_secret": None}), "lacks webhook_secret"),
        (Answer(status=201, body={**MADE, "id": "4711"}), "lacks id"),
    ],
)
def test_when_github_does_not_hand_over_the_keys(
    client: FlaskClient, settings: Settings, github: GitHub, answer: Answer, said: str
) -> None:
    """The operator reads why, nothing is stored, and the token stays good for another try."""
    github.fail("POST", CONVERSION, answer)
    failed = client.get(f"/setup/callback?code=abc&state={state_of(begin(client, settings))}")
    assert failed.status_code == 502
    assert said in html.unescape(failed.text)
    assert not (settings.data_dir / REGISTRATION).exists()
    assert registration.read_token(settings)


def test_when_github_is_out_of_reach(settings: Settings) -> None:
    """The page names the host, and the code goes no further."""
    away = replace(settings, github_api_url="http://127.0.0.1:1")
    browser = create_app(away).test_client()
    failed = browser.get(f"/setup/callback?code=abcdef&state={state_of(begin(browser, away))}")
    assert failed.status_code == 502
    assert "127.0.0.1" in failed.text
    assert "abcdef" not in failed.text


def test_when_the_keys_cannot_be_kept(client: FlaskClient, settings: Settings, github: GitHub) -> None:
    """A registration that cannot be stored says what to do about the app that now exists."""
    github.fail("POST", CONVERSION, Answer(status=201, body=MADE))
    state = state_of(begin(client, settings))
    (settings.data_dir / f"{REGISTRATION}.new").mkdir()
    failed = client.get(f"/setup/callback?code=abc&state={state}")
    assert failed.status_code == 502
    assert "Delete the app on GitHub" in failed.text


def test_settings_do_not_mix_two_apps(tmp_path: Path) -> None:
    """An app in the environment wins as a whole; a single value in the environment wins over that of the file."""
    (tmp_path / REGISTRATION).write_text(
        "GITHUB_APP_ID='1'\nGITHUB_PRIVATE_KEY='-----BEGIN A PRIVATE KEY-----'\nGITHUB_CLIENT_ID='one'\n"
    )
    other = {"DATA_DIR": str(tmp_path), "GITHUB_APP_ID": "2", "GITHUB_PRIVATE_KEY": PEM}
    loaded = environment.load(other)
    assert (loaded.github_app_id, loaded.github_client_id) == (2, "")
    rotated = environment.load({"DATA_DIR": str(tmp_path), "GITHUB_WEBHOOK_SECRET": "fresh"})
    assert (rotated.github_app_id, rotated.github_webhook_secret) == (1, "fresh")
    assert environment.load({"DATA_DIR": str(tmp_path)}, dotenv=None).github_app_id is None
