"""Contents of a push's files in one question: the same as one by one, with fewer requests, and nothing lost without it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from github_app.fact import Contents
from tests.facts import payloads as p
from tests.facts.conftest import INSTALLATION, XZ
from tests.facts.test_contents import push, wishes
from tests.standin.contents import LINK, SUBMODULE
from tests.standin.estate import Estate, Repo
from tests.standin.github import Answer, GitHub
from tests.standin.graph_nodes import Refused
from tests.standin.graphql import TROUBLE
from workers.facts.contents import MOST_PATHS, filled
from workers.github import GitHubApp, Unavailable
from workers.github_files import AT_ONCE, MOST_BYTES, ONE_BY_ONE, GitHubFiles

KINDS: dict[str, bytes] = {
    "plain.c": b"int main;\n", "empty": b"", "windows.txt": b"a\r\nb\r\n", "mark.txt": b"\xef\xbb\xbfa\n",
    "umlaut.txt": "f\u00fcr \u202e".encode(), "latin.txt": b"f\xfcr\n", "binary.o": b"a\0b", "link.c": b"plain.c",
    "large.c": b"x" * (MOST_BYTES + 1), "huge.c": b"x" * (1 << 20) + b"\n", "lost.c": b"nowhere.c", "module": b"",
    "folder": b"",
}  # fmt: skip


@pytest.fixture
def estate(github: GitHub) -> Estate:
    """Return the organisation whose repository is pushed to."""
    return Estate(github, login="tukaani-project", number=XZ.owner_id)


@pytest.fixture
def repo(estate: Estate) -> Repo:
    """Return the repository, with one commit before and one after the push."""
    made = estate.repo("xz", number=XZ.id)
    made.objects = {p.OLD: {"type": "commit"}, p.NEW: {"type": "commit"}}
    return made


@pytest.fixture
def files(app: GitHubApp) -> GitHubFiles:
    """Return what asks the stand-in for files."""
    return GitHubFiles(app)


def told(files: GitHubFiles, *paths: str, **changes: object) -> tuple[Contents, ...]:
    """Return the contents of a push that changed the paths."""
    fact = push(paths=paths, **changes)
    return filled(fact, wishes(fact), files, INSTALLATION).commits[0].contents


def asked(github: GitHub) -> tuple[int, int]:
    """Return how many questions were asked, and how many files one by one."""
    rest = [path for method, path, _ in github.log if method == "GET" and "/contents/" in path]
    return len(github.asked("POST", "/graphql")), len(rest)


def test_ten_files_before_and_after_are_one_request(github: GitHub, repo: Repo, files: GitHubFiles) -> None:
    """What was two requests for each file is one for all of them."""
    names = [f"src/{n}.c" for n in range(AT_ONCE)]
    for n, name in enumerate(names):
        repo.files[p.NEW, name] = f"new {n}".encode()
        if n:
            repo.files[p.OLD, name] = f"old {n}".encode()
    read = told(files, *names)
    assert read[0] == Contents(path="src/0.c", before=None, after="new 0")
    assert list(read[1:]) == [Contents(path=f"src/{n}.c", before=f"old {n}", after=f"new {n}") for n in range(1, AT_ONCE)]
    assert asked(github) == (1, 0)


def test_a_push_of_many_files_is_cut_later_than_one_by_one(github: GitHub, repo: Repo, files: GitHubFiles) -> None:
    """Twenty files are two requests; what is beyond has a gap."""
    names = [f"f{n}.c" for n in range(MOST_PATHS + 2)]
    repo.files = {(p.NEW, name): b"x" for name in names}
    read = told(files, *names)
    assert [c.path for c in read if c.after == "x"] == names[:MOST_PATHS]
    assert [c.path for c in read if "more than" in c.gap] == names[MOST_PATHS:]
    assert asked(github) == (MOST_PATHS // AT_ONCE, 0)


def test_a_new_branch_had_no_files(github: GitHub, repo: Repo, files: GitHubFiles) -> None:
    """Nothing is asked at a commit of zeros."""
    repo.files[p.NEW, "a.c"] = b"x"
    assert told(files, "a.c", before=p.ZERO) == (Contents(path="a.c", after="x"),)
    assert asked(github) == (1, 0)


@pytest.mark.parametrize("path", list(KINDS))
def test_a_file_says_the_same_as_one_by_one(github: GitHub, repo: Repo, files: GitHubFiles, path: str) -> None:
    """Links, encodings, sizes, folders: whatever GraphQL shows differently is asked for as before, and nothing else is."""
    repo.files |= {(p.NEW, path): KINDS[path], (p.NEW, "plain.c"): KINDS["plain.c"], (p.OLD, path): b"before\n"}
    if path == "folder":
        repo.files[p.NEW, "folder/inside"] = repo.files.pop((p.NEW, path))
    modes = {"link.c": LINK, "lost.c": LINK, "module": SUBMODULE}
    if path in modes:
        repo.modes[p.NEW, path] = modes[path]
    together = told(files, path)
    questions, alone = asked(github)
    assert (questions, alone) == (1, 1 if path in {"latin.txt", "binary.o", "link.c", "lost.c"} else 0)
    github.fail("POST", "/graphql", Answer(status=502, body={"message": "Bad gateway"}))
    assert told(files, path) == together
    assert asked(github)[1] == alone + 2
    assert together[0].before == "before\n"
    assert together[0].gap or together[0].after is not None


@pytest.mark.parametrize(
    "path", ['a"){id}}#', "a\nb", "$owner", "a:b", "\u202ea", "caf\u00e9/{x}", "f0", "@{u}", "^{tree}", "a" * 3000]
)
def test_names_of_files_are_no_part_of_the_question(github: GitHub, repo: Repo, files: GitHubFiles, path: str) -> None:
    """Paths are chosen by whoever pushes, so they travel as values."""
    repo.files[p.NEW, path] = b"x"
    assert told(files, path) == (Contents(path=path, after="x"),)
    (request,) = [r for r in github.requests if r.path == "/graphql"]
    assert request.body["query"].count(path) == {"f0": 2, "$owner": 2}.get(path, 0)
    assert json.dumps(path) in json.dumps(request.body["variables"])


@pytest.mark.parametrize("path", ["a/../../../../user", "./x", "a//b", "/x"])
def test_names_that_git_has_not_are_not_asked_for(github: GitHub, repo: Repo, files: GitHubFiles, path: str) -> None:
    """They are a gap, and cost no request."""
    (read,) = told(files, path)
    assert "not one git has" in read.gap
    assert asked(github) == (0, 0)


def limited(estate: Estate) -> None:
    """Let no points be left."""
    estate.graph.limit = 0


def refused(estate: Estate) -> None:
    """Refuse the repository's objects."""
    estate.graph.broken["Repository.object"] = Refused("Resource not accessible by integration", "FORBIDDEN")


def unfound(estate: Estate) -> None:
    """Let each file time out."""
    estate.graph.broken["Commit.file"] = Refused(TROUBLE, "")


def broken_off(estate: Estate) -> None:
    """Send half an answer."""
    estate.github.fail("POST", "/graphql", Answer(raw=b'{"data": {"repository": {"c0'))


def older(estate: Estate) -> None:
    """Be a server that has no such fields."""
    said = {"message": "Field 'file' doesn't exist on type 'Commit'", "extensions": {"code": "undefinedField"}}
    estate.github.fail("POST", "/graphql", Answer(body={"errors": [said]}))


@pytest.mark.parametrize("trouble", [limited, refused, unfound, broken_off, older])
def test_without_graphql_it_is_as_before(
    github: GitHub, estate: Estate, repo: Repo, files: GitHubFiles, trouble: Callable[[Estate], None]
) -> None:
    """As many files as ever are asked for one by one, and the others have a gap that says so."""
    names = [f"f{n}.c" for n in range(ONE_BY_ONE + 2)]
    repo.files = {(commit, name): commit.encode() for commit in (p.OLD, p.NEW) for name in names}
    trouble(estate)
    read = told(files, *names)
    assert [(c.before, c.after, c.gap) for c in read[:ONE_BY_ONE]] == [(p.OLD, p.NEW, "")] * ONE_BY_ONE
    assert [c.gap for c in read[ONE_BY_ONE:]] == ["GitHub was asked for only 6 files of this push one by one"] * 2
    assert asked(github) == (1, 2 * ONE_BY_ONE)


def test_a_part_that_is_missing_is_asked_for_alone(github: GitHub, repo: Repo, files: GitHubFiles) -> None:
    """One file that GitHub could not find out this time costs requests of its own, the others do not."""
    repo.files = {(commit, name): b"x" for commit in (p.OLD, p.NEW) for name in ("a.c", "b.c")}
    entry = {"mode": 0o100644, "object": {"oid": "a" * 40, "byteSize": 1, "text": "y"}}
    error = {"message": TROUBLE, "path": ["repository", "c1", "f0"]}
    body = {"data": {"repository": {"c0": {"f0": None, "f1": None}, "c1": {"f0": None, "f1": entry}}}, "errors": [error]}
    github.fail("POST", "/graphql", Answer(body=body))
    # What GitHub could not find out, and a text that is not what git has under that name.
    assert told(files, "a.c", "b.c") == (Contents(path="a.c", after="x"), Contents(path="b.c", after="x"))
    assert asked(github) == (1, 2)


def test_a_commit_that_is_gone_is_a_gap(github: GitHub, repo: Repo, files: GitHubFiles) -> None:
    """A forced push can leave nothing of what was before; that is not the same as a file that was not there."""
    repo.files[p.NEW, "a.c"] = b"x"
    del repo.objects[p.OLD]
    (read,) = told(files, "a.c")
    assert read.before is None
    assert "No commit found" in read.gap


def test_trouble_with_both_lets_the_push_wait(github: GitHub, estate: Estate, repo: Repo, files: GitHubFiles) -> None:
    """Where neither can be asked, nothing is judged on half of what can be known."""
    limited(estate)
    estate.limit = 0
    with pytest.raises(Unavailable):
        told(files, "a.c")
