"""`release`: a release was drafted, published, changed or taken away.

The payload says nothing about signatures, and replacing a release's file sends no event at all; `workers.releases` asks.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#release
"""

from __future__ import annotations

import re

from github_app.fact import Fact, ReleaseChanged
from github_app.model import Asset, Person
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_MOST_ASSETS = 1000
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_ACTIONS = ("created", "published", "released", "prereleased", "edited", "unpublished", "deleted")


def _changed(envelope: Envelope) -> tuple[Fact, ...]:
    release = read.table(envelope.payload.get("release"))
    tag, draft = read.text(release.get("tag_name")), release.get("draft") is True
    if envelope.repository is None or not release:
        raise Unreadable("release: it names no release of a repository")
    # `created_at` is the time of the tagged commit, so only the time of publishing can be used.
    at = read.when(release.get("published_at")) if envelope.action == "published" else None
    author = read.person(release.get("author"))
    fact = ReleaseChanged(
        action=envelope.action,
        tag=tag,
        author=author or Person(),
        draft=draft,
        before_tag=_before(envelope),
        release_id=read.number(release.get("id")),
        assets=assets(release.get("assets")),
        target="" if read.sha(release.get("target_commitish")) else read.text(release.get("target_commitish"), 250),
        **envelope.common(at=at, actor=envelope.sender or author, url=release.get("html_url")),
    )
    return (fact,)


def _before(envelope: Envelope) -> str:
    return read.text(read.table(read.table(envelope.payload.get("changes")).get("tag_name")).get("from"), 250)


def assets(value: object) -> tuple[Asset, ...]:
    """Read a release's files as GitHub lists them, in payloads and in its API; those not yet uploaded are left out."""
    found = (read.table(item) for item in read.items(value)[:_MOST_ASSETS])
    return tuple(
        Asset(
            id=read.number(item.get("id")),
            name=read.text(item.get("name"), 255),
            size=read.number(item.get("size")),
            digest=_digest(item.get("digest")),
            uploader=read.person(item.get("uploader")) or Person(),
            updated_at=read.when(item.get("updated_at")),
        )
        for item in found
        if read.number(item.get("id")) and read.text(item.get("name")) and item.get("state", "uploaded") == "uploaded"
    )


def _digest(value: object) -> str:
    return value if isinstance(value, str) and _SHA256.fullmatch(value) else ""


HANDLERS = (Handler(event="release", permission=("contents", "read"), reads=dict.fromkeys(_ACTIONS, _changed)),)
