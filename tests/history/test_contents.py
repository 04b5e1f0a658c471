"""Contents of the few files that detectors ask for, out of repositories that have, lack or may fetch them."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from github_app.fact import CommitsLanded, Contents
from tests.history.repos import ANN, BOB, DAY, EVE, START, Builder, git, landed
from tests.history.server import GitServer, serving
from workers.backtest import run
from workers.detectors import Wish
from workers.history import blobs, clone, contents
from workers.history.git import Git

GUARDED = 'safe_fprintf(stderr, "%s", name);'
BARE = 'fprintf(stderr, "%s", name);'


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """Return a history of two years in which a newcomer takes a guard out, first on a branch that is merged."""
    repo = Builder.new(tmp_path / "acme+widget.git")
    for week in range(104):
        repo.commit(ANN if week % 3 else BOB, f"week {week}", at=START + week * 7 * DAY)
    late = START + 105 * 7 * DAY
    base = repo.commit(ANN, "the guard", files={"tar/read.c": GUARDED}, at=late)
    repo.commit(EVE, "hello", files={"README": "hello"}, at=late + DAY)
    repo.commit(EVE, "Add an error message", files={"tar/read.c": BARE}, at=late + 2 * DAY)
    side = repo.commit(EVE, "owners", parents=[base], branch="side", files={"CODEOWNERS": "* @ann"}, at=late + 3 * DAY)
    repo.commit(ANN, "Merge branch side", parents=[":107", side], at=late + 4 * DAY)
    return repo.build()


@pytest.fixture
def server(taken: Path) -> Iterator[GitServer]:
    """Return a server of that history."""
    with serving(taken) as state:
        yield state


def _report(repo: str | Path, **options: Any) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    assert run(str(repo), format="json", trial=True, stdout=out, stderr=err, **options) == 0, err.getvalue()
    return dict(json.loads(out.getvalue()))


def _guards(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = [a for a in report["alerts"] if a["detector"] == "guard-call-removed"]
    return [(a["title"], a["severity"], a["subject"]["email"]) for a in found]


TOLD = ("Eve Early took a guard out of tar/read.c: safe_fprintf became fprintf", "medium", "eve@example.org")


def test_a_backtest_reads_what_a_detector_asks_for(taken: Path) -> None:
    """A call that lost its guard is found in the contents of one file."""
    report = _report(taken)
    assert _guards(report) == [TOLD]
    assert report["gaps"] == []


def test_a_copy_without_contents_says_what_it_could_not_read(taken: Path, server: GitServer, tmp_path: Path) -> None:
    """Nothing is alerted, nothing crashes, nothing is fetched, and the report counts what was not known."""
    mirror = tmp_path / "mirror.git"
    clone.update(clone.Origin.parse(server.url), mirror)
    asked = len(server.authorizations)
    report = _report(mirror)
    assert _guards(report) == []
    assert [gap for gap in report["gaps"] if "because it is not in this copy" in gap]
    assert len(server.authorizations) == asked


def test_contents_are_fetched_for_a_url_and_in_few_requests(taken: Path, server: GitServer) -> None:
    """Our own copy of a URL may be completed: with one fetch for many landings."""
    first = _report(server.url)
    assert first["gaps"] == []
    assert _guards(first) == [TOLD]
    assert len(server.authorizations) <= 8, "a fetch is two requests: refs, commits, default branch, contents"


def test_a_server_that_stops_answering_leaves_a_gap(server: GitServer, tmp_path: Path) -> None:
    """Contents that could not be fetched are not tried again and again."""
    target = tmp_path / "clone.git"
    origin = clone.Origin.parse(server.url)
    git_ = clone.update(origin, target)
    server.status = 500
    name = git(server.repository, "rev-parse", "main:tar/read.c")
    with blobs.Blobs(git_, lambda names: clone.fetch_objects(origin, target, names)) as reader:
        reader.prepare([name])
        assert "could not be fetched" in reader.trouble
        asked = len(server.authorizations)
        reader.prepare([name])
        assert reader.texts([name]) == {name: (None, blobs.MISSING)}
    assert len(server.authorizations) == asked


def test_the_token_is_sent_and_stays_out_of_sight(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fetching contents uses the same road as fetching commits: the token is in the environment only."""
    target = tmp_path / "clone.git"
    origin = clone.Origin(url=server.url, name="acme/widget", user="x-access-token", secret="ghs_Secret")
    git_ = clone.update(origin, target)
    server.authorizations.clear()
    started: list[list[str]] = []
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **rest: started.append(command) or real(command, **rest))
    name = git(server.repository, "rev-parse", "main:tar/read.c")
    with blobs.Blobs(git_, lambda names: clone.fetch_objects(origin, target, names)) as reader:
        reader.prepare([name])
        assert reader.texts([name]) == {name: (BARE, "")}
    assert server.authorizations
    assert all(sent.startswith("Basic ") for sent in server.authorizations)
    assert "ghs_Secret" not in repr(started)
    assert not [p for p in target.rglob("*") if p.is_file() and b"ghs_Secret" in p.read_bytes()]


def test_each_wish_is_filled_from_its_own_commit(taken: Path) -> None:
    """Before and after are those of the commit; a file that was not there is None without a gap."""
    by_title = {commit.title: (fact, commit) for fact in landed(taken) for commit in fact.commits}
    told: list[Contents] = []
    with blobs.Blobs(Git.at(taken)) as reader:
        for title, path in (("the guard", "tar/read.c"), ("Add an error message", "tar/read.c"), ("owners", "CODEOWNERS")):
            fact, commit = by_title[title]
            read = contents.filled(fact, [Wish(commit.sha, path)], reader)
            told += [c for x in read.commits if x.sha == commit.sha for c in x.contents]
    assert told == [
        Contents(path="tar/read.c", before=None, after=GUARDED),
        Contents(path="tar/read.c", before=GUARDED, after=BARE),
        Contents(path="CODEOWNERS", before=None, after="* @ann"),
    ]


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)])
def test_what_cannot_be_read_says_why(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Too large, no text, no file at all: with short and with long object names."""
    repo = Builder.new(tmp_path / "x.git", *options)
    repo.commit(ANN, "x", files={"large": "x" * (blobs.MOST_BYTES + 1), "binary": "a\0b", "text": "caf\u00e9"})
    path = repo.build()
    with blobs.Blobs(Git.at(path)) as reader:
        names = [git(path, "rev-parse", name) for name in ("main:large", "main:binary", "main:text", "main")]
        told = reader.texts([*names, "0" * 40])
        assert list(told) == names
        assert list(told.values()) == [
            (None, blobs.LARGE),
            (None, blobs.BINARY),
            ("caf\u00e9", ""),
            (None, blobs.MISSING),  # a commit, as of a submodule
        ]


def test_a_landing_of_many_wishes_is_cut(taken: Path) -> None:
    """What is beyond the limit has a gap that says so."""
    repo = Builder.new(taken.parent / "many.git")
    names = [f"f{n}.c" for n in range(contents.MOST_PATHS + 3)]
    repo.commit(ANN, "x", files=dict.fromkeys(names, "x"))
    (fact,) = landed(repo.build())
    assert isinstance(fact, CommitsLanded)
    with blobs.Blobs(Git.at(repo.path)) as reader:
        read = contents.filled(fact, [Wish(fact.after, p.path) for p in fact.commits[0].paths], reader)
    gaps = [c.gap for c in read.commits[0].contents]
    assert gaps.count(contents.TOO_MANY) == 3
    assert gaps.count("") == contents.MOST_PATHS
