"""What the reader makes of GitHub's answers."""

from __future__ import annotations

import pytest

from github_app.model import Person, Repository
from tests.facts.conftest import INSTALLATION, XZ
from tests.standin.github import Answer, GitHub
from workers.github import GitHubReader, GpgKey, PullRef, RefTarget, Refused

SHA, COMMIT = "a" * 40, "b" * 40
REPO = "/repos/tukaani-project/xz"


def test_a_tag_object_is_read_with_githubs_verdict(github: GitHub, reader: GitHubReader) -> None:
    """Tagger, target, signature and verdict come in one answer."""
    proof = {"verified": False, "reason": "unknown_key", "signature": "-----BEGIN", "payload": "object", "verified_at": None}
    tagger = {"name": "Jia Tan", "email": "jiat0218@gmail.com", "date": "2023-06-27T14:34:55Z"}
    body = {"sha": SHA, "tag": "v5.4.4", "tagger": tagger, "message": "XZ", "verification": proof}
    github.put(f"{REPO}/git/tags/{SHA}", body | {"object": {"type": "commit", "sha": COMMIT, "url": "https://x"}})
    found = reader.tag(XZ, INSTALLATION, SHA)
    assert found is not None
    assert (found.sha, found.name, found.target) == (SHA, "v5.4.4", COMMIT)
    assert found.tagger == Person(name="Jia Tan", email="jiat0218@gmail.com")
    assert (found.verified, found.reason, found.signature, found.payload) == (False, "unknown_key", "-----BEGIN", "object")


@pytest.mark.parametrize(
    "body",
    [
        {"sha": SHA},
        {"sha": SHA, "tagger": 5, "verification": [], "object": None},
        {"sha": SHA, "verification": {"verified": "yes"}},
    ],
)
def test_a_tag_object_may_lack_everything(github: GitHub, reader: GitHubReader, body: object) -> None:
    """What is missing is empty; it is not guessed."""
    github.put(f"{REPO}/git/tags/{SHA}", body)
    found = reader.tag(XZ, INSTALLATION, SHA)
    assert found is not None
    assert (found.tagger, found.verified, found.signature, found.target) == (None, None, "", "")


def test_no_tag_object_is_an_answer(reader: GitHubReader) -> None:
    """A lightweight tag has none."""
    assert reader.tag(XZ, INSTALLATION, COMMIT) is None


@pytest.mark.parametrize("name", ["v1.0", "release/1.0", "v1+b%20#?"])
def test_a_ref_is_found_by_its_name(github: GitHub, reader: GitHubReader, name: str) -> None:
    """Names of tags may hold slashes and signs that mean something in a URL."""
    github.put(f"{REPO}/git/ref/tags/{name}", {"ref": f"refs/tags/{name}", "object": {"type": "tag", "sha": SHA}})
    assert reader.ref(XZ, INSTALLATION, f"tags/{name}") == RefTarget(sha=SHA, kind="tag")
    assert reader.ref(XZ, INSTALLATION, "tags/other") is None


def test_pull_requests_of_a_commit_tell_merged_ones(github: GitHub, reader: GitHubReader) -> None:
    """GitHub's list has no `merged`, but the time of the merge."""
    merged = {"number": 7, "merged_at": "2022-02-07T14:00:00Z", "merge_commit_sha": COMMIT, "state": "closed"}
    still_open = {"number": 8, "merged_at": None, "merge_commit_sha": SHA, "state": "open"}
    github.put(f"{REPO}/commits/{COMMIT}/pulls", [merged, still_open, {"number": "nine"}, None])
    assert reader.pulls_of_commit(XZ, INSTALLATION, COMMIT) == [
        PullRef(number=7, merged=True, merge_sha=COMMIT),
        PullRef(number=8, merged=False, merge_sha=SHA),
    ]


def test_a_commit_github_does_not_have_belongs_to_no_pull_request(github: GitHub, reader: GitHubReader) -> None:
    """It was pushed over, say; GitHub answers 422 for it."""
    github.fail("GET", f"{REPO}/commits/{COMMIT}/pulls", Answer(status=422, body={"message": "No commit found for SHA"}))
    assert reader.pulls_of_commit(XZ, INSTALLATION, COMMIT) == []


def test_a_repository_out_of_sight_is_not_an_answer(reader: GitHubReader) -> None:
    """404 does not mean that the commit came without a pull request."""
    with pytest.raises(Refused, match="404"):
        reader.pulls_of_commit(XZ, INSTALLATION, COMMIT)


def test_subkeys_belong_to_their_primary_key(github: GitHub, reader: GitHubReader) -> None:
    """Long ids as GitHub lists them, in capitals."""
    keys = [{"key_id": "38ee757d69184620", "subkeys": [{"key_id": "AAAABBBBCCCCDDDD"}, {"key_id": None}]}, {"key_id": None}]
    github.put("/users/Larhzu/gpg_keys", keys)
    expected = GpgKey(primary="38EE757D69184620", subkeys=("AAAABBBBCCCCDDDD",))
    assert reader.gpg_keys(INSTALLATION, "Larhzu") == [expected]
    assert reader.gpg_keys(INSTALLATION, "dependabot[bot]") == []


@pytest.mark.parametrize(
    ("body", "role"),
    [
        ({"permission": "write", "role_name": "maintain"}, "maintain"),
        ({"permission": "read", "role_name": "triage"}, "triage"),
        ({"permission": "write", "role_name": "release-team"}, "write"),
        ({"permission": "admin"}, "admin"),
        ({"permission": "none"}, "none"),
    ],
)
def test_the_name_of_a_role_is_the_truth(github: GitHub, reader: GitHubReader, body: object, role: str) -> None:
    """`permission` calls maintain write and triage read; a custom role's name says nothing of its power."""
    github.put(f"{REPO}/collaborators/JiaT75/permission", body)
    assert reader.role(XZ, INSTALLATION, "JiaT75") == role


@pytest.mark.parametrize("name", ["../../app", "a/b/c", "a b/c", "xz"])
def test_a_name_that_is_no_repositorys_is_never_asked_for(github: GitHub, reader: GitHubReader, name: str) -> None:
    """What came from outside must not choose another address."""
    with pytest.raises(Refused):
        reader.tag(Repository(id=1, full_name=name), INSTALLATION, SHA)
    assert github.requests == []
