"""How the app signs in to GitHub, what it tries again, how long it waits, and what it makes of errors."""

from __future__ import annotations

import datetime as dt
import logging
import time

import github as pygithub
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from github_app.settings import Settings
from tests.facts.conftest import APP_ID, GRANTED, INSTALLATION, XZ, Keys, settings_for
from tests.standin.github import Answer, GitHub, Installation, Request, serving
from workers.github import GitHubApp, GitHubReader, Refused, Unavailable, translated

TAG = "/repos/tukaani-project/xz/git/tags/" + "a" * 40
TOKENS = r"/app/installations/\d+/access_tokens"
COMMENTS = "/repos/tukaani-project/xz/issues/1/comments"
LIMIT = {"message": "API rate limit exceeded for installation ID 99."}


def seconds_until(at: dt.datetime) -> float:
    """Return how far away a time is."""
    return (at - dt.datetime.now(dt.UTC)).total_seconds()


def test_one_token_serves_many_questions(github: GitHub, reader: GitHubReader) -> None:
    """A token lives for an hour, so it is asked for once and sent with every question."""
    for _ in range(3):
        assert reader.tag(XZ, INSTALLATION, "a" * 40) is None
    assert github.asked("POST", TOKENS) == [201]
    assert github.asked("GET", TAG) == [404, 404, 404]


def test_a_token_is_renewed_minutes_before_it_ends(github: GitHub, reader: GitHubReader) -> None:
    """A token with less than five minutes left is not used for a question that may take long."""
    github.installations[INSTALLATION].token_seconds = 299
    reader.tag(XZ, INSTALLATION, "a" * 40)
    github.installations[INSTALLATION].token_seconds = 400
    reader.tag(XZ, INSTALLATION, "a" * 40)
    reader.tag(XZ, INSTALLATION, "a" * 40)
    assert github.asked("POST", TOKENS) == [201, 201]


def test_each_installation_has_a_client_that_is_kept(app: GitHubApp) -> None:
    """Only a kept client makes the pauses between requests that GitHub asks for."""
    assert app.client(1) is app.client(1)
    assert app.client(1) is not app.client(2)


def test_every_request_names_the_api_version(github: GitHub, reader: GitHubReader, app: GitHubApp) -> None:
    """Without it GitHub answers in the shape of whatever version is current."""
    app.slug()
    reader.tag(XZ, INSTALLATION, "a" * 40)
    assert {r.headers.get("x-github-api-version") for r in github.requests} == {"2022-11-28"}


def test_enterprise_servers_have_a_prefix(app_keys: Keys) -> None:
    """GitHub Enterprise Server serves its API below /api/v3, for the app and its installations."""
    standin = GitHub(app_id=APP_ID, public_key=app_keys.public, prefix="/api/v3")
    standin.installations[INSTALLATION] = Installation(permissions=GRANTED)
    standin.put("/repos/tukaani-project/xz/git/ref/tags/v1", {"object": {"sha": "b" * 40, "type": "commit"}})
    with serving(standin):
        app = GitHubApp(settings_for(standin, app_keys.private), pause=0)
        found = GitHubReader(app).ref(XZ, INSTALLATION, "tags/v1")
        assert app.slug() == "trust-change-alerts"
        app.close()
    assert found is not None
    assert found.sha == "b" * 40


def test_a_wrong_key_is_told_as_such(github: GitHub) -> None:
    """GitHub does not know a token signed with another key; nobody gains by asking again at once."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    app = GitHubApp(settings_for(github, other.decode()), pause=0)
    with pytest.raises(Unavailable, match="does not let the app ask") as caught:
        GitHubReader(app).tag(XZ, INSTALLATION, "a" * 40)
    app.close()
    assert seconds_until(caught.value.retry_at) > 600


def test_an_app_without_settings_is_a_mistake_of_ours() -> None:
    """The caller has to look whether an app is configured."""
    with pytest.raises(ValueError, match="GITHUB_APP_ID"):
        GitHubApp(Settings())


def test_a_removed_installation_is_not_a_missing_tag(reader: GitHubReader) -> None:
    """GitHub answers 404 for both, but only one of them says something about the tag."""
    with pytest.raises(Unavailable, match="no longer installed"):
        reader.tag(XZ, 12345, "a" * 40)


def test_a_suspended_installation_can_come_back(github: GitHub, reader: GitHubReader) -> None:
    """Whoever suspends the app must not make it forget what waits."""
    reader.tag(XZ, INSTALLATION, "a" * 40)
    github.installations[INSTALLATION].suspended = True
    with pytest.raises(Unavailable, match="suspended"):
        reader.tag(XZ, INSTALLATION, "a" * 40)


def test_reading_survives_a_bad_gateway(github: GitHub, reader: GitHubReader) -> None:
    """A question can be asked again, and is, within a second or two."""
    github.put(TAG, {"sha": "a" * 40, "tag": "v1", "object": {"sha": "b" * 40, "type": "commit"}})
    github.fail("GET", TAG, Answer(status=502), Answer(status=503))
    found = reader.tag(XZ, INSTALLATION, "a" * 40)
    assert found is not None
    assert found.target == "b" * 40
    assert github.asked("GET", TAG) == [502, 503, 200]


def test_lasting_trouble_is_given_back(github: GitHub, reader: GitHubReader) -> None:
    """After three more tries the worker says when to come back instead of going on."""
    github.fail("GET", TAG, *[Answer(status=502)] * 10)
    with pytest.raises(Unavailable) as caught:
        reader.tag(XZ, INSTALLATION, "a" * 40)
    assert github.asked("GET", TAG) == [502] * 4
    assert 20 < seconds_until(caught.value.retry_at) <= 30


def test_a_post_is_never_repeated(github: GitHub, app: GitHubApp) -> None:
    """A 502 may have created the comment already, so only a look at the page can tell whether to send it again."""
    github.fail("POST", COMMENTS, Answer(status=502), Answer(status=201))
    with pytest.raises(Unavailable), translated("a comment"):
        app.client(INSTALLATION).requester.requestJsonAndCheck("POST", COMMENTS, input={"body": "x"})
    assert github.asked("POST", COMMENTS) == [502]


def test_a_post_is_not_repeated_after_a_limit_either(github: GitHub, app: GitHubApp) -> None:
    """Not even where GitHub says how soon it would be welcome."""
    github.fail("POST", COMMENTS, Answer(status=429, body=LIMIT, headers={"Retry-After": "1"}), Answer(status=201))
    with pytest.raises(Unavailable), translated("a comment"):
        app.client(INSTALLATION).requester.requestJsonAndCheck("POST", COMMENTS, input={"body": "x"})
    assert github.asked("POST", COMMENTS) == [429]


@pytest.mark.parametrize("status", [403, 413, 429, 503])
def test_nobody_sleeps_as_long_as_github_asks(github: GitHub, reader: GitHubReader, status: int) -> None:
    """A wait of half an hour is served in the inbox, not in a worker's sleep."""
    github.fail("GET", TAG, Answer(status=status, body={"message": "slow down"}, headers={"Retry-After": "1800"}))
    started = time.monotonic()
    with pytest.raises(Unavailable, match="rate limit") as caught:
        reader.tag(XZ, INSTALLATION, "a" * 40)
    assert time.monotonic() - started < 3
    assert 1700 < seconds_until(caught.value.retry_at) <= 1800


def test_a_short_wait_is_served(github: GitHub, reader: GitHubReader) -> None:
    """One second is less trouble than giving the work back."""
    github.fail("GET", TAG, Answer(status=429, body=LIMIT, headers={"Retry-After": "1"}))
    assert reader.tag(XZ, INSTALLATION, "a" * 40) is None
    assert github.asked("GET", TAG) == [429, 404]


def test_an_exhausted_limit_is_waited_for_until_its_reset(github: GitHub, reader: GitHubReader) -> None:
    """The primary limit says when it begins anew."""
    reset = int(time.time()) + 1500
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    github.fail("GET", TAG, Answer(status=403, body=LIMIT, headers=headers))
    with pytest.raises(Unavailable) as caught:
        reader.tag(XZ, INSTALLATION, "a" * 40)
    assert abs(caught.value.retry_at.timestamp() - reset) < 5


def test_a_secondary_limit_costs_a_minute(github: GitHub, reader: GitHubReader) -> None:
    """GitHub's rules ask for at least a minute where no header says more."""
    said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
    github.fail("GET", TAG, Answer(status=403, body=said))
    with pytest.raises(Unavailable) as caught:
        reader.tag(XZ, INSTALLATION, "a" * 40)
    assert 50 < seconds_until(caught.value.retry_at) <= 61


@pytest.mark.parametrize("header", ["soon", "-5", "9" * 400, "Wed, 21 Oct 2093 07:28:00 GMT"])
def test_nonsense_in_a_header_is_no_crash(github: GitHub, reader: GitHubReader, header: str) -> None:
    """Whatever the header says, the answer is a time within two hours."""
    github.fail("GET", TAG, Answer(status=429, body=LIMIT, headers={"Retry-After": header}))
    with pytest.raises(Unavailable) as caught:
        reader.tag(XZ, INSTALLATION, "a" * 40)
    assert 0 < seconds_until(caught.value.retry_at) <= 7200


def test_what_is_not_permitted_is_a_gap_and_not_a_wait(github: GitHub, reader: GitHubReader) -> None:
    """A permission that is missing stays missing however often we ask."""
    github.fail("GET", TAG, Answer(status=403, body={"message": "Resource not accessible by integration"}))
    with pytest.raises(Refused, match="Resource not accessible by integration"):
        reader.tag(XZ, INSTALLATION, "a" * 40)
    assert github.asked("GET", TAG) == [403]


@pytest.mark.parametrize("body", [["no", "object"], "text", {"message": ["a list"]}, None])
def test_an_error_that_is_not_githubs_own_is_trouble(github: GitHub, reader: GitHubReader, body: object) -> None:
    """A proxy between us and GitHub writes errors of its own shape."""
    github.fail("GET", TAG, Answer(status=418, body=body))
    with pytest.raises((Unavailable, Refused)):
        reader.tag(XZ, INSTALLATION, "a" * 40)


def test_a_server_that_is_not_there_is_trouble(github: GitHub, app_keys: Keys) -> None:
    """Nobody listens: the same as any other trouble, and soon over."""
    github.url = "http://127.0.0.1:9"
    app = GitHubApp(settings_for(github, app_keys.private), pause=0)
    with pytest.raises(Unavailable, match="could not be asked"):
        GitHubReader(app).tag(XZ, INSTALLATION, "a" * 40)
    app.close()


def test_a_clone_token_can_only_read(github: GitHub, app: GitHubApp) -> None:
    """The token that is handed to git can do less than the app."""
    token = app.clone_token(INSTALLATION)
    assert github.permissions_of(token) == {"contents": "read", "metadata": "read"}


def test_tokens_are_not_logged(github: GitHub, reader: GitHubReader, caplog: pytest.LogCaptureFixture) -> None:
    """Even the most talkative log holds no secret."""
    caplog.set_level(logging.DEBUG)
    reader.tag(XZ, INSTALLATION, "a" * 40)
    sent = {r.headers["authorization"].split()[1] for r in github.requests}
    assert len(sent) == 2
    assert all(secret not in caplog.text for secret in sent)


def test_a_moved_repository_is_followed(github: GitHub, reader: GitHubReader) -> None:
    """GitHub redirects the old name of a renamed repository; the answer is that of the new one."""
    github.put("/repositories/1/git/tags/" + "a" * 40, {"sha": "a" * 40, "tag": "v1", "object": {"sha": "b" * 40}})
    moved = {"Location": f"{github.url}/repositories/1/git/tags/{'a' * 40}"}
    github.route("GET", TAG, lambda _: Answer(status=301, body={"message": "Moved"}, headers=moved))
    found = reader.tag(XZ, INSTALLATION, "a" * 40)
    assert found is not None
    assert found.name == "v1"


def test_a_redirect_to_another_server_is_not_followed(github: GitHub, reader: GitHubReader) -> None:
    """A token must never go to a host that was not configured."""
    away = {"Location": "http://localhost:1/repositories/1"}
    github.route("GET", TAG, lambda _: Answer(status=301, body={}, headers=away))
    with pytest.raises(Unavailable, match="another server"):
        reader.tag(XZ, INSTALLATION, "a" * 40)


def test_pygithubs_own_objects_work_with_the_client(github: GitHub, app: GitHubApp) -> None:
    """Writers use PyGithub's objects on the same client."""

    def created(request: Request) -> Answer:
        return Answer(status=201, body={"id": 1, "body": request.body["body"], "html_url": "https://github.com/x"})

    github.route("POST", COMMENTS, created)
    issue = app.client(INSTALLATION).get_repo("tukaani-project/xz").get_issue(1)
    assert isinstance(issue, pygithub.Issue.Issue)
    assert issue.create_comment("hello").body == "hello"
