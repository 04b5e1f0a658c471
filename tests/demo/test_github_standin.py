"""The GitHub stand-in keeps what it is given and refuses what GitHub refuses."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo import facts, world
from demo.standin.github import Fault, GitHub
from demo.standin.github_state import TagObject
from github_app.model import Repository
from github_app.settings import Settings
from tests.demo.conftest import HEAD, PRIVATE, Api, app_token
from workers.github import GitHubApp
from workers.history import accounts


def _other_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", app_token(issuer="7"), app_token(seconds=-120), app_token(seconds=3600), app_token(key=_other_key())],
)
def test_only_the_app_gets_tokens(hub: GitHub, token: str) -> None:
    """A missing, foreign, stale, too long or wrongly signed JWT is answered with 401."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{hub.url}/app/installations/77/access_tokens", headers=headers, timeout=5)
    assert answer.status_code == 401


def test_a_token_can_do_what_was_asked_for_only(hub: GitHub) -> None:
    """Reading is not writing, and nobody gets more than was granted."""
    reader = Api(hub, {"issues": "read"})
    assert reader("GET", "/issues/7/comments").status_code == 200
    assert reader("POST", "/issues/7/comments", {"body": "x"}).status_code == 403
    body = {"permissions": {"administration": "write"}}
    headers = {"Authorization": f"Bearer {app_token()}"}
    url = f"{hub.url}/app/installations/77/access_tokens"
    assert requests.post(url, json=body, headers=headers, timeout=5).status_code == 422


def test_without_a_good_token_nothing_is_told(hub: GitHub) -> None:
    """No token and an unknown token are both answered with 401, a suspended installation with 403."""
    url = f"{hub.url}/repos/{facts.REPOSITORY}"
    assert requests.get(url, timeout=5).status_code == 401
    assert requests.get(url, headers={"Authorization": "token ghs_x"}, timeout=5).status_code == 401
    api = Api(hub)
    hub.state.suspended = True
    assert api("GET", "").status_code == 403


def test_comments_are_kept_edited_and_limited(api: Api) -> None:
    """A comment can be made, listed, edited and removed; empty and oversized ones are refused."""
    made = api("POST", "/issues/7/comments", {"body": "one"}).json()
    assert (made["user"]["type"], made["body"]) == ("Bot", "one")
    api("PATCH", f"/issues/comments/{made['id']}", {"body": "two"})
    assert [c["body"] for c in api("GET", "/issues/7/comments").json()] == ["two"]
    assert api("POST", "/issues/7/comments", {"body": " "}).status_code == 422
    assert api("POST", "/issues/7/comments", {"body": "x" * 65_537}).status_code == 422
    assert api("DELETE", f"/issues/comments/{made['id']}").status_code == 204
    assert api("PATCH", f"/issues/comments/{made['id']}", {"body": "x"}).status_code == 404
    assert api("POST", "/issues/8/comments", {"body": "x"}).status_code == 404


def test_lists_come_in_pages(api: Api) -> None:
    """A full page names the next one in a Link header."""
    for number in range(3):
        api("POST", "/issues/7/comments", {"body": str(number)})
    first = api("GET", "/issues/7/comments?per_page=2")
    assert [c["body"] for c in first.json()] == ["0", "1"]
    following = first.links["next"]["url"].partition(facts.REPOSITORY)[2]
    assert [c["body"] for c in api("GET", following).json()] == ["2"]


def test_reviews_are_requested_from_collaborators_only(api: Api) -> None:
    """The author and strangers refuse the whole call; a collaborator is added once."""
    path = "/pulls/7/requested_reviewers"
    for wrong in (world.NEWCOMER, "nobody-here"):
        assert api("POST", path, {"reviewers": [world.MAINTAINER, wrong]}).status_code == 422
    assert api("GET", path).json()["users"] == []
    for _ in range(2):
        assert api("POST", path, {"reviewers": [world.MAINTAINER.lower()]}).status_code == 201
    assert [u["login"] for u in api("GET", path).json()["users"]] == [world.MAINTAINER]


def test_checks_follow_the_rules(api: Api) -> None:
    """A check hangs on a known commit, a conclusion completes it, and what is too long or too much is refused."""
    output = {"title": "t", "summary": "s"}
    made = api("POST", "/check-runs", {"name": "trust", "head_sha": HEAD, "output": output}).json()
    assert (made["status"], made["conclusion"]) == ("queued", None)
    done = api("PATCH", f"/check-runs/{made['id']}", {"conclusion": "neutral"}).json()
    assert (done["status"], done["conclusion"], done["output"]["title"]) == ("completed", "neutral", "t")
    assert api("GET", f"/commits/{HEAD}/check-runs?check_name=trust").json()["total_count"] == 1
    action = {"label": "x" * 21, "description": "d", "identifier": "i"}
    for wrong in (
        {"head_sha": "1" * 40},
        {"conclusion": "good"},
        {"output": {"title": "t"}},
        {"actions": [action]},
        {"actions": [{**action, "label": "x"}] * 4},
        {"output": {"title": "t", "summary": "x" * 65_536}},
    ):
        assert api("POST", "/check-runs", {"name": "trust", "head_sha": HEAD, **wrong}).status_code == 422, wrong


def test_tags_carry_the_signature_and_no_false_verdict(hub: GitHub, api: Api) -> None:
    """A tag object is found through its ref and is never called verified."""
    repo = hub.repo(facts.REPOSITORY)
    repo.tags["a" * 40] = TagObject(
        sha="a" * 40, name="v1", target="b" * 40, tagger_name="J", tagger_email="j@x", at=world.START, signature="SIG"
    )
    repo.refs["refs/tags/v1"] = ("tag", "a" * 40)
    assert api("GET", "/git/ref/tags/v1").json()["object"] == {
        "type": "tag", "sha": "a" * 40, "url": f"{hub.url}/repos/{facts.REPOSITORY}/git/tags/{'a' * 40}",
    }  # fmt: skip
    verification = api("GET", f"/git/tags/{'a' * 40}").json()["verification"]
    assert (verification["verified"], verification["reason"], verification["signature"]) == (False, "unknown_key", "SIG")
    assert api("GET", "/git/ref/tags/v").status_code == 404


def test_the_repository_can_be_cloned_without_blobs(hub: GitHub, tmp_path: Path) -> None:
    """A partial clone over HTTP works and really leaves the contents out."""
    url, clone = f"{hub.url}/{facts.REPOSITORY}.git", tmp_path / "clone.git"
    command = ["git", "clone", "--quiet", "--bare", "--filter=blob:none", url, str(clone)]
    subprocess.run(command, check=True)  # noqa: S603
    command = ["git", "-C", str(clone), "rev-list", "--objects", "--missing=print", facts.BRANCH]
    counted = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    assert any(line.startswith("?") for line in counted.splitlines())


def test_private_repositories_want_a_token(hub: GitHub, api: Api) -> None:
    """Git asks for a password, and an installation token is one."""
    hub.repo(facts.REPOSITORY).private = True
    url = f"{hub.url}/{facts.REPOSITORY}.git/info/refs?service=git-upload-pack"
    assert requests.get(url, timeout=5).status_code == 401
    assert requests.get(url, auth=("x-access-token", api.token), timeout=5).status_code == 200


def test_faults_are_met_once_and_may_take_effect_first(hub: GitHub, api: Api) -> None:
    """A made failure answers one request; with `after` the comment exists although the answer was an error."""
    hub.faults.append(Fault(method="POST", path=".*/comments", status=502, headers={}, after=True))
    assert api("POST", "/issues/7/comments", {"body": "x"}).status_code == 502
    assert [c["body"] for c in api("GET", "/issues/7/comments").json()] == ["x"]
    hub.faults.append(Fault(method="GET", path=".*/comments", status=429, headers={"Retry-After": "1"}))
    assert api("GET", "/issues/7/comments").headers["Retry-After"] == "1"
    assert api("GET", "/issues/7/comments").status_code == 200


def test_what_is_not_built_is_noticed(hub: GitHub, api: Api) -> None:
    """An unknown route answers 404 and is remembered, so that the demo can say so."""
    assert api("GET", "/autolinks").status_code == 404
    assert hub.state.unknown == [f"GET /repos/{facts.REPOSITORY}/autolinks"]


def test_the_pages_show_what_the_app_wrote(hub: GitHub, api: Api) -> None:
    """A comment is drawn on the pull request's page, safe, with a mention that would notify marked as one."""
    api("POST", "/issues/7/comments", {"body": "<!-- mark -->\n**look** <script>bad()</script> @Larhzu `@quiet`"})
    page = requests.get(f"{hub.url}/{facts.REPOSITORY}/pull/7", timeout=5).text
    assert "<strong>look</strong>" in page
    assert "bad()" not in page
    assert "mark" not in page.partition("<strong>look")[0].rpartition("<article")[2]
    assert page.count('class="mention"') == 1
    for path in ("", "/issues/9001"):
        expected = 200 if path == "" else 404
        assert requests.get(f"{hub.url}/{facts.REPOSITORY}{path}", timeout=5).status_code == expected


def test_it_tells_whose_accounts_a_past_has_and_who_merged(hub: GitHub, bare: Path) -> None:
    """The app's own questions are answered: people of the repository's commits and tags, and the merges of the story."""
    command = ["git", "-C", str(bare), "rev-list", "--all", "--max-count=60"]
    tips = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603
    pull = hub.state.repos[facts.REPOSITORY.lower()].pulls[7]
    pull.merged_at, pull.merged_by = pull.created_at, world.NEWCOMER
    settings = Settings(github_app_id=42, github_private_key=PRIVATE, github_api_url=hub.url)
    app = GitHubApp(settings, pause=0, pause_writes=0)
    repository = Repository(id=world.REPOSITORY_ID, full_name=facts.REPOSITORY, default_branch="master")
    about = (app, hub.state.installation_id, repository)
    found = {(person.login, person.email) for person in accounts.accounts(*about, [*tips, "0" * 40])}
    merged = [(fact.number, fact.actor.login if fact.actor else "") for fact in accounts.merges(*about)]
    app.close()
    assert (world.MAINTAINER, "lasse.collin@tukaani.org") in found
    assert {login for login, _ in found} <= set(world.LOGINS.values())
    assert merged == [(7, world.NEWCOMER)]
    assert hub.state.unknown == []
