"""What the policy asks GitHub, over HTTP."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from github_app.policy import PATH, Place, parse
from tests.facts.conftest import INSTALLATION, XZ, app, app_keys, github
from tests.standin.github import Answer, GitHub
from workers.github import GitHubApp, Refused, Unavailable
from workers.github_policy import FileAt, GitHubPolicyReader
from workers.github_writer import GitHubWriter

__all__ = ["app", "app_keys", "github"]

WHERE = f"/repos/{XZ.full_name}/contents/{PATH}"
FILE = {"type": "file", "encoding": "base64", "size": 10, "sha": "b" * 40, "content": "dmVyc2lvbjogMQ==\n"}


def file(app: GitHubApp, **asked: str) -> FileAt:
    """Ask for the file."""
    return GitHubPolicyReader(app).file(XZ.full_name, INSTALLATION, PATH, **asked)


def test_a_file_is_told_with_its_version(github: GitHub, app: GitHubApp) -> None:
    """Content, the blob's name and the mark for the next question come back; the commit asked for is named."""
    github.route("GET", WHERE, lambda _: Answer(body=FILE, headers={"ETag": '"x"'}))
    assert file(app, ref="a" * 40) == FileAt(version="b" * 40, etag='"x"', data=b"version: 1")
    assert github.requests[-1].query == {"ref": ["a" * 40]}


def test_an_unchanged_file_is_not_sent_again(github: GitHub, app: GitHubApp) -> None:
    """A question with the mark of the last answer is answered with 304."""
    github.route("GET", WHERE, lambda r: Answer(status=304 if r.headers.get("if-none-match") == '"x"' else 200, body=FILE))
    assert file(app, etag='"x"').same
    assert not file(app, etag='"y"').same


@pytest.mark.parametrize(
    "shown",
    [None, [FILE], {"type": "dir"}, {"type": "submodule", "sha": "b"}, {"type": "symlink", "target": "/etc/passwd"}],
)
def test_what_is_no_file_is_none(github: GitHub, app: GitHubApp, shown: Any) -> None:
    """A folder, a link or nothing in its place is no policy."""
    if shown is not None:
        github.put(WHERE, shown)
    assert file(app) == FileAt()


def test_a_file_beyond_a_megabyte_is_refused_by_whoever_reads_it(github: GitHub, app: GitHubApp) -> None:
    """GitHub sends no content for it; the reader of the policy says that it is too large."""
    github.put(WHERE, {**FILE, "encoding": "none", "content": "", "size": 3_000_000})
    (problem,) = parse(file(app).data, where=Place.REPOSITORY).problems
    assert problem.message == "the file has 1,000,000 bytes; at most 65,536 are read"


def test_trouble_has_the_two_kinds_of_all_questions(github: GitHub, app: GitHubApp) -> None:
    """Whoever asks learns whether to ask again."""
    github.fail("GET", WHERE, *[Answer(status=502, body={"message": "x"})] * 9)
    with pytest.raises(Unavailable):
        file(app)
    with pytest.raises(Refused):
        GitHubPolicyReader(app).file("not a repository", INSTALLATION, PATH)
    github.put(f"/repos/{XZ.full_name}/contents/x", {**FILE, "content": "?" * 3})
    with pytest.raises(Unavailable):
        GitHubPolicyReader(app).file(XZ.full_name, INSTALLATION, "x")


def test_all_files_of_a_pull_request_are_looked_through(github: GitHub, app: GitHubApp) -> None:
    """A file on the third page counts, and so does the name that a file had before."""
    pages = {1: [f"a{i}" for i in range(100)], 2: [f"b{i}" for i in range(100)], 3: ["c"]}
    github.route(
        "GET",
        f"/repos/{XZ.full_name}/pulls/7/files",
        lambda r: Answer(body=[{"filename": n, "previous_filename": f"old-{n}"} for n in pages[int(r.query["page"][0])]]),
    )
    paths = GitHubPolicyReader(app).pull_paths(XZ.full_name, INSTALLATION, 7)
    assert {"a0", "b99", "c", "old-c"} <= paths


def test_a_team_is_asked_by_its_slug(github: GitHub, app: GitHubApp) -> None:
    """GitHub takes teams apart from people, and shows which teams were asked already."""
    where = f"/repos/{XZ.full_name}/pulls/7"
    github.route("POST", f"{where}/requested_reviewers", lambda _: Answer(status=201, body={}))
    github.put(where, {"state": "open", "user": {"login": "a", "id": 1}, "requested_teams": [{"slug": "security"}]})
    writer = GitHubWriter(app)
    assert writer.request_review(XZ, INSTALLATION, 7, "tukaani-project/security")
    assert github.requests[-1].body == {"team_reviewers": ["security"]}
    assert writer.pull(XZ, INSTALLATION, 7).requested == ("tukaani-project/security",)


def test_the_content_is_what_git_holds() -> None:
    """The sample above is the file that the test says."""
    assert base64.b64decode(str(FILE["content"])) == b"version: 1"
