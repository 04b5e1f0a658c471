"""Whatever comes instead of GitHub's answer is no answer: it is waited for, soon given back, and never read as "none"."""

from __future__ import annotations

import datetime as dt
import socket
import time
from collections.abc import Iterator

import pytest

from tests.facts.conftest import INSTALLATION, XZ, Keys, settings_for
from tests.standin.github import Answer, GitHub, Request
from tests.standin.trouble import TROUBLES, soon_tired
from workers.github import GitHubApp, GitHubReader, Unavailable
from workers.github_files import GitHubFiles
from workers.github_policy import GitHubPolicyReader

COMMIT, SHA = "b" * 40, "a" * 40
REPO = f"/repos/{XZ.full_name}"
QUESTIONS = {
    "pulls": lambda app: GitHubReader(app).pulls_of_commit(XZ, INSTALLATION, COMMIT),
    "role": lambda app: GitHubReader(app).role(XZ, INSTALLATION, "jia"),
    "tag": lambda app: GitHubReader(app).tag(XZ, INSTALLATION, SHA),
    "ref": lambda app: GitHubReader(app).ref(XZ, INSTALLATION, "tags/v1"),
    "keys": lambda app: GitHubReader(app).gpg_keys(INSTALLATION, "jia"),
    "file": lambda app: GitHubFiles(app).file(XZ, INSTALLATION, "configure.ac", COMMIT),
    "policy": lambda app: GitHubPolicyReader(app).file(XZ.full_name, INSTALLATION, ".github/trust-alerts.yml"),
    "policy again": lambda app: GitHubPolicyReader(app).file(XZ.full_name, INSTALLATION, "x.yml", etag='"1"'),
    "paths": lambda app: GitHubPolicyReader(app).pull_paths(XZ.full_name, INSTALLATION, 1),
}


@pytest.fixture(autouse=True)
def tired() -> Iterator[None]:
    """Wait for moments only."""
    with soon_tired():
        yield


def seconds_until(at: dt.datetime) -> float:
    """Return how far away a time is."""
    return (at - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_no_trouble_is_an_answer(github: GitHub, app: GitHubApp, trouble: Answer) -> None:
    """Each question ends in "ask again then and then", within two hours, and in no value."""
    for question in QUESTIONS.values():
        github.fail("GET", f"{REPO}/.*|/users/.*", *[trouble] * 8)
        with pytest.raises(Unavailable) as caught:
            question(app)
        assert 0 < seconds_until(caught.value.retry_at) <= 7200
        github.well()


def test_silence_is_not_waited_for_four_times(github: GitHub, reader: GitHubReader) -> None:
    """A server that hangs would hold up a worker for four times as long if it were asked again at once."""
    for answer in (Answer(hangs=True), Answer(raw=b"[" + b" " * 99, sent=9, hangs=True)):
        github.fail("GET", f"{REPO}/.*", answer)
        before = len(github.requests)
        with pytest.raises(Unavailable, match="could not be asked"):
            reader.pulls_of_commit(XZ, INSTALLATION, COMMIT)
        assert len([r for r in github.requests[before:] if r.method == "GET"]) == 1


def test_a_server_that_takes_no_connection_is_not_waited_for(github: GitHub, app_keys: Keys) -> None:
    """Its queue is full, as behind a firewall that drops: connecting alone takes for ever."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        github.url = f"http://127.0.0.1:{full.getsockname()[1]}"
        app = GitHubApp(settings_for(github, app_keys.private), pause=0)
        started = time.monotonic()
        with pytest.raises(Unavailable, match="could not be asked"):
            GitHubReader(app).role(XZ, INSTALLATION, "jia")
        assert time.monotonic() - started < 2
        app.close()


@pytest.mark.parametrize(("header", "seconds"), [(900, 900), (-900, 60)])
def test_a_date_is_waited_for(github: GitHub, reader: GitHubReader, header: int, seconds: int) -> None:
    """Retry-After may be a date (RFC 9110, 10.2.3); one that is over says nothing, so it is the minute GitHub asks for."""
    at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=header)
    said = {"Retry-After": at.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    github.fail("GET", f"{REPO}/.*", *[Answer(status=429, body={"message": "slow down"}, headers=said)] * 5)
    with pytest.raises(Unavailable) as caught:
        reader.role(XZ, INSTALLATION, "jia")
    assert abs(seconds_until(caught.value.retry_at) - seconds) < 5


def test_a_limit_that_is_over_by_our_clock_costs_a_minute(github: GitHub, reader: GitHubReader) -> None:
    """One of the clocks is wrong; asking every second until they agree would be held against us."""
    github.fail("GET", f"{REPO}/.*", *[TROUBLES["primary limit that is over"]] * 5)
    with pytest.raises(Unavailable) as caught:
        reader.role(XZ, INSTALLATION, "jia")
    assert 50 < seconds_until(caught.value.retry_at) <= 61


def test_a_revoked_token_is_replaced_at_once(github: GitHub, reader: GitHubReader) -> None:
    """It would be good for most of an hour by what it says itself."""
    github.put(f"{REPO}/collaborators/jia/permission", {"permission": "write", "role_name": "maintain"})
    assert reader.role(XZ, INSTALLATION, "jia") == "maintain"
    github.end_tokens()
    assert reader.role(XZ, INSTALLATION, "jia") == "maintain"
    assert github.asked("GET", f"{REPO}/collaborators/.*") == [200, 401, 200]


def test_being_sent_in_a_circle_ends(github: GitHub, reader: GitHubReader) -> None:
    """Two addresses that each point at the other."""

    def other(request: Request) -> Answer:
        to = (
            "/repositories/2/collaborators/jia/permission"
            if request.path.startswith("/repos/")
            else f"{REPO}/collaborators/jia/permission"
        )
        return Answer(status=301, body={"message": "Moved"}, headers={"Location": f"{github.url}{to}"})

    github.route("GET", rf"{REPO}/collaborators/jia/permission|/repositories/2/collaborators/jia/permission", other)
    with pytest.raises(Unavailable):
        reader.role(XZ, INSTALLATION, "jia")
    assert len(github.asked("GET", f"{REPO}/.*|/repositories/.*")) <= 4


def test_what_was_asked_for_is_asked_where_we_are_sent(github: GitHub, app: GitHubApp) -> None:
    """A renamed repository: the page that is wanted must not become the first page on the way."""
    full = [{"filename": f"{n}.c"} for n in range(100)]
    github.route("GET", f"{REPO}/pulls/1/files", lambda _: Answer(status=301, body={"message": "Moved"}, headers={
        "Location": f"{github.url}/repositories/2/pulls/1/files"}))  # fmt: skip
    github.route("GET", "/repositories/2/pulls/1/files", lambda r: Answer(
        body=full if r.query.get("page") == ["1"] else [{"filename": "last.c"}]))  # fmt: skip
    found = GitHubPolicyReader(app).pull_paths(XZ.full_name, INSTALLATION, 1)
    assert len(found) == 101
