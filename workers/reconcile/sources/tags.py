"""Tags: more than three in one push come with no event at all, so moved and deleted ones are found by comparing.

https://docs.github.com/en/rest/git/refs#list-matching-references,
https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
"""

from __future__ import annotations

from collections.abc import Sequence

from github_app.estate import Thing, settings, value_of
from github_app.fact import Fact, TagCreated, TagDeleted, TagMoved
from github_app.happenings import TagsRewritten
from workers.reconcile.asking import Json
from workers.reconcile.declare import REPOSITORY, Difference, Look, Origin, Seen

BULK = 4
"""How many tags make a rewrite in bulk: GitHub sends events for up to three in one push."""


def _ref(value: Json) -> Json:
    target = value.get("object")
    target = target if isinstance(target, dict) else {}
    return {
        "name": str(value.get("ref", "")).removeprefix("refs/tags/"),
        "sha": str(target.get("sha", "")),
        "type": str(target.get("type", "")),
    }


def _tags(look: Look) -> dict[str, Seen]:
    path, what = f"{look.repo}/git/matching-refs/tags/", f"the tags of {look.where}"
    found = look.ask.items(path, what, _ref, paged=False)
    return {
        f"tag:{tag['name']}": Seen(name=tag["name"], settings=settings({"sha": tag["sha"], "type": tag["type"]}))
        for tag in found
        if tag["name"] and tag["sha"]
    }


def _sha(seen: Seen | None) -> str:
    return value_of(seen.settings if seen else (), "sha")


def _tell(look: Look, found: Sequence[Difference]) -> list[Fact]:
    found = [d for d in found if _sha(d.before) != _sha(d.after)]  # an event that moved it did not say what it is now
    moved = [d for d in found if d.before is not None]
    if len(moved) >= BULK:
        rewritten = TagsRewritten(
            moved=tuple(d.key.partition(":")[2] for d in moved if d.after is not None),
            deleted=tuple(d.key.partition(":")[2] for d in moved if d.after is None),
            **look.common(),
        )
        return [rewritten, *(fact for d in found if d not in moved for fact in _one(look, d))]
    return [fact for d in found for fact in _one(look, d)]


def _one(look: Look, d: Difference) -> list[Fact]:
    name = d.key.partition(":")[2]
    if d.after is None:
        return [TagDeleted(name=name, before=_sha(d.before), **look.common())]
    if d.before is not None:
        return [TagMoved(name=name, before=_sha(d.before), after=_sha(d.after), **look.common())]
    annotated = value_of(d.after.settings, "type") == "tag"
    sha = _sha(d.after)
    return [
        TagCreated(name=name, target=sha, tag_object=sha if annotated else "", annotated=annotated, **look.common(gap=""))
    ]


SOURCES = (
    Origin(
        name="tags",
        sees="tags made, moved or deleted more than three at a time",
        scope=REPOSITORY,
        needs={"contents": "read"},
        kind=Thing.TAG,
        read=_tags,
        tell=_tell,
    ),
)
