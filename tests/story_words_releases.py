"""More words of stories: what was found in a release's files. See `story_words`."""

from __future__ import annotations

from typing import Any

from github_app import fact as f
from github_app import releases as r
from github_app.model import Asset
from tests.story_words import StoryError, Teller, Word


def _archive(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    fresh = []
    for line in told["differs"]:
        how, _, rest = line.partition(" ")
        path, _, role = rest.partition(", a ")
        if how not in {"added", "altered", "repeated"} or not role:
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


def _provenance(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    sides = {}
    for side in ("before", "after"):
        pairs = (line.partition(" by ") for line in told[side])
        sides[side] = tuple(r.Proof(name=name, signer=signer) for name, _, signer in pairs)
    return r.ProvenanceCompared(
        release_id=1, tag=told["tag"], tag_before=told["was"], author=common.pop("actor"), **sides, **common
    )


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
        "proofs of somebody's release beside the last one's; a proof is `name by signer`",
        {"by": ..., "tag": ..., "was": ..., "before": [], "after": []},
        _provenance,
    ),
}
