"""More words of stories: what was found in a release's files. See `story_words`."""

from __future__ import annotations

from typing import Any

from github_app import fact as f
from github_app import proofs as p
from github_app import releases as r
from github_app.model import Asset
from tests.story_words import StoryError, Teller, Word

_MARKS: dict[str, dict[str, Any]] = {
    "fits": {"fit": p.FITS},
    "does not fit": {"fit": "its signature is not by the key in its certificate"},
    "about other files": {"fit": p.OTHER_FILES},
    "from the tag": {"built": "tag"},
    "from elsewhere": {"built": "elsewhere", "commit": "e" * 40},
    "of the sources": {"sources": True},
}


def _archive(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    fresh = []
    for line in told["differs"]:
        how, _, rest = line.partition(" ")
        path, _, role = rest.partition(", a ")
        if how not in {"added", "altered", "repeated", "disguised", "running"} or not role:
            raise StoryError(f"{place}: write a difference like `added m4/x.m4, a build macro`")
        fresh.append(r.Difference(how=how, path=path, role=role))
    return r.ArchiveCompared(
        tag=told["tag"],
        asset=f"widget-{told['tag']}.tar.gz",
        author=common.pop("actor"),
        fresh=tuple(fresh),
        earlier=told["earlier"],
        refused=told["refused"],
        **common,
    )


def _release_files(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    author, sides = common.pop("actor"), {}
    uploader = teller.person(told["uploader"] or told["by"], place)
    for side in ("before", "after"):
        pairs = (line.partition(" ") for line in told[side])
        who = author if side == "before" else uploader
        sides[side] = tuple(
            Asset(id=len(digest) + n + 1, name=name, digest=f"sha256:{digest}", uploader=who)
            for n, (name, _, digest) in enumerate(pairs)
        )
    return r.ReleaseFilesChanged(release_id=1, tag=told["tag"], author=author, **sides, **common)


def _proof(line: str, place: str) -> p.Proof:
    told, *marks = line.split("; ")
    name, _, signer = told.partition(" by ")
    more: dict[str, Any] = {}
    for mark in marks:
        if mark not in _MARKS and not mark.startswith("repository "):
            raise StoryError(f"{place}: {mark!r} is none of {', '.join(_MARKS)}, repository N")
        more |= _MARKS.get(mark, {"repository": mark.removeprefix("repository ")})
    return p.Proof(name=name, signer=signer, **more)


def _provenance(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    sides = {}
    for side in ("before", "after", "known"):
        sides[side] = tuple(_proof(line, place) for line in told[side])
    return p.ProvenanceCompared(
        release_id=1, tag=told["tag"], tag_before=told["was"], author=common.pop("actor"), sources=told["sources"],
        **sides, **common,
    )  # fmt: skip


WORDS: dict[str, Word] = {
    "archive": Word(
        "the archive of somebody's release was compared; a difference is `added m4/x.m4, a build macro`",
        {"by": ..., "tag": ..., "differs": [], "earlier": 0, "refused": ""},
        _archive,
    ),
    "release_files": Word(
        "the files of somebody's release changed; a file is `name digest`",
        {"by": ..., "tag": ..., "before": [], "after": [], "uploader": ""},
        _release_files,
    ),
    "provenance": Word(
        "proofs of somebody's release beside the last one's and all earlier ones; a proof is `name by signer; mark; mark`",
        {"by": ..., "tag": ..., "was": ..., "before": [], "after": [], "known": [], "sources": False},
        _provenance,
    ),
}
