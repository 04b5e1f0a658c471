"""Questions in GraphQL: what is an answer, what is trouble that passes, and what is a refusal."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from tests.facts.conftest import INSTALLATION, Keys, settings_for
from tests.standin.github import Answer, GitHub
from workers.github import GitHubApp, Refused, Unavailable
from workers.github_graphql import ask

QUERY = "{rateLimit{cost remaining}}"
FORBIDDEN = {"type": "FORBIDDEN", "path": ["rateLimit"], "message": "Resource not accessible by integration"}
TIMEOUT = {"message": "Something went wrong while executing your query.", "path": ["rateLimit"]}
UNKNOWN = {"message": "Field 'x' doesn't exist on type 'Query'", "extensions": {"code": "undefinedField"}}


def asked(app: GitHubApp, github: GitHub, *answers: Answer) -> Any:
    """Ask what is answered so."""
    github.fail("POST", "/graphql", *answers)
    return ask(app, INSTALLATION, QUERY, {}, "the limits")


def test_an_answer_has_what_was_asked(app: GitHubApp, github: GitHub) -> None:
    """Data without errors are whole."""
    answer = asked(app, github, Answer(body={"data": {"rateLimit": {"cost": 1}}}))
    assert answer.whole("the limits") == {"rateLimit": {"cost": 1}}


def test_gaps_are_told_beside_the_data(app: GitHubApp, github: GitHub) -> None:
    """A refusal of a part lasts, so the rest is whole; what GitHub could not find out may pass, so it is not."""
    answer = asked(app, github, Answer(body={"data": {"rateLimit": None}, "errors": [FORBIDDEN]}))
    assert answer.whole("the limits") == {"rateLimit": None}
    assert [(g.path, g.kind, g.may_pass) for g in answer.gaps] == [(("rateLimit",), "FORBIDDEN", False)]
    answer = asked(app, github, Answer(body={"data": {"rateLimit": None}, "errors": [FORBIDDEN, TIMEOUT]}))
    with pytest.raises(Unavailable, match="could not find out the limits: Something went wrong"):
        answer.whole("the limits")


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_the_limit_says_when_to_come_back(app: GitHubApp, github: GitHub, kind: str) -> None:
    """Going over the limit has status 200; its end is in the headers."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1200)}
    body = {"errors": [{"type": kind, "message": "API rate limit exceeded"}]}
    with pytest.raises(Unavailable) as caught:
        asked(app, github, Answer(body=body, headers=headers))
    assert 1100 < (caught.value.retry_at - dt.datetime.now(dt.UTC)).total_seconds() < 1300


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (Answer(body={"data": None, "errors": [FORBIDDEN]}), Refused, "does not answer .*not accessible"),
        (Answer(body={"errors": [UNKNOWN]}), Refused, "doesn't exist on type"),
        (Answer(body={"data": None, "errors": [TIMEOUT]}), Unavailable, "Something went wrong"),
        (Answer(body={"data": None, "errors": [FORBIDDEN, TIMEOUT]}), Unavailable, "could not find out"),
        (Answer(body={"data": None}), Unavailable, "neither data nor an error"),
        (Answer(body=[1]), Unavailable, "neither data nor an error"),
        (Answer(body={"data": None, "errors": ["?", {"path": 7, "message": ["?"]}]}), Unavailable, "no reason given"),
        (Answer(raw=b'{"data": {"rateL'), Unavailable, "answered 502"),
        (Answer(status=502, body={"message": "Bad gateway"}), Unavailable, "answered 502"),
        (Answer(status=502, body=["?"]), Unavailable, "answered 502"),
        (Answer(status=404, body={"message": "Not Found"}), Refused, "answered 404"),
        (Answer(status=403, body={"message": "secondary rate limit"}, headers={"Retry-After": "60"}), Unavailable, "limit"),
        (Answer(status=403, body={"message": "This installation has been suspended"}), Unavailable, "suspended"),
    ],
)
def test_no_answer_is_trouble_that_passes_or_a_refusal(
    app: GitHubApp, github: GitHub, answer: Answer, error: type[Exception], says: str
) -> None:
    """Whatever comes back, it is one of the two; the question is sent once, and again only with a new token."""
    with pytest.raises(error, match=says):
        asked(app, github, answer, answer)
    assert github.asked("POST", "/graphql") == [answer.status] * (2 if answer.status == 401 else 1)


def test_a_token_that_is_over_is_replaced_once(app: GitHubApp, github: GitHub) -> None:
    """A POST as well: what GitHub does not know the sender of, it has not done."""
    over = Answer(status=401, body={"message": "Bad credentials"})
    with pytest.raises(Unavailable, match="Bad credentials"):
        asked(app, github, over, over)
    assert github.asked("POST", "/graphql") == [401, 401]


def test_questions_do_not_wait_as_writes_do(github: GitHub, app_keys: Keys) -> None:
    """GitHub wants a second between writes; a question is none, though it is a POST."""
    app = GitHubApp(settings_for(github, app_keys.private), pause_writes=60)
    github.fail("POST", "/graphql", *[Answer(body={"data": {}})] * 2)
    began = time.monotonic()
    for _ in range(2):
        ask(app, INSTALLATION, QUERY, {}, "the limits")
    assert time.monotonic() - began < 5
    assert len(github.asked("POST", r"/app/installations/99/access_tokens")) == 1
    app.close()
