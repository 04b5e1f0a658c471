"""`release`: a release was drafted, published, changed or taken away.

The payload says nothing about signatures, and replacing a release's file sends no event at all.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#release
"""

from __future__ import annotations

from github_app.fact import Fact, ReleaseChanged
from github_app.model import Person
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_ACTIONS = ("created", "published", "released", "prereleased", "edited", "unpublished", "deleted")


def _changed(envelope: Envelope) -> tuple[Fact, ...]:
    release = read.table(envelope.payload.get("release"))
    tag, draft = read.text(release.get("tag_name")), release.get("draft") is True
    if envelope.repository is None or not release:
        raise Unreadable("release: it names no release of a repository")
    # `created_at` is the time of the tagged commit, so only the time of publishing can be used.
    at = read.when(release.get("published_at")) if envelope.action == "published" else None
    fact = ReleaseChanged(
        action=envelope.action,
        tag=tag,
        author=read.person(release.get("author")) or Person(),
        draft=draft,
        before_tag=_before(envelope),
        **envelope.common(at=at, url=release.get("html_url")),
    )
    return (fact,)


def _before(envelope: Envelope) -> str:
    return read.text(read.table(read.table(envelope.payload.get("changes")).get("tag_name")).get("from"), 250)


HANDLERS = (Handler(event="release", permission=("contents", "read"), reads=dict.fromkeys(_ACTIONS, _changed)),)
