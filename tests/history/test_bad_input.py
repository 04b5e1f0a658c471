"""Whatever cannot be read ends in one clear sentence, and odd repositories are read right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.history.repos import ANN, BOB, START, Builder, facts, git, landed
from workers.facts.git_history import History, HistoryError


def _sentence(path: Path, ref: str | None = None) -> str:
    with pytest.raises(HistoryError) as raised:
        facts(path, ref)
    text = str(raised.value)
    assert "\n" not in text
    assert text.isprintable()
    return text


@pytest.fixture
def repo(tmp_path: Path) -> Builder:
    """Return a repository with two commits."""
    builder = Builder.new(tmp_path / "r.git")
    builder.commit(ANN, "one")
    builder.commit(BOB, "two")
    builder.build()
    return builder


def test_nothing_there(tmp_path: Path) -> None:
    """A path that does not exist is named."""
    assert "there is nothing at" in _sentence(tmp_path / "none")


def test_not_a_repository(tmp_path: Path) -> None:
    """A directory or file that is no repository is named, also inside of another repository."""
    outer = Builder.new(tmp_path / "outer" / ".git")
    outer.commit(ANN, "x")
    outer.build()
    inner = tmp_path / "outer" / "inner"
    inner.mkdir()
    (tmp_path / "file").write_text("x", encoding="ascii")
    assert "is not a git repository" in _sentence(inner)
    assert "is not a git repository" in _sentence(tmp_path / "file")
    assert len(landed(tmp_path / "outer")) == 1


def test_an_empty_repository(tmp_path: Path) -> None:
    """A repository without commits says so."""
    assert "has no branch with commits" in _sentence(Builder.new(tmp_path / "r.git").path)


def test_a_missing_ref_names_what_there_is(repo: Builder) -> None:
    """An unknown branch, and a HEAD that points nowhere, are answered with the branches there are."""
    git(repo.path, "update-ref", "refs/heads/dev", "main")
    assert "no ref 'v9'" in _sentence(repo.path, "v9")
    assert "dev, main" in _sentence(repo.path, "v9")
    git(repo.path, "symbolic-ref", "HEAD", "refs/heads/master")
    assert "dev, main" in _sentence(repo.path)
    assert len(landed(repo.path, "dev")) == 2


@pytest.mark.parametrize("ref", ["--all", "-n1", "a\nb", "main^{tree}", "main:src", "", "\x1b[2J", "a..b"])
def test_a_ref_is_never_an_option(repo: Builder, ref: str) -> None:
    """What is given as a ref reaches git as a name only; an empty one means the default branch."""
    if ref:
        _sentence(repo.path, ref)
    else:
        assert History.open(repo.path, ref=ref).ref == "refs/heads/main"


def test_a_shallow_clone(repo: Builder, tmp_path: Path) -> None:
    """A history that is cut off would call everybody new, so it is refused with what to do."""
    git(tmp_path, "clone", "-q", "--bare", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow.git"))
    assert "git fetch --unshallow" in _sentence(tmp_path / "shallow.git")


def test_a_missing_object(repo: Builder) -> None:
    """A damaged repository says what git found missing."""
    tree = git(repo.path, "rev-parse", "main~1^{tree}")
    packs = {pack: pack.read_bytes() for pack in repo.path.glob("objects/pack/*")}
    for pack in packs:
        pack.unlink()
    for pack, content in packs.items():
        if pack.suffix == ".pack":
            git(repo.path, "unpack-objects", "-q", text=content)
    (repo.path / "objects" / tree[:2] / tree[2:]).unlink()
    assert tree in _sentence(repo.path)


def test_garbage_for_a_commit(repo: Builder) -> None:
    """A branch whose tip is no readable commit is a sentence, not a crash."""
    sha = git(repo.path, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", text=b"this is not a commit\n")
    (repo.path / "refs/heads/bad").write_text(sha + "\n", encoding="ascii")
    _sentence(repo.path, "bad")


def test_sha256_repositories(tmp_path: Path) -> None:
    """Repositories with longer object names are read the same way."""
    repo = Builder.new(tmp_path / "r.git", "--object-format=sha256")
    base = repo.commit(ANN, "one")
    side = repo.commit(BOB, "side", parents=[base], branch="side")
    repo.commit(ANN, "merge", parents=[base, side])
    repo.tag("v1", base, tagger=ANN, message="x")
    found = landed(repo.build())
    assert [len(c.sha) for fact in found for c in fact.commits] == [64, 64, 64]
    assert found[-1].commits[0].title == "side"


def test_submodules_are_paths(repo: Builder) -> None:
    """A submodule's commit is in no object store of ours; it is a changed path and nothing else."""
    repo.lines = [
        f"commit refs/heads/main\nmark :9\ncommitter {ANN} {START} +0000\ndata 1\nx\nfrom refs/heads/main^0\n"
        f"M 160000 {'1' * 40} vendor/lib\n".encode()
    ]
    commit = landed(repo.build())[-1].commits[-1]
    assert [(p.status, p.path) for p in commit.paths] == [("A", "vendor/lib")]


def test_unrelated_histories(tmp_path: Path) -> None:
    """Two roots joined by a merge are one history."""
    repo = Builder.new(tmp_path / "r.git")
    main = repo.commit(ANN, "main")
    other = repo.commit(BOB, "other root", parents=[], branch="import")
    repo.commit(ANN, "join", parents=[main, other])
    assert [c.title for c in landed(repo.build())[-1].commits] == ["other root", "join"]


def test_a_mailmap_without_contents_is_a_gap(tmp_path: Path) -> None:
    """A clone without contents has no .mailmap to read: names stay as written, and that is said."""
    repo = Builder.new(tmp_path / "r.git")
    repo.commit("ann <old@example.org>", "map", files={".mailmap": "Ann Able <ann@example.org> <old@example.org>\n"})
    git(repo.build(), "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.path}", str(tmp_path / "bare.git"))
    history = History.open(tmp_path / "bare.git")
    assert "mailmap" in history.gaps[0]
    assert landed(tmp_path / "bare.git")[0].actor == landed(tmp_path / "bare.git")[0].commits[0].author


def test_many_renames_of_the_worktree_do_not_matter(tmp_path: Path) -> None:
    """A repository with a working tree is named by the tree's top directory as well as by its .git."""
    repo = Builder.new(tmp_path / "work" / ".git")
    repo.commit(ANN, "one")
    repo.build()
    git(repo.path, "config", "core.bare", "false")
    assert len(landed(tmp_path / "work")) == len(landed(repo.path)) == 1
