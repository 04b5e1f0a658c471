"""Tags of every kind as facts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from github_app.fact import CommitsLanded
from tests.facts.signing import key_id, new_packet, pgp_armor, signature
from tests.history.repos import ANN, DAY, EVE, START, Builder, facts, git, tagged

KEYS = ("1111222233334444", "AAAABBBBCCCCDDDD")


def _signed(*keys: str) -> str:
    return "v1\n\n" + pgp_armor(*(new_packet(signature(key_id(key))) for key in keys))


def _at(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(START + seconds, dt.UTC)


@pytest.fixture
def repo(tmp_path: Path) -> Builder:
    """Return a repository with one commit, marked :1."""
    builder = Builder.new(tmp_path / "r.git")
    builder.commit(ANN, "base", at=START)
    return builder


def test_a_signed_tag_names_tagger_time_and_key(repo: Builder) -> None:
    """An annotated tag says who made it and when, and its signature which key."""
    repo.tag("v1", ":1", tagger=EVE, message=_signed(KEYS[0]), at=START + DAY)
    tag = tagged(repo.build())["v1"]
    assert (tag.annotated, tag.tagger and tag.tagger.name, tag.at) == (True, "Eve Early", _at(DAY))
    assert tag.signature is not None
    assert tag.signature.key.name == f"pgp:{KEYS[0]}"
    assert tag.target == git(repo.path, "rev-parse", "main")
    assert tag.tag_object == git(repo.path, "rev-parse", "v1")
    assert tag.actor is None


def test_two_signatures_are_told_both(repo: Builder) -> None:
    """A never-seen key cannot hide behind a known one in the same tag."""
    repo.tag("v1", ":1", tagger=EVE, message=_signed(*KEYS), at=START + DAY)
    told = [x.signature.key.id for x in facts(repo.build()) if not isinstance(x, CommitsLanded)]  # type: ignore[attr-defined]
    assert told == list(KEYS)


def test_a_lightweight_tag_has_the_time_of_its_commit(repo: Builder) -> None:
    """Nothing in git says when or by whom a lightweight tag was made."""
    repo.tag("light", ":1")
    tag = tagged(repo.build())["light"]
    assert (tag.annotated, tag.tagger, tag.signature, tag.at, tag.tag_object) == (False, None, None, _at(0), "")


def test_a_tag_of_a_tag_comes_down_to_the_commit(repo: Builder) -> None:
    """A chain of tags is followed to its end."""
    repo.tag("inner", ":1", tagger=ANN, message="inner")
    path = repo.build()
    inner = git(path, "rev-parse", "inner")
    text = f"object {inner}\ntype tag\ntag outer\ntagger {EVE} {START + DAY} +0000\n\nouter\n"
    outer = git(path, "hash-object", "-t", "tag", "-w", "--stdin", text=text.encode())
    git(path, "update-ref", "refs/tags/outer", outer)
    tag = tagged(path)["outer"]
    assert (tag.target, tag.tag_object, tag.at) == (git(path, "rev-parse", "main"), outer, _at(DAY))


def test_tags_of_trees_and_blobs_are_told(repo: Builder) -> None:
    """A tag may point to anything; the history goes on."""
    path = repo.build()
    git(path, "update-ref", "refs/tags/tree", git(path, "rev-parse", "main^{tree}"))
    git(path, "update-ref", "refs/tags/blob", git(path, "rev-parse", "main:src/1.c"))
    told = tagged(path)
    assert {name: tag.annotated for name, tag in told.items()} == {"tree": False, "blob": False}


@pytest.mark.parametrize("written", [1, START - DAY, 4_000_000_000, 99_999_999_999_999])
def test_a_made_up_tagger_date_does_not_count(repo: Builder, written: int) -> None:
    """A tag is not older than its commit and not from the future; then the commit's landing time is taken."""
    path = repo.build()
    text = f"object {git(path, 'rev-parse', 'main')}\ntype commit\ntag t\ntagger {EVE} {written} +0000\n\nx\n"
    sha = git(path, "hash-object", "-t", "tag", "-w", "--stdin", "--literally", text=text.encode())
    git(path, "update-ref", "refs/tags/t", sha)
    assert tagged(path)["t"].at == _at(0)


def test_a_tag_without_a_tagger_line_is_read(repo: Builder) -> None:
    """The oldest annotated tags of git name nobody."""
    path = repo.build()
    text = f"object {git(path, 'rev-parse', 'main')}\ntype commit\ntag t\n\nfirst release\n"
    sha = git(path, "hash-object", "-t", "tag", "-w", "--stdin", "--literally", text=text.encode())
    git(path, "update-ref", "refs/tags/t", sha)
    tag = tagged(path)["t"]
    assert (tag.annotated, tag.tagger, tag.at) == (True, None, _at(0))


def test_a_tag_beside_the_branch_is_in_its_place(repo: Builder) -> None:
    """A release made from another branch is told among the landings at its own time."""
    repo.commit(EVE, "fix", parents=[":1"], branch="stable", at=START + DAY)
    repo.tag("v1.1", ":2", tagger=EVE, message="x", at=START + 2 * DAY)
    repo.tag("v1.0", ":2")
    repo.commit(ANN, "later", at=START + 3 * DAY)
    told = [(type(x).__name__, x.at) for x in facts(repo.build(), "main")]
    assert told == [
        ("CommitsLanded", _at(0)),
        ("TagCreated", _at(DAY)),
        ("TagCreated", _at(2 * DAY)),
        ("CommitsLanded", _at(3 * DAY)),
    ]


def test_an_unreadable_signature_is_a_stated_gap(repo: Builder) -> None:
    """What looks like a signature and is none leaves no key and says why."""
    repo.tag(
        "v1", ":1", tagger=EVE, message="x\n\n-----BEGIN PGP SIGNATURE-----\n\nnonsense!\n-----END PGP SIGNATURE-----\n"
    )
    tag = tagged(repo.build())["v1"]
    assert tag.signature is None
    assert tag.gap
