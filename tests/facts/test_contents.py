"""Contents of the few paths of a push that detectors ask for: which are asked for, at which commits, and what is a gap.

GitHub answers no GraphQL here, so each is a request of its own; `test_contents_together.py` is about what it answers.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from github_app.fact import CommitsLanded, Contents
from tests.facts import payloads as p
from tests.facts.conftest import INSTALLATION, XZ
from tests.standin.github import Answer, GitHub
from workers.detectors import Wish
from workers.facts.contents import MOST_PATHS, filled
from workers.github import GitHubApp, Refused, Unavailable
from workers.github_files import MOST_BYTES, ONE_BY_ONE, GitHubFiles

PATH = ".github/CODEOWNERS"
WHERE = f"/repos/tukaani-project/xz/contents/{PATH}"


@pytest.fixture
def files(app: GitHubApp) -> GitHubFiles:
    """Return what asks the stand-in for files."""
    return GitHubFiles(app)


def file(text: str | bytes, **changes: Any) -> Answer:
    """Return GitHub's answer about a file."""
    raw = text.encode() if isinstance(text, str) else text
    body = {"type": "file", "encoding": "base64", "size": len(raw), "content": base64.encodebytes(raw).decode()}
    return Answer(body=body | changes)


def push(*shas: str, paths: tuple[str, ...] = (PATH,), **changes: Any) -> CommitsLanded:
    """Return a push of commits that all touch the paths."""
    made = [p.commit(sha, modified=list(paths)) for sha in shas or (p.NEW,)]
    fact = p.only("push", p.push(commits=made, **changes))
    assert isinstance(fact, CommitsLanded)
    return fact


def wishes(fact: CommitsLanded) -> list[Wish]:
    """Wish for everything."""
    return [Wish(commit.sha, change.path) for commit in fact.commits for change in commit.paths]


def test_a_file_is_asked_for_before_and_after_the_push(github: GitHub, files: GitHubFiles) -> None:
    """The last commit that touches it carries what the whole push did to it."""
    github.fail("GET", WHERE, file("* @a"), file("* @eve"))
    fact = push("a" * 40, p.NEW)
    told = filled(fact, wishes(fact), files, INSTALLATION)
    assert [c.contents for c in told.commits] == [(), (Contents(path=PATH, before="* @a", after="* @eve"),)]
    assert [r.query for r in github.requests if r.path == WHERE] == [{"ref": [p.OLD]}, {"ref": [p.NEW]}]


def test_nothing_is_asked_without_a_wish(github: GitHub, files: GitHubFiles) -> None:
    """Most pushes cost no request."""
    fact = push()
    assert filled(fact, [], files, INSTALLATION) is fact
    assert github.requests == []


def test_a_file_that_was_not_there_is_no_gap(github: GitHub, files: GitHubFiles) -> None:
    """GitHub answers 404 for it."""
    github.fail("GET", WHERE, Answer(status=404, body={"message": "Not Found"}), file("* @a"))
    fact = push()
    assert filled(fact, wishes(fact), files, INSTALLATION).commits[0].contents == (Contents(path=PATH, after="* @a"),)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(status=404, body={"message": "No commit found for the ref 111"}), "No commit found"),
        (Answer(status=403, body={"message": "Resource not accessible by integration"}), "403"),
        (file("x", size=MOST_BYTES + 1, content="", encoding="none"), "larger than 256 KiB"),
        (file(b"a\0b"), "not text"),
        (file("x", type="symlink"), "no file"),
        (Answer(body=[{"type": "file"}]), "no file"),
        (file("x", content="?"), "cannot be read"),
    ],
)
def test_what_github_does_not_show_is_a_gap(github: GitHub, files: GitHubFiles, answer: Answer, says: str) -> None:
    """The fact says what was not known, and the judgement goes on."""
    github.fail("GET", WHERE, answer, answer)
    fact = push()
    (read,) = filled(fact, wishes(fact), files, INSTALLATION).commits[0].contents
    assert (read.before, read.after) == (None, None)
    assert says in read.gap


@pytest.mark.parametrize(
    "trouble", [Answer(status=429, body={"message": "x"}, headers={"Retry-After": "600"}), Answer(raw=b'{"type": "fi')]
)
def test_trouble_lets_the_push_wait(github: GitHub, files: GitHubFiles, trouble: Answer) -> None:
    """A rate limit says when to come back, and half an answer is none; half a fact is not judged."""
    github.fail("GET", WHERE, *[trouble] * 2)
    fact = push()
    with pytest.raises(Unavailable):
        filled(fact, wishes(fact), files, INSTALLATION)


def test_a_push_of_many_files_is_cut(github: GitHub, files: GitHubFiles) -> None:
    """What is beyond the limit costs no request and has a gap."""
    names = tuple(f"f{n}.c" for n in range(MOST_PATHS + 2))
    fact = push(paths=names)
    told = filled(fact, wishes(fact), files, INSTALLATION).commits[0].contents
    assert [c.path for c in told if "more than" in c.gap] == list(names[MOST_PATHS:])
    assert [c.path for c in told if "one by one" in c.gap] == list(names[ONE_BY_ONE:MOST_PATHS])
    assert len([r for r in github.requests if "/contents/" in r.path]) == 2 * ONE_BY_ONE


def test_a_replay_has_nobody_to_ask() -> None:
    """Every wish leaves a gap."""
    fact = push()
    (read,) = filled(fact, wishes(fact), None, None).commits[0].contents
    assert read.gap == "GitHub was not asked for its contents"


def test_a_new_branch_had_no_files(github: GitHub, files: GitHubFiles) -> None:
    """Nothing is asked at a commit of zeros."""
    github.fail("GET", WHERE, file("* @a"))
    fact = push(before=p.ZERO)
    assert filled(fact, wishes(fact), files, INSTALLATION).commits[0].contents == (Contents(path=PATH, after="* @a"),)


@pytest.mark.parametrize("path", ["a/../../../../user", "./x", "a//b", "/x"])
def test_names_of_files_cannot_lead_elsewhere(github: GitHub, files: GitHubFiles, path: str) -> None:
    """A path is part of one address, or it is not asked for."""
    with pytest.raises(Refused):
        files.file(XZ, INSTALLATION, path, p.NEW)
    assert files.file(XZ, INSTALLATION, "a?x=1#y%2f", p.NEW) is None
    assert [r.path for r in github.requests if "contents" in r.path] == ["/repos/tukaani-project/xz/contents/a?x=1#y%2f"]
